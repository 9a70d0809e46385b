import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExportedRow } from '../model/index.ts'
import { CaseTally, readCaseRows, writeCaseRows } from './case-copy.ts'

describe('the case store as a file', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-case-copy-'))
  })
  afterAll(() => rm(directory, { recursive: true, force: true }))

  const all = async (path: string, rows: number) => {
    const list: ExportedRow[] = []
    for await (const row of readCaseRows(path, rows)) list.push(row)
    return list
  }
  async function* of(rows: readonly ExportedRow[]) {
    yield* rows
  }

  it('rows come back letter for letter: numbers beyond 2^53, line breaks, broken surrogates, megabytes', async () => {
    const rows = [
      { table: 'hunt', row: '{"n": 9007199254740993, "t": "a\\nb\\u2028"}' },
      { table: 'finding', row: `{"long": "${'x\n'.repeat(2 << 20)}"}` },
      { table: 'finding', row: '{"odd": "\ud800 \u0000"}' },
    ]
    const path = join(directory, 'letters')
    const tables = await writeCaseRows(of(rows), path)
    expect(tables).toMatchObject([
      { table: 'finding', rows: 2 },
      { table: 'hunt', rows: 1 },
    ])
    expect(await all(path, 3)).toEqual(rows)
  })

  it('the tally does not mind the order, and minds everything else', () => {
    const [a, b] = [
      { table: 'hunt', row: '{"a": 1}' },
      { table: 'hunt', row: '{"a": 2}' },
    ]
    const tally = (...rows: ExportedRow[]) => {
      const sum = new CaseTally()
      for (const row of rows) sum.add(row)
      return sum.tables()
    }
    expect(tally(a, b)).toEqual(tally(b, a))
    expect(tally(a, b)).not.toEqual(tally(a, a))
    expect(tally(a)).not.toEqual(tally(a, a))
    expect(tally()).toEqual([])
  })

  it('what is no such file is refused: cut off, no rows of tables, more than there should be, a line without an end', async () => {
    const line = `${JSON.stringify({ table: 'hunt', row: '{}' })}\n`
    const wrong: [string, Uint8Array, RegExp][] = [
      ['cut', gzipSync(line.repeat(1000)).subarray(0, 30), /could not be unpacked/],
      ['text', Buffer.from(line), /could not be unpacked/],
      ['middle', gzipSync(line.slice(0, 10)), /ends in the middle of a row/],
      ['more', gzipSync(line.repeat(11)), /more than the 10 rows/],
      ['shape', gzipSync('{"table": "hunt"}\n'), /no row of a table in line 1/],
      ['name', gzipSync(line.replace('hunt', 'hunt; drop')), /no row of a table in line 1/],
      ['bomb', gzipSync(Buffer.alloc(97 << 20, 'x')), /a line of more than/],
    ]
    for (const [name, bytes, refusal] of wrong) {
      const path = join(directory, name)
      await writeFile(path, bytes)
      const error = await all(path, 10).catch((cause: unknown) => cause)
      expect(error, name).toMatchObject({ code: 'backup/damaged', message: expect.stringMatching(refusal) })
    }
  })
})
