import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { countersealBeside } from './run-cli.ts'

/** The invented incident of examples/, with lists of the site, triaged through the command line. */
const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
const data = join(directory, 'data')
const site = join(directory, 'site')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const database = '7853e79833358d5f9763f392d7b8703f' // crt.sh's PostgreSQL, asked by 10.20.14.37
const lists = {
  'inputs.yaml': `inputs:
  - { input: assets, file: assets.csv, owner: network team, as_of: 2026-10-13T00:00:00Z, covers: ['10.20.0.0/16'], trusted_zones: [office] }
  - { input: changes, file: changes.ics, owner: change board, as_of: 2026-10-13T20:00:00Z }
  - { input: indicators, file: threats.txt, owner: csirt, as_of: 2026-10-13T00:00:00Z }
  - { input: alerts, file: alerts.ndjson, owner: csirt, as_of: 2026-10-14T00:00:00Z }
`,
  'assets.csv':
    'names,addresses,role,zone,owner\nlap-37,10.20.14.37,laptop,office,Sales\nproxy,10.20.1.80,proxy,servers,IT\n',
  'changes.ics': [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//a//b//EN', 'BEGIN:VEVENT', 'UID:1'],
    ...['DTSTART:20261014T080000Z', 'DTEND:20261014T100000Z', 'SUMMARY:CHG-17 new gateway vpn.norrfell.example'],
    ...['END:VEVENT', 'END:VCALENDAR', ''],
  ].join('\r\n'),
  'threats.txt': '203.0.113.9 # beacon\n',
  'alerts.ndjson': `${JSON.stringify({ event_type: 'alert', timestamp: '2026-10-13T14:10:00Z', src_ip: '10.20.14.37', dest_ip: '192.0.2.9', alert: { signature: 'scan', severity: 2 } })}\n`,
}

type Told = {
  readonly finding_id: string
  readonly answers: readonly {
    readonly id: string
    readonly verdict: string
    readonly reasons: readonly { readonly evidence: readonly object[] }[]
  }[]
  readonly decision: { readonly decision: string }
  readonly log: readonly { readonly action: string; readonly by: string; readonly second?: string }[]
}

const triage = async (...args: readonly string[]) => {
  const told = await countersealBeside(['triage', ...args, '--data', data, '--json'])
  return { ...told, all: told.records as unknown as readonly Told[] }
}

beforeAll(async () => {
  mkdirSync(site)
  for (const [name, text] of Object.entries(lists)) writeFileSync(join(site, name), text)
  await countersealBeside(['hunt', 'examples', '--data', data])
}, 240_000)

describe('triage', () => {
  it('lists what is for level 1, with what was computed', async () => {
    const { all, status } = await triage('list', '--inputs', site)
    expect(status).toBe(0)
    expect(all.map(({ finding_id, decision }) => [finding_id, decision.decision])).toContainEqual([
      database,
      'escalate',
    ])
  })

  it('gives the answers that are checked in, each with what it stands on', async () => {
    const { all } = await triage('show', database, '--inputs', site)
    const shown = JSON.stringify({ ...all[0], log: [] }, null, 1)
    await expect(`${shown}\n`).toMatchFileSnapshot('./golden/triage.json')
    expect(all[0]?.answers.flatMap(({ reasons }) => reasons).some(({ evidence }) => evidence.length > 0)).toBe(true)
  })

  it('without lists says that it does not know, and what would tell', async () => {
    const { stdout } = await countersealBeside(['triage', 'show', database, '--data', data])
    expect(stdout).toContain('No lists of the site were given (--inputs DIR)')
    expect(stdout).toContain('would tell: the inventory of machines (assets in inputs.yaml)')
  })

  it('closes against a computed escalation only with a second name', async () => {
    const close = ['close', database, '--inputs', site, '--by', 'e.berg', '--because', 'test']
    for (const more of [[], ['--second', 'E.Berg'], ['--second', ' ']]) {
      const refused = await triage(...close, ...more)
      expect(refused.status).toBe(2)
      expect(refused.stderr).toContain('somebody else')
    }
    const closed = await triage(...close, '--second', 'm.roth')
    expect(closed.status).toBe(0)
    expect(closed.all[0]?.log).toMatchObject([{ action: 'close', by: 'e.berg', second: 'm.roth' }])
    const open = await triage('list', '--inputs', site, '--open')
    expect(open.all.map(({ finding_id }) => finding_id)).not.toContain(database)
  })

  it('keeps what a person answered, with what was computed then', async () => {
    const answered = await triage(
      'answer',
      database,
      '--inputs',
      site,
      '--question',
      'q1',
      '--verdict',
      'yes',
      '--by',
      'e.berg',
      '--because',
      'asked the owner',
    )
    expect(answered.all[0]?.answers[0]).toMatchObject({ id: 'q1', verdict: 'yes' })
    const { all } = await triage('escalate', database, '--inputs', site, '--by', 'k.lind', '--because', 'the alert')
    expect(all[0]?.log.map(({ action }) => action)).toEqual(['close', 'answer', 'escalate'])
    expect(all[0]?.log[1]).toMatchObject({
      question: 'q1',
      verdict: 'yes',
      computed: { answers: { q1: 'unknown' }, decision: 'escalate' },
    })
  })

  it('is of findings of the runbook, and of those that are there', async () => {
    const none = await triage('show', 'ab'.repeat(16))
    expect(none.status).not.toBe(0)
    expect(none.stderr).toContain('counterseal triage list')
  })
})
