/** What the sections of the settings share. */
import type { Child } from 'hono/jsx'
import { Check } from './fields.tsx'
import type { SettingsView } from './view.ts'

export type Part = { view: SettingsView }

export const equipmentWords = [
  ['none', 'nothing, bodyweight'],
  ['bands', 'bands'],
  ['dumbbells', 'dumbbells'],
  ['gym', 'a gym'],
] as const

export function Section({ id, title, children }: { id: string; title: string; children: Child }) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} class="setting">
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  )
}

/** Rows of a list in the form: those there are, each with a box to take it out, and an empty one to add. */
export function Rows<T>(props: { name: string; items: readonly T[]; word: string; row: (item: T | null, name: string) => Child }) {
  return (
    <>
      {props.items.map((item, index) => (
        <fieldset class="listrow">
          <legend class="small">{`${props.word} ${index + 1}`}</legend>
          <div class="fields">{props.row(item, `${props.name}.${index}`)}</div>
          <Check name={`${props.name}.${index}.remove`} label="Take it out" checked={false} />
        </fieldset>
      ))}
      <details class="add" open={false}>
        <summary class="button plain">Add: {props.word.toLowerCase()}</summary>
        <fieldset class="listrow">
          <legend class="small">New: {props.word.toLowerCase()}</legend>
          <div class="fields">{props.row(null, `${props.name}.${props.items.length}`)}</div>
        </fieldset>
      </details>
    </>
  )
}
