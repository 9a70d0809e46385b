import type { KnownColumn } from './condition.ts'
import { known } from './condition.ts'

/**
 * What is known of a certificate, out of the rows it has in `certificate`: what its own bytes say (from_der), each row of
 * them by itself; or, where nobody saw the bytes, what sensors said together. Rows may be unmerged at any time.
 */
const lists: ReadonlySet<KnownColumn> = new Set(['apexes', 'problems'])
const names = /\bknown_([a-z0-9_]+)\b/g

/** For rows from bytes. */
export function rowColumns(columns: readonly KnownColumn[]): readonly string[] {
  return columns.map(column => `${column} AS ${known(column)}`)
}

/** For the rows of one certificate that are not from bytes: every column that a test uses, and those asked for. */
export function describedColumns(test: string, columns: readonly KnownColumn[]): readonly string[] {
  const used = [...test.matchAll(names)].map(([, column]) => column as KnownColumn) // known() writes no other
  return [...new Set([...used, ...columns])].map(
    column => `${lists.has(column) ? 'groupUniqArrayArray' : 'max'}(${column}) AS ${known(column)}`,
  )
}

/** A test of what is known, as a test of one row. */
export function testOfRow(test: string): string {
  return test.replace(names, '$1')
}
