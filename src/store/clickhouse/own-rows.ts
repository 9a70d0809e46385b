import type { OwnTable, Row } from '../../model/index.ts'

/** Rows of our own making on their way in: `INSERT INTO … FORMAT JSONEachRow`, and the rows, one JSON object a line. */
export type OwnRows = { readonly statement: string; readonly lines: string }

/** Undefined for no rows. `settings` stand between table and format; every row has the columns of the first. */
export function ownRows(table: OwnTable, rows: readonly Row[], settings: string): OwnRows | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  return {
    statement: `INSERT INTO ${table} (${Object.keys(first).join(', ')}) SETTINGS ${settings}, date_time_input_format = 'best_effort' FORMAT JSONEachRow`,
    lines: rows.map(row => JSON.stringify(row, wellFormed)).join('\n'),
  }
}

/** Half of a surrogate pair, as a cut through a text can leave it, is no JSON to the engine. */
function wellFormed(_: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}
