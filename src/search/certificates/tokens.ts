import { CountersealError, excerpt } from '../../base/index.ts'
import { longestSearch, longestSought } from './query.ts'

/** One part of a search as it was typed. Columns count characters from 1. */
export type Token =
  | { readonly type: '(' | ')' | '-' | 'AND' | 'OR' | 'NOT'; readonly column: number }
  | { readonly type: 'word' | 'phrase'; readonly text: string; readonly column: number }
  | {
      readonly type: 'field'
      readonly field: string
      readonly operator: ':' | '~'
      readonly value: string
      readonly column: number
      readonly valueColumn: number
    }

/** A search that cannot be understood: where, what is wrong there, and what may stand there. */
export function searchFault(column: number, what: string, allowed: string): CountersealError {
  return new CountersealError('usage/bad-search', {
    message: `The search is not understood at column ${column}: ${what}.`,
    remedy: allowed,
  })
}

/** Cuts a search into its parts. Throws `usage/bad-search`. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > longestSearch)
    throw searchFault(1, `it has ${text.length} characters`, `Use at most ${longestSearch} characters.`)
  const columns = columnsOf(text)
  const columnAt = (at: number) => columns[at] ?? 1
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at] ?? ''
    if (/\s/u.test(character)) {
      at += 1
      continue
    }
    if (character === '(' || character === ')' || character === '-') {
      if (character === '-') checkNegation(text, at, columnAt(at))
      tokens.push({ type: character, column: columnAt(at) })
      at += 1
      continue
    }
    const { token, end } = readTerm(text, at, columnAt)
    const after = text[end]
    if (after !== undefined && after !== ')' && !/\s/u.test(after))
      throw searchFault(
        columnAt(end),
        `${JSON.stringify(after)} stands directly behind a value`,
        'Put a space before it. A value with brackets or quotation marks inside is quoted: subject~"a (b)".',
      )
    tokens.push(token)
    at = end
  }
  return tokens
}

/** People count characters, not UTF-16 units. */
function columnsOf(text: string): Uint16Array {
  const columns = new Uint16Array(text.length + 1)
  let column = 0
  for (let at = 0; at <= text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff
    if (!isSecondHalf) column += 1
    columns[at] = column
  }
  return columns
}

function checkNegation(text: string, at: number, column: number): void {
  const next = text[at + 1]
  if (next === undefined || next === ')' || /\s/u.test(next))
    throw searchFault(
      column,
      'nothing stands directly behind "-"',
      'Write -field:VALUE or -(…); a "-" to look for is quoted.',
    )
}

type Span = { readonly value: string; readonly end: number }

function readTerm(
  text: string,
  at: number,
  columnAt: (at: number) => number,
): { readonly token: Token; readonly end: number } {
  const column = columnAt(at)
  if (text[at] === '"') {
    const { value, end } = readQuoted(text, at, column)
    if (value === '') throw searchFault(column, 'nothing stands between the quotation marks', 'Put text between them.')
    return { token: { type: 'phrase', text: bounded(value, column), column }, end }
  }
  const run = readRun(text, at)
  const [, field, operator] = looksLikeHexadecimal(run.value)
    ? []
    : (/^([A-Za-z][A-Za-z0-9_.]{0,63})([:~])/.exec(run.value) ?? [])
  if (field === undefined || operator === undefined) {
    const word = bounded(run.value, column)
    const token: Token =
      word === 'AND' || word === 'OR' || word === 'NOT' ? { type: word, column } : { type: 'word', text: word, column }
    return { token, end: run.end }
  }
  const valueAt = at + field.length + 1
  const valueColumn = columnAt(valueAt)
  const { value, end } = text[valueAt] === '"' ? readQuoted(text, valueAt, valueColumn) : readRun(text, valueAt)
  if (value === '')
    throw searchFault(
      valueColumn,
      `nothing is sought in ${field}`,
      `Write ${field}${operator}VALUE, with no space between.`,
    )
  const token: Token = {
    type: 'field',
    field: field.toLowerCase(),
    operator: operator === '~' ? '~' : ':',
    value: bounded(value, valueColumn),
    column,
    valueColumn,
  }
  return { token, end }
}

/** Fingerprints and IPv6 addresses have colons and are no fields: `aa:bb:cc:dd`, `fe80::1`, `2001:db8::/32`. */
function looksLikeHexadecimal(run: string): boolean {
  return /^[0-9a-f]{1,4}:[0-9a-f.:]+(?:\/\d{1,3})?$/i.test(run) && run.indexOf(':') !== run.lastIndexOf(':')
}

function readRun(text: string, at: number): Span {
  let end = at
  while (end < text.length && !/[\s()"]/u.test(text[end] ?? '')) end += 1
  return { value: text.slice(at, end), end }
}

function readQuoted(text: string, at: number, column: number): Span {
  let value = ''
  for (let end = at + 1; end < text.length; end += 1) {
    if (text[end] === '"') return { value, end: end + 1 }
    if (text[end] === '\\' && end + 1 < text.length) end += 1
    value += text[end] ?? ''
  }
  throw searchFault(column, 'a quotation mark is not closed', 'Close it with another; write \\" for the mark itself.')
}

function bounded(value: string, column: number): string {
  if (value.length <= longestSought) return value
  const what = `${JSON.stringify(excerpt(value, 20))} has ${value.length} characters`
  throw searchFault(column, what, `Use at most ${longestSought} characters for a value.`)
}
