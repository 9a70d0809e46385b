import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ExportedRow, KeptCaseStore, TrustChange, TrustEntry } from '../../model/index.ts'
import { faultInChain } from '../../model/index.ts'

let changes = 0

/** An invented change, a second after the one before. */
export function inventedChange(change: Partial<TrustChange> = {}): TrustChange {
  changes += 1
  const at = new Date(Date.UTC(2026, 4, 1) + 1000 * changes).toISOString().replace('Z', '000Z')
  return {
    host: 'ws-017.corp.example',
    object_kind: 'slot',
    object: 'x64|cryptsipdllverifyindirectdata|{c689aab8-8e78-11d0-8c47-00c04fc295ee}|dll',
    described: '',
    operation: 'set',
    before: null,
    after: `value ${changes}`,
    changed_from: at,
    changed_until: at,
    provenance: 'event',
    actor_process: 'C:\\Windows\\System32\\reg.exe',
    actor_process_entity_id: '{0}',
    actor_command_line: 'reg add …',
    actor_parent: 'C:\\Windows\\System32\\cmd.exe',
    actor_user: 'CORP\\e.berg',
    actor_user_id: 'S-1-5-21-1-2-3-1001',
    actor_logon_id: '0xcb4a2',
    actor_logon_type: '3',
    actor_source_address: '10.20.7.31',
    event_uid: changes.toString(16).padStart(32, '0'),
    evidence_file: 'security.evtx',
    record_number: changes,
    evidence_key: `event:${changes.toString(16).padStart(32, '0')}`,
    ...change,
  }
}

async function allOf(store: KeptCaseStore): Promise<readonly TrustEntry[]> {
  return await store.trustEntries({ limit: 100_000 })
}

export function expectChain(entries: readonly TrustEntry[]): void {
  for (const [place, entry] of entries.entries()) expect(faultInChain(entry, entries[place - 1])).toBeUndefined()
}

