import { drizzle } from 'drizzle-orm/pglite'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { TrustEntry, TrustLedger } from '../model/index.ts'
import { canonicalText, hashOfEntry } from '../model/index.ts'
import { temporaryDatabase } from '../store/postgres/database.contract.ts'
import { migrate } from '../store/postgres/migrate.ts'
import { inventedChange } from '../store/postgres/trust-ledger.contract.ts'
import { postgresTrustLedger } from '../store/postgres/trust-ledger.ts'
import { statesOf, verifyLedger } from './history.ts'

/** The ledger against one who may do everything in its database. */
describe('verifying the trust ledger', () => {
  let database: Awaited<ReturnType<typeof temporaryDatabase>>
  let ledger: TrustLedger
  beforeAll(async () => {
    database = await temporaryDatabase()
    await migrate(drizzle(database.client))
    ledger = postgresTrustLedger(drizzle(database.client))
  })
  afterAll(() => database.remove())

  /** As the owner, with the trigger out of the way. */
  const tamper = async (statement: string): Promise<void> => {
    await database.client.exec(`
      alter table trust_ledger disable trigger trust_ledger_only_grows;
      ${statement};
      alter table trust_ledger enable trigger trust_ledger_only_grows`)
  }
  beforeEach(async () => {
    await tamper('truncate trust_ledger')
    await ledger.appendTrust(Array.from({ length: 1_005 }, () => inventedChange()))
  })

  it('says how many entries are right, and the hash of the last', async () => {
    expect(await verifyLedger(ledger)).toEqual({ good: 1_005, hash: (await ledger.trustHead())?.hash })
  })

  it.each([
    [
      'an altered value',
      "update trust_ledger set after = 'WINTRUST.DLL' where sequence = 600",
      599,
      'entry 600 is not as it was',
    ],
    [
      'an altered time',
      "update trust_ledger set changed_from = changed_from - interval '1 microsecond' where sequence = 600",
      599,
      'entry 600 is not as it was',
    ],
    [
      'nothing told instead of an empty text',
      "update trust_ledger set before = '' where sequence = 1",
      0,
      'entry 1 is not as it was',
    ],
    ['an entry taken out', 'delete from trust_ledger where sequence = 3', 2, 'entry 3 is missing: after 2 comes 4'],
    [
      'the first entries taken out',
      'delete from trust_ledger where sequence < 10',
      0,
      'entry 1 is missing: after 0 comes 10',
    ],
    [
      'an entry with a hash of its own',
      `update trust_ledger set previous_hash = repeat('0', 64) where sequence = 1005`,
      1_004,
      'entry 1005 does not continue',
    ],
  ])('finds %s, and names the first entry that is wrong', async (_, statement, good, fault) => {
    await tamper(statement)
    expect(await verifyLedger(ledger)).toMatchObject({ good, fault: expect.stringContaining(fault) })
  })

  it('a ledger that was cut at its end is right by itself, and is found out by a head that was kept elsewhere', async () => {
    const head = await ledger.trustHead()
    await tamper('delete from trust_ledger where sequence > 1000')
    expect((await verifyLedger(ledger)).fault).toBeUndefined()
    expect(await verifyLedger(ledger, head)).toMatchObject({
      good: 1_000,
      fault: 'entry 1005, whose hash was kept, is gone',
    })
  })

  it('a ledger that was made anew is found out by a head that was kept elsewhere', async () => {
    const head = await ledger.trustHead()
    await tamper('truncate trust_ledger')
    await ledger.appendTrust(Array.from({ length: 1_010 }, () => inventedChange()))
    expect((await verifyLedger(ledger)).fault).toBeUndefined()
    expect((await verifyLedger(ledger, head)).fault).toBe('entry 1005 has another hash than the one that was kept')
  })
})

const entry = (changes: Partial<TrustEntry>): TrustEntry => ({
  ...inventedChange({ changed_from: '2026-05-01T08:00:00.000000Z', changed_until: '2026-05-01T08:00:00.000000Z' }),
  sequence: 1,
  recorded_at: '2026-05-02T08:00:00.000000Z',
  previous_hash: '0'.repeat(64),
  hash: '',
  ...changes,
})

describe('the chain', () => {
  it('has the bytes that docs/trust-ledger.md tells, for ever', () => {
    const one = entry({ before: null, after: 'Größe', event_uid: 'a', record_number: 7, evidence_key: 'event:a' })
    const text = canonicalText(one)
    expect(text).toMatch(
      /^counterseal-trust-ledger-1\nsequence:1:1\nhost:19:ws-017\.corp\.example\nobject_kind:4:slot\n/,
    )
    expect(text).toContain('\nbefore:-\nafter:7:Größe\nchanged_from:27:2026-05-01T08:00:00.000000Z\n')
    expect(text).toMatch(/\nrecord_number:1:7\nevidence_key:7:event:a\nrecorded_at:27:2026-05-02T08:00:00\.000000Z\n$/)
    expect(hashOfEntry(one)).toBe('5b329b84e532d6fc1c1cc5e08c5050cdd841b6eb50dff8bfb3cc116665475650')
  })

  it('a value cannot be moved from one field into the next', () => {
    expect(hashOfEntry(entry({ before: 'a\nafter:1:b', after: null }))).not.toBe(
      hashOfEntry(entry({ before: 'a', after: 'b' })),
    )
  })
})

describe('the last known state', () => {
  it('is the newest change by its time, however late it was recorded', async () => {
    const at = (time: string, changes: Partial<TrustEntry>) =>
      entry({ changed_from: time, changed_until: time, ...changes })
    async function* entries() {
      yield at('2026-05-02T00:00:00.000000Z', { sequence: 1, after: 'newer' })
      yield at('2026-05-01T00:00:00.000000Z', { sequence: 2, after: 'older' })
      yield at('2026-05-01T00:00:00.000000Z', { sequence: 3, object: 'another', after: 'one' })
      yield at('2026-05-01T00:00:00.000000Z', { sequence: 4, object: 'another', after: 'two' })
    }
    expect((await statesOf(entries())).map(({ object, after }) => [object.slice(0, 7), after])).toEqual([
      ['another', 'two'],
      ['x64|cry', 'newer'],
    ])
  })
})
