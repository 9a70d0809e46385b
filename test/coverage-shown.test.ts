import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { showCoverage } from '../src/cli/show-coverage.ts'
import type { HostCoverage } from '../src/telemetry/index.ts'
import { coverageOfHosts, worstFirst } from '../src/telemetry/index.ts'
import type { CoverageStore, SaidOfHosts } from './coverage-store.ts'
import {
  at,
  clearedHost,
  everydayWrite,
  evidence,
  hourly,
  logon,
  openCoverageStore,
  saidOfHosts,
  security,
} from './coverage-store.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

/** Which hosts are shown first, and how much of many. */

const suite = () => {
  const hosts = {
    // Sysmon is gone from hour 40 to 60.
    blinded: [
      ...hourly('blinded', logon, 0, 96),
      ...hourly('blinded', everydayWrite, 0, 40),
      ...hourly('blinded', everydayWrite, 60, 96),
    ],
    // And here it never comes back.
    killed: [...hourly('killed', logon, 0, 96), ...hourly('killed', everydayWrite, 0, 40)],
    cleared: clearedHost,
    gone: [...hourly('gone', logon, 0, 24), ...hourly('gone', logon, 72, 96)],
    ca: [
      ...hourly('ca', { ...security, event_id: 4886 }, 0, 48),
      ...hourly('ca', { ...security, event_id: 4885 }, 5, 6),
    ],
  }
  let kept: CoverageStore
  let said: SaidOfHosts
  beforeAll(async () => {
    kept = await openCoverageStore()
    await kept.insert(Object.values(hosts).flat())
    said = await saidOfHosts(kept.store)
  }, 120_000)
  afterAll(() => kept.close())

  it('the worst come first, and equals by name', () => {
    const order = worstFirst([...said.all].reverse()).map(({ host_name }) => host_name)
    expect(order.slice(0, 4)).toEqual(['cleared', 'blinded', 'gone', 'killed'])
    expect(worstFirst([...said.all]).map(({ host_name }) => host_name)).toEqual(order)
  })

  it('of thousands of hosts a few are shown and the rest is counted; JSON has all, a record a line', async () => {
    const fleet = Array.from({ length: 2500 }, (_, n) => ({
      ...logon,
      host_name: `fleet-${n}`,
      event_time: at(n % 24),
    }))
    await kept.insert(fleet)
    const all: HostCoverage[] = []
    for await (const one of coverageOfHosts(kept.store, evidence)) all.push(one)
    expect(new Set(all.map(({ host_name }) => host_name)).size).toBe(all.length)
    expect(all.filter(({ host_name }) => host_name.startsWith('fleet-'))).toHaveLength(2500)

    const lines: string[] = []
    const records: Record<string, unknown>[] = []
    const output = {
      json: false,
      color: false,
      line: (text: string) => void lines.push(text),
      record: (value: unknown) => void records.push(value as Record<string, unknown>),
      note: () => {},
    }
    showCoverage(output, all, evidence, { limit: 3 })
    expect(lines[0]).toMatch(/^hosts: 2,5\d\d /)
    expect(lines.length).toBeLessThan(120)
    expect(lines.join('\n')).toContain(
      `${(all.length - 3).toLocaleString('en')} more hosts are not shown: --limit ${all.length}, or --json.`,
    )
    showCoverage({ ...output, json: true }, all, evidence, { limit: 3 })
    expect(records.filter(({ type }) => type === 'host')).toHaveLength(all.length)
    const classes = records.filter(({ type, host_name }) => type === 'class' && host_name === 'fleet-7')
    expect(classes.map(({ state }) => state)).toEqual(classes.map(() => 'not_answerable'))
  }, 120_000)
}

if (engineInstalled) describe('coverage: what is shown', suite)
else describe('coverage: what is shown', () => it('needs the embedded engine', context => context.skip(noEngine)))
