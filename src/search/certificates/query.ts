/**
 * A search for certificates, as it was understood. Grammar, with spaces between parts:
 *
 *   search = [either]
 *   either = both { "OR" both }
 *   both   = one { ["AND"] one }
 *   one    = ("-" | "NOT") one | "(" either ")" | field (":" | "~") value | word | '"' phrase '"'
 *
 * A value is a run without spaces, brackets and quotation marks, or stands in quotation marks, where `\` keeps the next
 * character as it is. `-` stands directly before what it negates.
 */
export type Search =
  /** Every certificate. */
  | { readonly type: 'all' }
  /** Two or more. */
  | { readonly type: 'and' | 'or'; readonly of: readonly Search[] }
  | { readonly type: 'not'; readonly of: Search }
  | FieldTerm
  /** A word is looked up as whatever it can be; a phrase only as text. */
  | { readonly type: 'word' | 'phrase'; readonly text: string; readonly column: number }

export type FieldTerm = {
  readonly type: 'field'
  readonly field: string
  /** `:` as the field says; `~` anywhere inside. */
  readonly operator: ':' | '~'
  readonly value: string
  /** Where the term begins, from 1, in characters. */
  readonly column: number
}

/** Longer searches are refused, in characters. */
export const longestSearch = 16_384
/** Terms of one search. The engine's analysis of many subqueries is what costs. */
export const mostTerms = 100
/** Brackets and negations inside each other. */
export const deepestSearch = 32
/** Characters of one value. */
export const longestSought = 2_048

/** The search in one way of writing; read again it is the same search, columns aside. */
export function printSearch(search: Search): string {
  switch (search.type) {
    case 'all':
      return ''
    case 'and':
      return search.of.map(printPart).join(' ')
    case 'or':
      return search.of.map(printPart).join(' OR ')
    case 'not':
      return `-${printPart(search.of)}`
    case 'field':
      return `${search.field}${search.operator}${printValue(search.value)}`
    case 'word':
      return search.text
    case 'phrase':
      return quoted(search.text)
  }
}

function printPart(search: Search): string {
  return search.type === 'and' || search.type === 'or' ? `(${printSearch(search)})` : printSearch(search)
}

function printValue(value: string): string {
  return value === '' || /[\s()"]/u.test(value) ? quoted(value) : value
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
