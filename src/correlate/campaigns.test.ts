import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { campaignsOf } from './campaigns.ts'
import { correlate } from './case.ts'
import { correlationFile } from './definition.ts'
import type { Observation } from './observation.ts'

const shipped = new URL('../../analytics/an1246/correlation.yaml', import.meta.url)
const correlation = correlationFile.parse(parse(readFileSync(shipped, 'utf8')))

function root(host: string, thumbprint: string, standalone?: string): Observation {
  return {
    key: `windows-trust/store-write|${host}|${thumbprint}`,
    detection_id: 'windows-trust/store-write',
    class: 'certificate_store',
    host,
    object: thumbprint,
    summary: 'a root was written',
    signals: [{ signal: 'machine_root', points: 40, because: 'it is one', standalone }],
    joins: [],
    first_seen: '2026-01-05T10:00:00.000000Z',
    last_seen: '2026-01-05T10:00:00.000000Z',
    lasts: 'state',
    event_count: 1,
    evidence: [],
    entities: [],
    techniques: [],
    would_change: [],
  }
}

function sizes(observations: readonly Observation[]): readonly number[] {
  const { cases } = correlate(correlation, observations, { hosts: 3, days: 2 })
  return campaignsOf(correlation, cases).map(group => group.length)
}

const hosts = Array.from({ length: correlation.campaigns.hosts }, (_, nth) => `ws-${nth}`)

it('the same on many hosts is one campaign', () => {
  expect(sizes(hosts.map(host => root(host, 'aa')))).toEqual([hosts.length])
})

it('on a few hosts each is by itself', () => {
  expect(sizes(hosts.slice(1).map(host => root(host, 'aa')))).toEqual(hosts.slice(1).map(() => 1))
})

it('another object is another campaign, or none', () => {
  expect(sizes([...hosts.map(host => root(host, 'aa')), root('ws-0', 'bb')])).toEqual([hosts.length, 1])
})

it('what alerts is told host by host', () => {
  expect(sizes(hosts.map(host => root(host, 'aa', 'A11')))).toEqual(hosts.map(() => 1))
})
