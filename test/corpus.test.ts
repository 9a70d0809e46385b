import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CliResult } from './run-cli.ts'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

/**
 * The public corpus against test/corpus.tsv: for every piece of evidence which source reads it, how much of it at least, how much is
 * malformed at most, or why it is not read. Members of archives stand behind a `!`.
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

/** Every reading under the row that describes it. */
function tallyOf(result: CliResult): { tally: Map<string, Tally>; strays: string[] } {
  const tally = new Map<string, Tally>()
  const strays: string[] = []
  for (const reading of result.records.filter(record => record.type === 'reading')) {
    const path = relative(corpus, String(reading.path))
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

function holdTable(result: CliResult): void {
  const { tally, strays } = tallyOf(result)
  expect(strays, 'files that no row describes').toEqual([])
  for (const row of table) {
    const sum = tally.get(row.pattern + row.source + row.because) ?? { files: 0, stored: 0, malformed: 0, wrong: [] }
    const label = `${row.pattern} ${row.source}`
    expect(sum.wrong, label).toEqual([])
    expect(sum.files, `${label}: files`).toBe(row.files)
    expect(sum.stored, `${label}: stored`).toBeGreaterThanOrEqual(row.stored)
    expect(sum.malformed, `${label}: malformed`).toBeLessThanOrEqual(row.malformed)
  }
}

/**
 * How often each detection speaks over the corpus, by verdict; every finding was read by hand in November 2026. A number here
 * that is not explained is noise.
 */
const expectedFindings: Readonly<Record<string, number>> = {
  // The samples of T1553.003 (A2), of test signing (A8), and of a side-loaded module with a Run key (two classes).
  'an1246/correlation alert': 3,
  // The samples of certutil -addstore root (a command alone), of the list of vulnerable drivers switched off (its value, and the command), of a loader of
  // drivers, and of a module beside a program; and a payload of a simulated attacker whose mark of the web the user took off.
  'an1246/correlation review': 6,
  // Unsigned payloads of attackers that ran from profiles: each alone is one class, and worth knowing.
  'an1246/correlation informational': 11,
  // Samples of attacks on AD CS: ESC1, 4, 8, 9, 10, 11 and 13 in one laboratory, a CA that was backed up and whose auditing was narrowed in another,
  // keys exported by certutil and by mimikatz, and one look at the stores of an enterprise.
  'certificate-authority/audit-silent review': 1,
  'certificate-authority/authority-copied review': 1,
  'certificate-authority/ca-registry-written alert': 1,
  'certificate-authority/ca-registry-written review': 2,
  'certificate-authority/certificate-used-by-another alert': 2,
  'certificate-authority/enrolment-relayed alert': 1,
  'certificate-authority/key-taken lead': 3,
  'certificate-authority/name-of-another-requested alert': 3,
  'certificate-authority/ocsp-responder-changed review': 1,
  'certificate-authority/pki-enumerated informational': 1,
  'certificate-authority/pki-object-changed lead': 1,
  'certificate-authority/pki-object-changed review': 3,
  // Real probes of settings, logins and administration in access logs, one masscan and one Nikto; each read.
  'certificate-recon/scanner-came informational': 29,
  // Two scanners in the traffic of a competition; its servers with certificates of their own, and those of other recordings, are the notes.
  'certificate-verification/client-failing informational': 3,
  'certificate-verification/client-failing lead': 1,
  'certificate-verification/many-untrusted-servers lead': 1,
  'certificate-verification/server-refused-by-many informational': 39,
  'tls-handshake/certificate-grab lead': 1,
  'tls-handshake/handshakes-failing informational': 2,
  'tls-handshake/legacy-or-broken-hello informational': 1,
  'tls-handshake/one-client-many-destinations lead': 1,
  'tls-handshake/server-name-absent informational': 2,
  'tls-handshake/versions-and-ciphers-tried lead': 1,
  'tls-handshake/versions-and-ciphers-tried review': 1,
}

function holdFindings(result: CliResult): void {
  const counts: Record<string, number> = {}
  for (const { type, detection_id, verdict } of result.records) {
    const name = `${detection_id} ${verdict}`
    if (type === 'finding') counts[name] = (counts[name] ?? 0) + 1
  }
  expect(counts).toEqual(expectedFindings)
}

describe('the public corpus', () => {
  it('is read as the table says, without a crash', test => {
    if (!engineInstalled) test.skip(noEngine)
    if (!existsSync(corpus)) test.skip('COUNTERSEAL_CORPUS names no corpus')
    const result = counterseal(['hunt', corpus, '--json'])
    expect(result.status, result.stderr.slice(-2000)).toBe(0)
    holdTable(result)
    holdFindings(result)
  }, 900_000)
})
