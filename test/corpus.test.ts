import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CliResult } from './run-cli.ts'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

/**
 * The public corpus against test/corpus.tsv: for every file which source reads it, how much of it at least, how much is
 * malformed at most, or why it is not read. Archives are not opened by Counterseal yet, so the table's second part holds
 * for what lies in them, unpacked by this test.
 */

type Row = {
  readonly pattern: string
  readonly matches: RegExp
  readonly source: string
  readonly files: number
  readonly stored: number
  readonly malformed: number
  readonly because: string
}

const corpus = process.env.COUNTERSEAL_CORPUS ?? ''
const table: readonly Row[] = readFileSync(join(root, 'test/corpus.tsv'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
  .map(line => {
    const [pattern = '', source = '', files = '', stored = '', malformed = '', because = ''] = line.split('\t')
    return {
      pattern,
      matches: globOf(pattern),
      source,
      files: Number(files),
      stored: Number(stored),
      malformed: Number(malformed),
      because,
    }
  })

/** `*` is anything within one name, `**` anything at all. */
function globOf(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\?]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('**', '\u0000').replaceAll('*', '[^/]*').replaceAll('\u0000', '.*')}$`)
}

type Tally = { files: number; stored: number; malformed: number; readonly wrong: string[] }

/** Every reading under the row that describes it; `prefix` stands before the paths in the table. */
function tallyOf(
  result: CliResult,
  directory: string,
  prefix: string,
): { tally: Map<string, Tally>; strays: string[] } {
  const tally = new Map<string, Tally>()
  const strays: string[] = []
  for (const reading of result.records.filter(record => record.type === 'reading')) {
    const path = prefix + relative(directory, String(reading.path))
    const source = reading.unknown === undefined ? (reading.sources as string[]).join('+') : '-'
    const row = table.find(
      one =>
        one.matches.test(path) &&
        one.source === source &&
        (source !== '-' || String(reading.unknown).includes(one.because)),
    )
    if (row === undefined) {
      strays.push(`${path}\t${source}\t${reading.stored}\t${reading.malformed}\t${reading.unknown ?? ''}`)
      continue
    }
    const sum = tally.get(row.pattern + row.source + row.because) ?? { files: 0, stored: 0, malformed: 0, wrong: [] }
    sum.files += 1
    sum.stored += Number(reading.stored)
    sum.malformed += Number(reading.malformed)
    if (Number(reading.records) !== Number(reading.stored) + Number(reading.malformed) + Number(reading.ignored))
      sum.wrong.push(`${path}: does not add up`)
    tally.set(row.pattern + row.source + row.because, sum)
  }
  return { tally, strays }
}

function holdTable(result: CliResult, directory: string, prefix: string): void {
  const { tally, strays } = tallyOf(result, directory, prefix)
  expect(strays, 'files that no row describes').toEqual([])
  for (const row of table.filter(one => one.pattern.startsWith('unpacked/') === (prefix !== ''))) {
    const sum = tally.get(row.pattern + row.source + row.because) ?? { files: 0, stored: 0, malformed: 0, wrong: [] }
    const label = `${row.pattern} ${row.source}`
    expect(sum.wrong, label).toEqual([])
    expect(sum.files, `${label}: files`).toBe(row.files)
    expect(sum.stored, `${label}: stored`).toBeGreaterThanOrEqual(row.stored)
    expect(sum.malformed, `${label}: malformed`).toBeLessThanOrEqual(row.malformed)
  }
}

/**
 * How often each detection speaks over evidence in which, read by hand in November 2026, nothing of the kind happens.
 * A number here is noise that somebody has looked at and explained.
 */
const expectedFindings: Readonly<Record<string, number>> = {}

function holdFindings(result: CliResult): void {
  const counts: Record<string, number> = {}
  for (const { type, detection_id } of result.records)
    if (type === 'finding') counts[String(detection_id)] = (counts[String(detection_id)] ?? 0) + 1
  expect(counts).toEqual(expectedFindings)
}

/** Archives whose members can be read, up to a size: the large ones repeat what the small ones show, for minutes. */
const unpacked = new Map([
  ['network/zeek', Number.POSITIVE_INFINITY],
  ['network/suricata', Number.POSITIVE_INFINITY],
  ['windows/otrf-json', 200_000],
  ['certs', 200_000],
])

function unpackTo(directory: string): string | undefined {
  for (const [folder, largest] of unpacked) {
    for (const name of readdirSync(join(corpus, folder))) {
      const target = join(directory, folder, name)
      const archive = join(corpus, folder, name)
      const command = name.endsWith('.tar.gz')
        ? ['tar', 'xzf', archive, '-C', target]
        : name.endsWith('.zip')
          ? ['python3', '-m', 'zipfile', '-e', archive, target]
          : undefined
      if (command === undefined || statSync(archive).size > largest) continue
      mkdirSync(target, { recursive: true })
      const [program = '', ...args] = command
      if (spawnSync(program, args).error !== undefined) return program
    }
  }
  return undefined
}

describe('the public corpus', () => {
  let directory: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'counterseal-corpus-'))
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('is read as the table says, without a crash', test => {
    if (!engineInstalled) test.skip(noEngine)
    if (!existsSync(corpus)) test.skip('COUNTERSEAL_CORPUS names no corpus')
    const result = counterseal(['hunt', corpus, '--json'])
    expect(result.status, result.stderr.slice(-2000)).toBe(0)
    holdTable(result, corpus, '')
    holdFindings(result)
  }, 900_000)

  it('what lies in its archives is read as the table says', test => {
    if (!engineInstalled) test.skip(noEngine)
    if (!existsSync(corpus)) test.skip('COUNTERSEAL_CORPUS names no corpus')
    const missing = unpackTo(directory)
    if (missing !== undefined) test.skip(`this machine has no ${missing} to unpack the archives with`)
    const result = counterseal(['hunt', directory, '--json'])
    expect(result.status, result.stderr.slice(-2000)).toBe(0)
    holdTable(result, directory, 'unpacked/')
    holdFindings(result)
  }, 1_800_000)
})
