/** Form fields with their labels, so that no page forgets one. */
import type { Child } from 'hono/jsx'
import type { FieldProblem } from './view.ts'

type Common = { name: string; label: string; hint?: string; problems?: readonly FieldProblem[] }

function Problem({ name, problems }: { name: string; problems?: readonly FieldProblem[] }) {
  const problem = problems?.find((one) => one.field === name)
  return problem ? (
    <span class="problemword small" id={`${name}-problem`} role="alert">
      {problem.text}
    </span>
  ) : null
}

const describedBy = (name: string, problems?: readonly FieldProblem[]): string | undefined =>
  problems?.some((one) => one.field === name) ? `${name}-problem` : undefined

export function Select(props: Common & { value: string; options: readonly (readonly [string, string])[] }) {
  return (
    <label>
      {props.label}
      <select name={props.name} aria-describedby={describedBy(props.name, props.problems)}>
        {props.options.map(([value, word]) => (
          <option value={value} selected={value === props.value}>
            {word}
          </option>
        ))}
      </select>
      {props.hint && <span class="small muted">{props.hint}</span>}
      <Problem name={props.name} problems={props.problems} />
    </label>
  )
}

export function Input(
  props: Common & {
    type: 'text' | 'number' | 'date' | 'time' | 'email' | 'url'
    value: string | number | null | undefined
    min?: number
    max?: number
    step?: number | 'any'
    placeholder?: string
    inputmode?: 'numeric' | 'decimal'
    pattern?: string
    short?: boolean
  },
) {
  return (
    <label class={props.short ? 'short' : undefined}>
      {props.label}
      <input
        type={props.type}
        name={props.name}
        value={props.value ?? ''}
        min={props.min}
        max={props.max}
        step={props.step}
        placeholder={props.placeholder}
        inputmode={props.inputmode}
        pattern={props.pattern}
        aria-describedby={describedBy(props.name, props.problems)}
      />
      {props.hint && <span class="small muted">{props.hint}</span>}
      <Problem name={props.name} problems={props.problems} />
    </label>
  )
}

export function Check({ name, label, checked, value = 'yes' }: { name: string; label: Child; checked: boolean; value?: string }) {
  return (
    <label class="choice">
      <input type="checkbox" name={name} value={value} checked={checked} />
      <span>{label}</span>
    </label>
  )
}
