/** What zod says of a value, in words for the person who sent it. Importing this module puts them in place. */
import { z } from 'zod'

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
}

type Issue = { code?: string; input?: unknown; expected?: string; values?: readonly unknown[]; format?: string } & {
  origin?: string
  minimum?: number | bigint
  maximum?: number | bigint
}

/** Such as `must be a whole number`; undefined leaves zod's own words. */
export function issueWords(issue: Issue): string | undefined {
  const words = wordsFor(issue)
  return words && issue.input === undefined ? `is missing: it ${words}` : words
}

function wordsFor(issue: Issue): string | undefined {
  const counted = issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''
  const verb = counted ? 'must have' : 'must be'
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected ?? ''] && `must be ${kinds[issue.expected ?? '']}`
    case 'invalid_value':
      return `must be ${issue.values?.length === 1 ? '' : 'one of '}${issue.values?.map(String).join(', ')}`
    case 'too_small':
      return `${verb} at least ${issue.minimum}${counted}`
    case 'too_big':
      return `${verb} at most ${issue.maximum}${counted}`
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be an instant such as 2026-09-08T05:58:10Z' : undefined
    default:
      return undefined
  }
}

z.config({ customError: (issue) => issueWords(issue as Issue) })
