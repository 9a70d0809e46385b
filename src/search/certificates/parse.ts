import { excerpt } from '../../base/index.ts'
import { fieldNames, fieldOf } from './fields/list.ts'
import type { Search } from './query.ts'
import { deepestSearch, mostTerms } from './query.ts'
import type { Token } from './tokens.ts'
import { searchFault, tokensOf } from './tokens.ts'

/**
 * Reads a search; the grammar stands at {@link Search}. Text without anything in it means every certificate. Throws
 * `usage/bad-search` with the column of the fault.
 */
export function parseSearch(text: string): Search {
  const tokens = tokensOf(text)
  const terms = tokens.filter(({ type }) => type === 'field' || type === 'word' || type === 'phrase')
  const beyond = terms[mostTerms]
  if (beyond !== undefined)
    throw searchFault(beyond.column, `it has ${terms.length} terms`, `Use at most ${mostTerms} terms in one search.`)
  if (tokens.length === 0) return { type: 'all' }
  const { search, next } = readEither({ tokens, end: [...text].length + 1 }, 0, 0)
  const rest = tokens[next]
  if (rest !== undefined)
    throw searchFault(rest.column, 'this bracket was never opened', 'Take it away, or open it before.')
  return search
}

/** The tokens, and the column behind the last. */
type Parts = { readonly tokens: readonly Token[]; readonly end: number }
type Read = { readonly search: Search; readonly next: number }

function readEither(parts: Parts, at: number, depth: number): Read {
  const of: Search[] = []
  let next = at
  do {
    const read = readBoth(parts, of.length === 0 ? next : next + 1, depth)
    of.push(read.search)
    next = read.next
  } while (parts.tokens[next]?.type === 'OR')
  return { search: joined('or', of), next }
}

function readBoth(parts: Parts, at: number, depth: number): Read {
  const of: Search[] = []
  let next = at
  for (;;) {
    const read = readOne(parts, next, depth)
    of.push(read.search)
    next = read.next
    const token = parts.tokens[next]
    if (token === undefined || token.type === 'OR' || token.type === ')') return { search: joined('and', of), next }
    if (token.type === 'AND') next += 1
  }
}

function joined(type: 'and' | 'or', of: readonly Search[]): Search {
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { type, of }
}

function readOne(parts: Parts, at: number, depth: number): Read {
  const token = parts.tokens[at]
  if (token === undefined)
    throw searchFault(
      parts.end,
      'it ends where a term belongs',
      'Put field:VALUE, a word, or an opening bracket there.',
    )
  if (depth > deepestSearch)
    throw searchFault(
      token.column,
      'brackets and negations stand too deep in each other',
      `Use at most ${deepestSearch}.`,
    )
  switch (token.type) {
    case '-':
    case 'NOT': {
      const { search, next } = readOne(parts, at + 1, depth + 1)
      return { search: { type: 'not', of: search }, next }
    }
    case '(': {
      const { search, next } = readEither(parts, at + 1, depth + 1)
      if (parts.tokens[next]?.type !== ')')
        throw searchFault(token.column, 'this bracket is not closed', 'Close it with ).')
      return { search, next: next + 1 }
    }
    case 'field':
      return { search: fieldTerm(token), next: at + 1 }
    case 'word':
      return { search: word(token), next: at + 1 }
    case 'phrase':
      return { search: { type: 'phrase', text: token.text, column: token.column }, next: at + 1 }
    default:
      throw searchFault(
        token.column,
        `${token.type} stands where a term belongs`,
        'Put a term before it and behind it.',
      )
  }
}

function fieldTerm(token: Token & { readonly type: 'field' }): Search {
  const { field: name, operator, value, column, valueColumn } = token
  const field = fieldOf(name)
  if (field === undefined)
    throw searchFault(
      column,
      `there is no field ${name}`,
      `Fields are ${fieldNames().join(', ')}. Text with a colon is quoted.`,
    )
  const sought = operator === '~' ? field.contains : field.equals
  if (sought === undefined) {
    const other = operator === '~' ? ':' : '~'
    throw searchFault(column, `${name} cannot be searched with ${operator}`, `Write ${name}${other}VALUE.`)
  }
  const reading = sought(value)
  if ('expected' in reading)
    throw searchFault(
      valueColumn,
      `${name} cannot be ${JSON.stringify(excerpt(value, 60))}`,
      `It takes ${reading.expected}.`,
    )
  return { type: 'field', field: name, operator, value, column }
}

/** What looks like an operator in another language would be looked for as text, and silently find nothing. */
function word({ text, column }: { readonly text: string; readonly column: number }): Search {
  if (/^(?:and|or|not)$/i.test(text) || text === '&&' || text === '||')
    throw searchFault(
      column,
      `${text} is no operator`,
      'Write AND, OR or NOT in capitals; quote a word to look for it.',
    )
  const [, name = ''] = /^([a-z][a-z0-9_.]{0,63})(?:[<>=]|!=)/i.exec(text) ?? []
  if (name !== '' && fieldOf(name.toLowerCase()) !== undefined)
    throw searchFault(
      column,
      `${name} has no colon behind it`,
      `Write ${name}:${text.slice(name.length)}; quote it to look for the text.`,
    )
  return { type: 'word', text, column }
}
