import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import type { ExportedRow, TableDigest } from '../model/index.ts'

/** The case store as a file: one JSON object a line, `{"table": …, "row": …}`, gzipped. The row is text, so no number is rounded. */

/** A finding is at most 16 MiB; as JSON in JSON it can take four times that. */
const longestLine = 96 << 20

const line = z.strictObject({ table: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/), row: z.string() })

export type CaseTable = TableDigest & { readonly table: string }

/** Adds up rows as they pass: per table how many, and the sum of the first 8 bytes of each row's SHA-256. */
export class CaseTally {
  readonly #tables = new Map<string, { rows: number; sum: bigint }>()

  add({ table, row }: ExportedRow): void {
    const tally = this.#tables.get(table) ?? { rows: 0, sum: 0n }
    tally.rows += 1
    tally.sum = BigInt.asUintN(64, tally.sum + createHash('sha256').update(row).digest().readBigUInt64BE())
    this.#tables.set(table, tally)
  }

  /** By name of the table. A table without rows is not among them. */
  tables(): readonly CaseTable[] {
    return [...this.#tables]
      .map(([table, { rows, sum }]) => ({ table, rows, digest: sum.toString(16).padStart(16, '0') }))
      .sort((a, b) => (a.table < b.table ? -1 : 1))
  }
}

export async function* tallied(rows: AsyncIterable<ExportedRow>, tally: CaseTally): AsyncGenerator<ExportedRow> {
  for await (const row of rows) {
    tally.add(row)
    yield row
  }
}

/** Writes the rows into a new file, and returns what they were. */
export async function writeCaseRows(
  rows: AsyncIterable<ExportedRow>,
  path: string,
  signal?: AbortSignal,
): Promise<readonly CaseTable[]> {
  const tally = new CaseTally()
  async function* lines() {
    for await (const { table, row } of tallied(rows, tally)) yield `${JSON.stringify({ table, row })}\n`
  }
  const file = createWriteStream(path, { flags: 'wx' })
  await pipeline(Readable.from(lines()), createGzip({ level: 3 }), file, signal === undefined ? {} : { signal })
  return tally.tables()
}

/** Reads such a file. `rows` bounds how many there may be. Throws `backup/damaged`. */
export async function* readCaseRows(path: string, rows: number): AsyncGenerator<ExportedRow> {
  const damaged = (what: string, cause?: unknown) =>
    new CountersealError('backup/damaged', { message: `${path} ${what}.`, cause })
  let seen = 0
  for await (const text of linesOf(path, damaged)) {
    seen += 1
    if (seen > rows) throw damaged(`has more than the ${rows} rows of the manifest`)
    yield parse(text, () => damaged(`has no row of a table in line ${seen}`))
  }
}

function parse(text: string, damaged: () => CountersealError): ExportedRow {
  try {
    return line.parse(JSON.parse(text))
  } catch {
    throw damaged()
  }
}

async function* linesOf(
  path: string,
  damaged: (what: string, cause?: unknown) => CountersealError,
): AsyncGenerator<string> {
  let kept: Buffer[] = []
  let length = 0
  const unpacked = createReadStream(path).pipe(createGunzip())
  try {
    for await (const piece of unpacked) {
      let rest = piece as Buffer // no encoding was set
      for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
        yield Buffer.concat([...kept, rest.subarray(0, end)]).toString('utf8')
        kept = []
        length = 0
        rest = rest.subarray(end + 1)
      }
      length += rest.length
      if (length > longestLine) throw damaged(`has a line of more than ${longestLine} bytes`)
      if (rest.length > 0) kept.push(rest)
    }
  } catch (cause) {
    if (cause instanceof CountersealError) throw cause
    throw damaged('could not be unpacked', cause)
  }
  if (length > 0) throw damaged('ends in the middle of a row')
}
