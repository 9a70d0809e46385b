import { describe, expect, it } from 'vitest'
import type { Observation } from '../correlate/index.ts'
import { taintedHosts } from './taint.ts'

const pe = 'sip|{C689AAB8-8E78-11D0-8C47-00C04FC295EE}|verifyindirectdata'
const powershell = 'sip|{603BCC1F-4B59-4E08-B724-D2C6297EF351}|verifyindirectdata'
const authenticode = 'action|{00AAC56B-CD44-11D0-8CC2-00C04FC295EE}|finalpolicy'
const appx = 'sip|{0AC5DF4B-CE07-4DE2-B76E-23C839A09FD1}|verifyindirectdata'
const unknown = 'sip|{00000000-DEAD-BEEF-DEAD-DEADBABECAFE}|'
const guidOf = (slot: string) => (slot.split('|')[1] ?? '').toLowerCase()
const knownSips = new Map([
  [guidOf(pe), 'pe' as const],
  [guidOf(powershell), 'script' as const],
  [guidOf(appx), undefined],
])
const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, '0')}:00:00.000000Z`

function deviation(
  slot: string,
  from: number,
  until: number,
  options: { ended?: number; rule?: string; host?: string } = {},
): Observation {
  const { ended, rule = 'A1', host = 'ws-1' } = options
  return {
    key: `${slot}|${from}`,
    detection_id: 'windows-trust/trust-provider-registered',
    class: 'trust_provider',
    host,
    object: slot,
    summary: 's',
    signals: [{ signal: 'decision_slot', points: 60, because: 'b', standalone: rule }],
    joins: [
      { kind: 'slot', value: slot },
      { kind: 'process', value: 'p' },
    ],
    first_seen: at(from),
    last_seen: at(until),
    lasts: 'state',
    ...(ended === undefined ? {} : { ended: at(ended) }),
    event_count: 1,
    evidence: [],
    entities: [],
    techniques: [],
    would_change: [],
  }
}

describe('hosts whose word is in doubt', () => {
  it('from the first deviation on, without an end while a slot deviates', () => {
    const hosts = taintedHosts([deviation(pe, 9, 10), deviation(powershell, 8, 8, { ended: 12 })], knownSips)
    expect(hosts).toEqual([{ host: 'ws-1', from: at(8), slots: [powershell, pe].sort(), kinds: ['pe', 'script'] }])
  })

  it('all slots were put back at the time of the last', () => {
    const [host] = taintedHosts(
      [deviation(pe, 9, 10, { ended: 11 }), deviation(powershell, 8, 8, { ended: 12 })],
      knownSips,
    )
    expect(host?.restored).toBe(at(12))
  })

  it('a slot that two detections observe is put back when the later of them says so', () => {
    expect(taintedHosts([deviation(pe, 8, 9), deviation(pe, 9, 9, { ended: 12 })], knownSips)[0]?.restored).toBe(at(12))
    expect(
      taintedHosts([deviation(pe, 13, 13), deviation(pe, 9, 9, { ended: 12 })], knownSips)[0]?.restored,
    ).toBeUndefined()
  })

  it('a slot decides about its own files; a trust provider and a SIP that nobody knows about all', () => {
    const kindsOf = (slot: string) => taintedHosts([deviation(slot, 8, 8)], knownSips)[0]?.kinds
    expect(kindsOf(pe)).toEqual(['pe'])
    expect(kindsOf(powershell)).toEqual(['script'])
    expect(kindsOf(appx)).toEqual([])
    expect(kindsOf(authenticode)).toEqual(['pe', 'installer', 'script'])
    expect(kindsOf(unknown)).toEqual(['pe', 'installer', 'script'])
  })

  it('what is no rule of a trust decision taints nothing, and hosts stay apart', () => {
    expect(taintedHosts([deviation(pe, 8, 8, { rule: 'A9' })], knownSips)).toEqual([])
    const hosts = taintedHosts([deviation(pe, 9, 9, { host: 'b' }), deviation(pe, 8, 8, { host: 'a' })], knownSips)
    expect(hosts.map(({ host, from }) => [host, from])).toEqual([
      ['a', at(8)],
      ['b', at(9)],
    ])
  })
})
