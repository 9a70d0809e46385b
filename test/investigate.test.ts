import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countersealBeside } from './run-cli.ts'

/** The invented incident of examples/: a beacon's certificate, its sibling by the same key, and what 10.20.14.52 had to do with both. */
const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
const data = join(directory, 'data')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const beacon = '7a14ac13865fa4509a8d2ff1481d89af66ac7be0884a4d278b4aacf5d5a405a4'

type Report = {
  readonly is_seed: boolean
  readonly names: readonly string[]
  readonly decision: { readonly state: string; readonly ready_to_escalate: boolean; readonly needs: readonly string[] }
  readonly behaviours: readonly { readonly kind: string }[]
  readonly assertions: readonly { readonly technique: string; readonly state: string }[]
  readonly gaps: readonly { readonly id: string; readonly state: string }[]
  readonly items: readonly { readonly grade: string; readonly event_uid: string }[]
}

async function investigated(...more: readonly string[]) {
  const told = await countersealBeside(['investigate', beacon, '--data', data, '--json', ...more])
  const reports = told.records.filter(({ type }) => type === 'lead_report') as unknown as readonly Report[]
  return {
    ...told,
    reports,
    seed: reports.find(({ is_seed }) => is_seed),
    sibling: reports.find(({ is_seed }) => !is_seed),
  }
}

beforeAll(async () => {
  await countersealBeside(['ingest', 'examples', '--data', data])
}, 240_000)

describe('an investigation', () => {
  it('corroborates what two kinds of telemetry show, and is ready to escalate a beacon, but escalates nothing by itself', async () => {
    const { seed, sibling, stderr } = await investigated()
    expect(seed?.decision, stderr).toMatchObject({ state: 'CORROBORATED', ready_to_escalate: true })
    expect(seed?.behaviours.map(({ kind }) => kind)).toContain('beacon')
    expect(seed?.items[0]?.grade).toBe('E5')
    expect(sibling?.decision.state).toBe('CANDIDATE_CONTACT')
    expect(sibling?.names).toEqual(['telemetry.quayside-metrics.example'])
    const said = seed?.assertions.filter(({ state }) => state === 'observed').map(({ technique }) => technique)
    expect(said).not.toContain('T1573.002')
  })

  it('escalates with the name of somebody who looked at it', async () => {
    const { seed } = await investigated('--reviewer', 'm.roth')
    expect(seed?.decision.state).toBe('ESCALATED')
    expect(seed?.assertions.find(({ technique }) => technique === 'T1573.002')?.state).toBe('observed')
  })

  it('keeps what became of each, when it is another state than before, with who said so', async () => {
    const keep = async (...more: readonly string[]) =>
      (await investigated('--by', 'e.berg', ...more)).records.filter(({ type }) => type === 'lead_transition')
    expect(await keep()).toMatchObject([
      { before: null, state: 'CORROBORATED', by: 'e.berg', ready_to_escalate: true },
      { before: null, state: 'CANDIDATE_CONTACT' },
    ])
    expect(await keep()).toEqual([])
    expect(await keep('--reviewer', 'm.roth')).toMatchObject([
      { before: 'CORROBORATED', state: 'ESCALATED', asserted: expect.arrayContaining(['T1573.002']) },
    ])
    const kept = await countersealBeside(['leads', '--data', data, '--json'])
    expect(kept.records.map(({ state }) => state).sort()).toEqual(['CANDIDATE_CONTACT', 'ESCALATED'])
    expect((await countersealBeside(['leads', '--history', '--data', data, '--json'])).records).toHaveLength(3)
    // Nothing is new: a person's word stands.
    const again = await countersealBeside(['retrohunt', '--data', data, '--json'])
    expect(again.records).toEqual([{ type: 'retrohunt', seeds: 1, changed: 0 }])
  })

  it('is handed on in every format, once', async () => {
    const out = join(directory, 'handed')
    const files = (await investigated('--out', out)).records.filter(({ type }) => type === 'lead_file')
    expect(files.map(({ format }) => format)).toEqual(['stix', 'zeek', 'suricata', 'csv', 'navigator'])
    expect(readFileSync(join(out, 'counterseal.intel'), 'utf8')).toContain(
      '16a3d1ac91d8f8b47c35bc46f7ca4d2370a37ae9\tIntel::CERT_HASH',
    )
    expect((await investigated('--out', out)).stderr).toContain('is there already')
    expect((await investigated('--export', 'nonsense', '--out', out)).status).toBe(2)
  })

  it('gives up what is of an exercise', async () => {
    const site = join(directory, 'site')
    mkdirSync(site)
    writeFileSync(join(site, 'inputs.yaml'), 'inputs:\n  - { input: assets, file: assets.csv, owner: x }\n')
    writeFileSync(join(site, 'assets.csv'), 'addresses,role\n198.51.100.21,red team\n')
    const { seed } = await investigated('--inputs', site)
    expect(seed?.decision.state).toBe('REFUTED')
  })

  it('says which questions the logs cannot answer, and opens to its records', async () => {
    const { seed } = await investigated()
    expect(Object.fromEntries(seed?.gaps.map(({ id, state }) => [id, state]) ?? [])).toMatchObject({
      Q1: 'partial',
      Q7: 'unanswerable',
    })
    const shown = await countersealBeside(['evidence', seed?.items[0]?.event_uid ?? '', '--data', data])
    expect(shown.status).toBe(0)
  })

  it('without a contact is no "no" where the logs do not reach', async () => {
    const told = await countersealBeside(['cert', 'search', 'san:www.portside-news.example', '--data', data, '--json'])
    const id = String(told.records.find(({ type }) => type === 'certificate')?.sha256)
    const shown = await countersealBeside(['investigate', id, '--data', data, '--json'])
    expect(shown.status, shown.stderr).toBe(0)
    const [report] = shown.records.filter(({ type }) => type === 'lead_report') as unknown as readonly Report[]
    expect(report?.decision.state).not.toBe('LEAD')
  })
})
