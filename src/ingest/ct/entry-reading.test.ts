import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { issuer, madeEntry } from '../../../test/ct/made-entry.ts'
import { readDataTile } from '../../ct/entry.ts'
import { uintBytes } from '../../ct/octets.ts'
import type { EntryBatch } from './entry-reading.ts'
import { readEntries } from './entry-reading.ts'

const batch: Omit<EntryBatch, 'entries'> = {
  ct_log: 'https://log.example.test/',
  ct_log_id: '11'.repeat(32),
  verified: true,
  issuers: [],
}

function linesOf(reading: ReturnType<typeof readEntries>): readonly Record<string, unknown>[] {
  const text = Buffer.from(reading.lines).toString('utf8').trim()
  return text === '' ? [] : text.split('\n').map(line => JSON.parse(line) as Record<string, unknown>)
}

function tableOf({ certificateLines }: ReturnType<typeof readEntries>): readonly string[] {
  return Buffer.concat(certificateLines.map(({ bytes }) => bytes))
    .toString('utf8')
    .trim()
    .split('\n')
}

/** As a data tile has it. */
function entryAt(number: number) {
  const { timestamped, der, kind } = madeEntry(number, { timestamp: 1_700_000_000_000 })
  const submitted = kind === 'precertificate' ? [uintBytes(der.length, 3), der] : []
  const result = readDataTile(Buffer.concat([timestamped, ...submitted, uintBytes(0, 2)]), number, 1)
  const [entry] = 'entries' in result ? result.entries : []
  if (entry === undefined) throw new Error('it was made to be read')
  return entry
}

describe('an entry of a log', () => {
  it('that is no certificate to us is kept by its hashes, and found by them', () => {
    const der = Buffer.from('nobody can read this')
    const sha256 = createHash('sha256').update(der).digest('hex')
    const entries = (['certificate', 'precertificate'] as const).map((kind, index) => ({
      index,
      timestamp: 1_700_000_000_000,
      kind,
      der,
      chain: [],
    }))
    const reading = readEntries({ ...batch, entries })
    expect(linesOf(reading)).toMatchObject([
      { ct_entry_index: 0, sha256, is_precertificate: false, verified: true },
      // Of a precertificate the tree has only what is in it: nobody can say that this is it.
      { ct_entry_index: 1, sha256, is_precertificate: true, verified: false },
    ])
    expect(reading.unlinked).toEqual([1])
    expect(tableOf(reading).every(line => line.startsWith(sha256.slice(0, 32)))).toBe(true)
  })

  it('that is a precertificate, and the certificate that was issued for it, are one issuance', () => {
    const precertificate = entryAt(4)
    const { der: whole } = madeEntry(4, { timestamp: 0 })
    expect(Buffer.compare(precertificate.der, whole)).toBe(0)
    const [line] = linesOf(readEntries({ ...batch, entries: [precertificate] }))
    expect(line).toMatchObject({
      is_precertificate: true,
      verified: true,
      tbs_no_ct_sha256: createHash('sha256')
        .update(precertificate.tbs ?? '')
        .digest('hex'),
    })
  })

  it('has a clock that may say anything', () => {
    const entry = { ...entryAt(5), timestamp: 8_640_000_000_000_001 }
    expect(linesOf(readEntries({ ...batch, entries: [entry] }))).toMatchObject([{ logged_at: '8640000000000001' }])
  })

  it('is stored only when a name in it is near those that are watched, with why', () => {
    const entries = [4, 5, 6].map(entryAt)
    const reading = readEntries({ ...batch, entries, issuers: [issuer], watch: ['host5.example.test'] })
    expect(linesOf(reading)).toMatchObject([
      { ct_entry_index: 5, watched: 'exact of host5.example.test: host5.example.test' },
    ])
    expect(reading.watched).toMatchObject([{ index: 5, how: 'exact' }])
  })
})
