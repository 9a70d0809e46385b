import { expect, it } from 'vitest'
import { proposedBaselines } from './baseline.ts'
import type { Observation } from './observation.ts'

function seen(host: string, more: { data?: string; writer?: string; rule?: string } = {}): Observation {
  const { data = 'C:\\Program Files\\nav\\navsip.dll', writer = 'C:\\Windows\\System32\\msiexec.exe', rule } = more
  return {
    key: `d|${host}|${data}`,
    detection_id: 'windows-trust/trust-provider-registered',
    class: 'trust_provider',
    host,
    object: 'slot',
    summary: 'a provider was registered',
    signals: [{ signal: 'provider', points: 5, because: 'it is one', standalone: rule }],
    joins: [],
    first_seen: '2026-01-05T10:00:00.000000Z',
    last_seen: '2026-01-05T10:00:00.000000Z',
    lasts: 'event',
    event_count: 1,
    evidence: [],
    entities: [
      { kind: 'host_name', value: host },
      { kind: 'registry_data', value: data },
      { kind: 'process_executable', value: writer },
    ],
    techniques: [],
    would_change: [],
  }
}

const content = ['registry_data']
const hostsOf = (observations: readonly Observation[], openHosts: readonly string[] = [], hosts?: number) =>
  proposedBaselines(observations, {
    content,
    openHosts: new Set(openHosts),
    ...(hosts === undefined ? {} : { hosts }),
  }).map(one => one.hosts)

it('proposes what three hosts have alike, by the same program', () => {
  expect(hostsOf([seen('c'), seen('a'), seen('b'), seen('a')])).toEqual([['a', 'b', 'c']])
})

it('proposes nothing of two hosts, of other content, or by another program', () => {
  expect(hostsOf([seen('a'), seen('b'), seen('b')])).toEqual([])
  expect(hostsOf([seen('a'), seen('b'), seen('c', { data: 'other.dll' })])).toEqual([])
  expect(hostsOf([seen('a'), seen('b'), seen('c', { writer: 'C:\\Temp\\x.exe' })])).toEqual([])
})

it('learns nothing from a host with an open case, nor what a rule stands on', () => {
  expect(hostsOf([seen('a'), seen('b'), seen('c')], ['b'])).toEqual([])
  expect(hostsOf([seen('a'), seen('b'), seen('c', { rule: 'A1' })])).toEqual([])
  expect(hostsOf([seen('a'), seen('b'), seen('c')], ['b'], 2)).toEqual([['a', 'c']])
})