/** What the trust ledger of every adapter keeps to. `openTwo`: two ways into one empty store, which may be the same. */
export function trustLedgerContract(
  name: string,
  openTwo: () => Promise<readonly [KeptCaseStore, KeptCaseStore]>,
  openEmpty: () => Promise<KeptCaseStore>,
): void {
  describe(name, () => {
    let store: KeptCaseStore
    let other: KeptCaseStore
    beforeAll(async () => {
      ;[store, other] = await openTwo()
      await store.migrate()
    })
    afterAll(async () => {
      await store.close()
      await other.close()
    })

    test('an empty ledger has no end, no entries and no position', async () => {
      expect(await store.trustHead()).toBeUndefined()
      expect(await store.trustEntries()).toEqual([])
      expect(await store.trustPosition()).toBe(0)
    })

    test('what is appended comes back in order, numbered and chained, with every word of it', async () => {
      const given = [
        inventedChange({ before: 'told' }),
        inventedChange({ after: null, operation: 'deleted', before: '' }),
      ]
      expect(await store.appendTrust(given)).toBe(2)
      const entries = await allOf(store)
      expect(entries).toMatchObject(given)
      expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2])
      expectChain(entries)
      expect(await store.trustHead()).toEqual({ sequence: 2, hash: entries[1]?.hash })
    })

    test('the same evidence adds nothing the second time, nor twice in one call', async () => {
      const change = inventedChange()
      expect(await store.appendTrust([change, { ...change, after: 'another' }])).toBe(1)
      const before = await store.trustHead()
      expect(await store.appendTrust([change])).toBe(0)
      expect(await store.appendTrust([])).toBe(0)
      expect(await store.trustHead()).toEqual(before)
    })

    test('a before that nobody told is the state before, by time and not by arrival', async () => {
      const object = 'hklm\\software\\policies\\before'
      const [first, second, third] = [1, 2, 3].map(() => inventedChange({ object }))
      if (first === undefined || second === undefined || third === undefined) return
      await store.appendTrust([first, third])
      await store.appendTrust([second, inventedChange({ object, host: 'other' }), inventedChange({ object })])
      const found = await store.trustEntries({ object: 'Policies\\BEFORE', host: 'WS-017.corp.example' })
      expect(found.map(entry => entry.before)).toEqual([null, first.after, first.after, third.after])
    })

    test('appending from two sides at once makes one chain', async () => {
      const batches = [1, 2, 3, 4, 5, 6].map(() => [1, 2, 3].map(() => inventedChange()))
      const added = await Promise.all(batches.map((batch, n) => (n % 2 === 0 ? store : other).appendTrust(batch)))
      expect(added).toEqual([3, 3, 3, 3, 3, 3])
      expectChain(await allOf(store))
    })

    test('more than one batch is appended whole', async () => {
      const before = (await store.trustHead())?.sequence ?? 0
      expect(await store.appendTrust(Array.from({ length: 1_100 }, () => inventedChange({ host: 'many' })))).toBe(1_100)
      const entries = await allOf(store)
      expect(entries.length).toBe(before + 1_100)
      expectChain(entries)
    })

    test('NUL, half a surrogate pair and the escape mark stay apart, and the chain holds over what is stored', async () => {
      const texts = [
        'a\u0000b',
        'a\ud800b',
        'a\u00100000b',
        '\ufeffa',
        "'; drop table trust_ledger; --",
        'Größe 🛰️ \u202e',
      ]
      await store.appendTrust(texts.map(after => inventedChange({ host: 'hostile', after, actor_command_line: after })))
      const entries = await store.trustEntries({ host: 'hostile' })
      expect(new Set(entries.map(entry => entry.after)).size).toBe(texts.length)
      expect(entries[0]?.after).toBe('a\u00100000b')
      expect(entries[5]?.after).toBe(texts[5])
      expectChain(await allOf(store))
    })

    test('questions narrow by object, kind, host and time, and pages follow one another', async () => {
      const object = 'hklm\\software\\microsoft\\systemcertificates\\root|00112233445566778899aabbccddeeff00112233'
      const [from, until] = ['2026-01-05T00:00:00.000000Z', '2026-01-06T00:00:00.000001Z']
      const range = { changed_from: from, changed_until: until, provenance: 'snapshot', operation: 'appeared' } as const
      await store.appendTrust([inventedChange({ object, object_kind: 'certificate', host: 'asked', ...range })])
      const one = [{ object, changed_from: from, changed_until: until }]
      expect(await store.trustEntries({ object: '|00112233', kind: 'certificate' })).toMatchObject(one)
      expect(await store.trustEntries({ object: '|00112233', kind: 'slot' })).toEqual([])
      expect(await store.trustEntries({ host: 'asked', since: until })).toMatchObject(one)
      expect(await store.trustEntries({ host: 'asked', since: '2026-01-06T00:00:00.000002Z' })).toEqual([])
      expect(await store.trustEntries({ host: 'asked', until: '2026-01-05T00:00:00.000001Z' })).toMatchObject(one)
      expect(await store.trustEntries({ host: 'asked', until: from })).toEqual([])
      const [first, second] = await store.trustEntries({ limit: 2 })
      expect(await store.trustEntries({ after: first?.sequence ?? 0, limit: 1 })).toEqual([second])
    })

    test('the position is what was set last', async () => {
      await store.setTrustPosition(4_000_000_000)
      await store.setTrustPosition(17)
      expect(await other.trustPosition()).toBe(17)
    })

    test('a copy carries the ledger: the same entries, the same hashes, and it grows on', async () => {
      const copy = await openEmpty()
      try {
        await copy.migrate()
        await copy.upkeep.importRows(rowsOf(store))
        const entries = await allOf(copy)
        expect(entries).toEqual(await allOf(store))
        expect(await copy.trustPosition()).toBe(17)
        await copy.appendTrust([inventedChange()])
        expectChain(await allOf(copy))
      } finally {
        await copy.close()
      }
    })
  })
}

async function* rowsOf(store: KeptCaseStore): AsyncGenerator<ExportedRow> {
  yield* store.upkeep.exportRows()
}
