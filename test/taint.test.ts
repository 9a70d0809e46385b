import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shipped } from '../src/config.ts'
import type { Observation } from '../src/correlate/index.ts'
import type { Intel } from '../src/detect/index.ts'
import { loadIntel, storeIntel } from '../src/detect/index.ts'
import { taintsOf } from '../src/detect/taint.ts'
import { dictionaryStatement } from '../src/mapping/index.ts'
import type { EventKind, EventStore } from '../src/model/index.ts'
import { openChdbEventStore } from '../src/store/clickhouse/index.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** What a host called valid while its trust slots deviated, out of a store. */

const pe = 'sip|{C689AAB8-8E78-11D0-8C47-00C04FC295EE}|verifyindirectdata'
const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000000Z`
const hash = (octet: string) => octet.repeat(32)

function deviation(options: { ended?: number; slot?: string } = {}): Observation {
  const { ended, slot = pe } = options
  return {
    key: slot,
    detection_id: 'windows-trust/trust-provider-registered',
    class: 'trust_provider',
    host: 'ws-1',
    object: slot,
    summary: 's',
    signals: [{ signal: 'decision_slot', points: 60, because: 'b', standalone: 'A1' }],
    joins: [{ kind: 'slot', value: slot }],
    first_seen: at(8),
    last_seen: at(8),
    lasts: 'state',
    ...(ended === undefined ? {} : { ended: at(ended) }),
    event_count: 1,
    evidence: [],
    entities: [],
    techniques: [],
    would_change: [],
  }
}

const sysmon = 'Microsoft-Windows-Sysmon/Operational'
const load = (hour: number, file: string, octet: string, more: object = {}) => ({
  kind: 'windows_event' as const,
  event_time: at(hour),
  channel: sysmon,
  event_id: 7,
  host_name: 'WS-1',
  dll_path: `C:\\Apps\\${file}`,
  file_hash_sha256: hash(octet),
  code_signature_signed: 'true',
  code_signature_status: 'Valid',
  ...more,
})
const judgement = (octet: string, signature_status: string) => ({
  kind: 'file_signature' as const,
  event_time: at(20),
  file_name: 'a',
  file_size: 1,
  file_kind: 'pe',
  file_hash_sha256: hash(octet),
  signature_status,
})
const start = (hour: number) => ({
  kind: 'windows_event' as const,
  event_time: at(hour),
  channel: 'System',
  event_id: 6005,
  host_name: 'WS-1',
})

const suite = () => {
  let directory: string
  let store: EventStore
  let intel: Intel

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-taint-'))
    store = await openChdbEventStore(join(directory, 'events'))
    await store.migrate()
    intel = loadIntel([shipped('intel')])
    await storeIntel(store, intel)
  })
  afterEach(async () => {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  })

  let chunks = 0
  const given = async (events: readonly ({ readonly kind: EventKind } & Readonly<Record<string, unknown>>)[]) => {
    for (const kind of new Set(events.map(one => one.kind))) {
      const own = events.filter(one => one.kind === kind)
      chunks += 1
      const path = join(directory, `${chunks}.ndjson`)
      const lines = own.map((event, n) => JSON.stringify({ record_key: `${chunks}/${n}`, ...event }))
      await writeFile(path, `${lines.join('\n')}\n`)
      const chunk = await store.stageChunk(path)
      const evidence_id = String(chunks).padStart(64, '0')
      const place = { evidence_id, first_record: 0, sequence: chunks * 1000, byte_offset: 0 }
      const { sql, params } = dictionaryStatement(kind, place)
      await store.insert(sql, { params, chunk, token: `taint/${chunks}` })
      await chunk.release()
    }
  }
  const taints = async (...observations: readonly Observation[]) =>
    await taintsOf(store, observations, { intelSnapshot: intel.snapshot })

  it('what was called valid in the time is told, with what we make of the same files', async () => {
    await given([
      load(7, 'before.dll', '01'),
      load(9, 'good.dll', '02'),
      load(9, 'good.dll', '02', { event_time: at(10) }),
      load(10, 'changed.dll', '03'),
      load(11, 'nobody.dll', '04'),
      load(11, 'open.dll', '05'),
      load(11, 'honest.dll', '06', { code_signature_signed: 'false', code_signature_status: 'Unavailable' }),
      load(11, 'other.dll', '07', { host_name: 'WS-2' }),
      judgement('02', 'valid'),
      judgement('03', 'digest-mismatch'),
      judgement('05', 'untrusted-root'),
    ])
    const [taint, ...others] = await taints(deviation())
    expect(others).toEqual([])
    expect(taint).toMatchObject({ host: 'ws-1', from: at(8), tainted_count: 4, subject_types: ['the PE SIP'] })
    expect(taint?.until).toBeUndefined()
    expect(taint?.closes_when).toMatch(/put back and the host starts again/)
    expect(taint?.tainted_facts.map(({ file_path, facts, reverified }) => [file_path, facts, reverified])).toEqual([
      ['C:\\Apps\\good.dll', 2, 'upheld'],
      ['C:\\Apps\\changed.dll', 1, 'refuted'],
      ['C:\\Apps\\nobody.dll', 1, undefined],
      ['C:\\Apps\\open.dll', 1, 'untrusted-root'],
    ])
    expect(taint?.reverified).toEqual({ upheld: 1, refuted: 1, unknown: 1, 'untrusted-root': 1 })
  })

  it('putting the slot back is not enough: processes keep what they loaded until the host starts again', async () => {
    await given([load(9, 'a.dll', '01'), load(13, 'b.dll', '02'), load(15, 'c.dll', '03'), start(6)])
    const [open] = await taints(deviation({ ended: 12 }))
    expect([open?.until, open?.tainted_count]).toEqual([undefined, 3])
    await given([start(14), start(16)])
    const [closed] = await taints(deviation({ ended: 12 }))
    expect([closed?.until, closed?.tainted_count]).toEqual([at(14), 2])
    expect(closed?.closes_when).toMatch(/started again/)
  })

  it('a registry that was taken afterwards and is clean closes it too', async () => {
    await given([
      load(9, 'a.dll', '01'),
      {
        kind: 'registry_value' as const,
        event_time: at(12),
        host_name: 'ws-1',
        registry_key:
          'HKLM\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\{C689AAB8-8E78-11D0-8C47-00C04FC295EE}',
        registry_path: 'x',
        registry_value: 'Dll',
        registry_snapshot_time: at(13),
      },
    ])
    expect((await taints(deviation({ ended: 12 })))[0]?.until).toBe(at(13))
    expect((await taints(deviation()))[0]?.until).toBeUndefined()
  })

  it('a slot of scripts says nothing of programs', async () => {
    await given([load(9, 'a.dll', '01')])
    const [taint] = await taints(deviation({ slot: 'sip|{603BCC1F-4B59-4E08-B724-D2C6297EF351}|verifyindirectdata' }))
    expect([taint?.subject_types, taint?.tainted_count, taint?.tainted_facts]).toEqual([['the PowerShell SIP'], 0, []])
  })

  it('without a deviation nothing is asked', async () => {
    expect(await taints()).toEqual([])
  })
}

if (engineInstalled) describe('taint', suite)
else it('taint', context => context.skip(noEngine))
