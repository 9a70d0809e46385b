import { CountersealError } from '../../base/index.ts'
import type { ExportedRow } from '../../model/index.ts'

/**
 * Rows of a copy of the case store, in pages that are bounded in rows and bytes, so that a store of any size passes
 * through little memory.
 */

/** Of one page at most, unless a single row is larger. */
export const pageRows = 500
export const pageBytes = 8 * 1024 * 1024

/**
 * Of one row on its way in: a finding of 16 MiB as the store takes it, and room for what PostgreSQL adds (blanks after
 * `:` and `,`) and for the columns beside it.
 */
export const largestRowBytes = 48 * 1024 * 1024

export function notAsWritten(what: string): CountersealError {
  return new CountersealError('backup/damaged', {
    message: `The copy of the case store ${what}. Nothing was put back.`,
  })
}

export function stopped(what: string): CountersealError {
  return new CountersealError('work/aborted', { message: `${what} was stopped before it was done.` })
}

/**
 * Cuts rows into pages, each of one table and within the bounds of a page.
 *
 * @throws CountersealError `backup/damaged` for a row that is not of our making by its looks
 */
export async function* rowPages(rows: AsyncIterable<ExportedRow>): AsyncGenerator<readonly ExportedRow[]> {
  let page: ExportedRow[] = []
  let bytes = 0
  for await (const one of rows) {
    if (!/^[a-z_]{1,63}$/.test(one.table)) throw notAsWritten('has rows of a table that we cannot have made')
    if (one.row.includes('\n')) throw notAsWritten('has a row of several lines, and we write each on one')
    const size = Buffer.byteLength(one.row)
    if (size > largestRowBytes) throw notAsWritten(`has a row of ${size} bytes, more than any that we write`)
    const full = page.length === pageRows || bytes + size > pageBytes || page[0]?.table !== one.table
    if (page.length > 0 && full) {
      yield page
      page = []
      bytes = 0
    }
    page.push(one)
    bytes += size
  }
  if (page.length > 0) yield page
}

/** A row as one line: table, tab, row. JSON escapes line feeds. */
export function writeRow({ table, row }: ExportedRow): string {
  return `${table}\t${row}`
}

export function readRow(line: string): ExportedRow {
  const tab = line.indexOf('\t')
  return { table: line.slice(0, tab), row: line.slice(tab + 1) }
}
