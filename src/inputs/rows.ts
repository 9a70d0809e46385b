import { CsvReader, readCsvStart } from '../formats/index.ts'

/** A row of a list, or the sentence that says why it is none. */
export type ListRow = Readonly<Record<string, unknown>> | string

/** Objects of a JSON array, of one JSON object a line, or of CSV with a header: whichever it is, by its first character. */
export function rowsOfList(bytes: Buffer): readonly ListRow[] {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  const [first] = text.trimStart()
  if (first === '[') {
    const whole = parsed(text)
    return Array.isArray(whole) ? whole.map(objectOf) : ['it begins as a JSON array and is none']
  }
  const csv = first === '{' ? undefined : readCsvStart(bytes)
  const lines = csv === undefined ? text.split('\n').map(line => line.trim()) : csvLines(bytes, csv)
  return lines.filter(line => line !== '').map(line => objectOf(parsed(line)))
}

function csvLines(bytes: Buffer, start: NonNullable<ReturnType<typeof readCsvStart>>): readonly string[] {
  const { first: columns, next_offset: first_offset, comments } = start
  const reader = new CsvReader({ columns, first_offset, comments })
  const told = [...reader.add(bytes).map(textOf)]
  return [...told, ...reader.end(false).records.map(textOf)].filter(line => line !== '{}')
}

function textOf({ lines, problem }: ReturnType<CsvReader['add']>[number]): string {
  return problem === undefined ? Buffer.concat(lines).toString('utf8') : `"${problem.code}"`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return 'it is no JSON, and no CSV with a header'
  }
}

export function objectOf(row: unknown): ListRow {
  if (typeof row === 'string') return row
  const isObject = typeof row === 'object' && row !== null && !Array.isArray(row)
  // A JSON object has texts for keys; its values are checked by the schema.
  return isObject ? (row as Record<string, unknown>) : 'it is no object'
}

/** `a|b` or `a;b` in CSV, a list in JSON. */
export function partsOf(value: unknown): readonly string[] {
  const parts: readonly unknown[] = Array.isArray(value) ? value : String(value ?? '').split(/[|;]/)
  return parts.map(part => String(part).trim()).filter(part => part !== '')
}
