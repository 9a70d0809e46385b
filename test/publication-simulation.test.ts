import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Random } from '../bench/generate/random.ts'
import { randomFrom } from '../bench/generate/random.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** Who comes after a publication, over invented and over real visitors: acceptance test 11 of specification T1596.003 §8. */

const directory = mkdtempSync(join(tmpdir(), 'counterseal-publications-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const day = 86_400_000
const hour = 3_600_000
const start = Date.UTC(2025, 0, 1)

type Visit = { readonly at: number; readonly host: string; readonly ip: string }
type Publication = { readonly at: number; readonly name: string }

/** Lines of an access log with its virtual hosts, and of entries of a log, as sources/ have them. */
function evidence(name: string, visits: readonly Visit[], publications: readonly Publication[]): string {
  const folder = join(directory, name)
  mkdirSync(folder)
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
  const clock = (at: number) => {
    const iso = new Date(at).toISOString()
    return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`
  }
  const lines = visits
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, host, ip }) => `${host}:443 ${ip} - - [${clock(at)}] "GET / HTTP/1.1" 200 512 "-" "agent"`)
  writeFileSync(join(folder, 'access.log'), `${lines.join('\n')}\n`)
  const entries = publications.map(({ at, name: host }, index) =>
    JSON.stringify({
      ct_log: 'https://log.example.test/',
      ct_log_id: '11'.repeat(32),
      ct_entry_index: index,
      logged_at: new Date(at).toISOString(),
      verified: true,
      sha256: createHash('sha256').update(`${name} ${index}`).digest('hex'),
      names: [host],
    }),
  )
  writeFileSync(join(folder, 'entries.ndjson'), `${entries.join('\n')}\n`)
  return folder
}

type Told = { readonly names: readonly string[]; readonly visitors: ReadonlyMap<string, readonly string[]> }

function hunt(folder: string, owned: string): Told {
  const intel = join(directory, `intel-${owned}`)
  mkdirSync(intel)
  const dates = 'verified: true\n    first_verified: 2026-01-01\n    last_verified: 2026-01-01\n    expires: 2027-01-01'
  writeFileSync(
    join(intel, 'owned-names.yaml'),
    `catalogue: owned-names\ntitle: ours\nentries:\n  - id: ours\n    keys: { domain: ['${owned}'] }\n    attributes: { relation: own }\n    source: the test\n    ${dates}\n`,
  )
  const ran = counterseal(['hunt', folder, '--intel', intel, '--json'])
  expect(ran.status, ran.stderr.slice(-2000)).toBe(0)
  const answer = ran.records.find(
    ({ type, detection_id }) => type === 'answer' && detection_id === 'certificate-recon/visited-after-publication',
  )
  expect(['found', 'quiet']).toContain(answer?.answer)
  const found = ran.records.filter(
    ({ type, detection_id }) => type === 'finding' && detection_id === 'certificate-recon/visited-after-publication',
  )
  const names: string[] = []
  const visitors = new Map<string, readonly string[]>()
  for (const finding of found) {
    const entities = finding.entities as readonly { readonly kind: string; readonly value: string }[]
    const signals = (finding.contributions as readonly { readonly signal: string }[]).map(({ signal }) => signal)
    const of = (kind: string) => entities.filter(one => one.kind === kind).map(({ value }) => value)
    if (signals.includes('name_visited')) names.push(...of('certificate_names'))
    else for (const ip of of('source_address')) visitors.set(ip, signals)
  }
  return { names, visitors }
}

/** Moments of a Poisson process from one time to another, so many an hour. */
function arrivals(random: Random, from: number, until: number, anHour: number): number[] {
  const times: number[] = []
  for (let at = from; ; ) {
    at += (-Math.log(1 - random.next()) / anHour) * hour
    if (at >= until) return times
    times.push(at)
  }
}

function suite() {
  it('of ten thousand names at most one in twenty that are told is told by chance, and who comes at once after three is told', () => {
    const random = randomFrom(20261123)
    const days = 500
    const perDay = 20
    let visitors = 0
    const newcomer = () => {
      visitors += 1
      return `${11 + Math.floor(visitors / 65_536)}.${Math.floor(visitors / 256) % 256}.${visitors % 256}.7`
    }
    const visits: Visit[] = []
    for (let nth = 0; nth < 5; nth += 1)
      for (const at of arrivals(random, start - 40 * day, start + days * day, 0.2))
        visits.push({ at, host: `www${nth}.sim.example`, ip: newcomer() })
    const publications: Publication[] = []
    const real = new Set<string>()
    const reactor = '203.0.113.99'
    for (let nth = 0; nth < days * perDay; nth += 1) {
      const name = `host-${nth}.sim.example`
      const at = start + Math.floor(nth / perDay) * day + random.whole(0, day - 1)
      publications.push({ at, name })
      for (const arrival of arrivals(random, at, at + day, 0.2))
        visits.push({ at: arrival, host: name, ip: newcomer() })
      // On every other day four of the twenty are reached at once, by five each.
      if (Math.floor(nth / perDay) % 2 === 1 && nth % perDay < 4) {
        real.add(name)
        for (let times = 0; times < 5; times += 1)
          visits.push({ at: at + random.whole(1000, 60_000), host: name, ip: newcomer() })
      }
      if (nth === 4005 || nth === 4405 || nth === 4805) visits.push({ at: at + 30_000, host: name, ip: reactor })
    }
    const told = hunt(evidence('simulated', visits, publications), 'sim.example')
    const dayOf = new Map(publications.map(({ name, at }) => [name, Math.floor((at - start) / day)]))
    const shares = Array.from({ length: days }, (_, nth) => {
      const own = told.names.filter(name => dayOf.get(name) === nth)
      return own.length === 0 ? 0 : own.filter(name => !real.has(name)).length / own.length
    })
    const falseDiscoveries = shares.reduce((sum, share) => sum + share, 0) / days
    expect(falseDiscoveries).toBeLessThanOrEqual(0.05)
    expect(told.names.filter(name => real.has(name)).length / real.size).toBeGreaterThan(0.95)
    expect([...told.visitors.keys()]).toEqual([reactor])
  })

  it('real visitors of a real site, among whom names appear, are none who came because of it', context => {
    const log = join(process.env.COUNTERSEAL_CORPUS ?? '', 'logs/access/elastic-examples-apache_logs.log')
    if (!existsSync(log)) context.skip('COUNTERSEAL_CORPUS names no corpus')
    const lines = [
      ...readFileSync(log, 'utf8').matchAll(
        /^(\d+\.\d+\.\d+\.\d+) \S+ \S+ \[(\d+)\/May\/2015:(\d+:\d+:\d+) \+0000\]/gm,
      ),
    ]
    expect(lines.length).toBeGreaterThan(9000)
    // Its four days five times, each time with other visitors: usual days before the names appear, and days in which they do.
    const all = Array.from({ length: 5 }, (_, turn) =>
      lines.map(([, ip = '', date = '', time = '']) => ({
        ip: ip.replace(/^\d+/, first => String((Number(first) + 40 * turn) % 220 || 1)),
        at: Date.parse(`2015-05-${date}T${time}Z`) + 4 * turn * day,
      })),
    ).flat()
    const first = Math.min(...all.map(({ at }) => at))
    const random = randomFrom(7)
    const publications = Array.from({ length: 10 }, (_, nth) => ({
      name: `new${nth}.site.example`,
      at: first + Math.round((8 + nth) * day) + random.whole(0, 23 * hour),
    }))
    const hosts = [
      ...publications,
      ...Array.from({ length: 10 }, (_, nth) => ({ name: `www${nth}.site.example`, at: 0 })),
    ]
    const visits = all.flatMap(({ ip, at }) => {
      const host = hosts[createHash('sha256').update(ip).digest().readUInt32BE(0) % hosts.length]
      return host === undefined || at < host.at ? [] : [{ at, ip, host: host.name }]
    })
    const told = hunt(evidence('real', visits, publications), 'site.example')
    expect([...told.visitors.keys()]).toEqual([])
    expect(told.names).toEqual([])
  })
}

describe('visitors after a publication', () => {
  if (engineInstalled) suite()
  else it('are told', context => context.skip(noEngine))
})
