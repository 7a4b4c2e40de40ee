/** One thing that was looked at. `wrong` makes the doctor end with 1; a `note` is for knowing. */
export type Finding = { state: 'fine' | 'note' | 'wrong'; about: string; text: string; mend?: string }

export const fine = (about: string, text: string): Finding => ({ state: 'fine', about, text })
export const note = (about: string, text: string, mend?: string): Finding => ({ state: 'note', about, text, mend })
export const wrong = (about: string, text: string, mend: string): Finding => ({ state: 'wrong', about, text, mend })

const signs = { fine: 'ok  ', note: '·   ', wrong: '!   ' } as const

/** The findings as lines for a terminal. */
export function linesOf(findings: Finding[]): string[] {
  const lines: string[] = []
  let about = ''
  for (const finding of findings) {
    if (finding.about !== about) lines.push('', finding.about)
    about = finding.about
    lines.push(`  ${signs[finding.state]}${finding.text}`)
    if (finding.mend) lines.push(`      ${finding.state === 'wrong' ? 'Mend: ' : ''}${finding.mend}`)
  }
  const count = findings.filter(({ state }) => state === 'wrong').length
  lines.push('', count === 0 ? 'Nothing is wrong.' : `${count} ${count === 1 ? 'thing needs' : 'things need'} a change.`)
  return lines
}
