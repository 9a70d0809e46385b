import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { counterseal, engineInstalled, noEngine, root } from './run-cli.ts'

const installed = '0b'.repeat(20)
const other = '1f3d38f280635f275be92b87cf83e40e40458400'

/** Sysmon 13 by certutil into the machine's Root on WS1.corp.example, 2026-03-02 09:00 UTC. */
const [written = ''] = readFileSync(join(root, 'sources/windows-winlogbeat-6/sample.ndjson'), 'utf8').split('\n')

describe.skipIf(!engineInstalled)(`approvals on the command line${engineInstalled ? '' : `: ${noEngine}`}`, () => {
  let directory: string
  let evidence: string
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
    evidence = join(directory, 'evidence.ndjson')
    writeFileSync(evidence, `${written}\n`)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const data = () => ['--data', join(directory, 'data'), '--json']
  const add = (ticket: string, certificate: string) => {
    const people = ['--requester', 'e.berg', '--approver', 'm.roth']
    const when = ['--from', '2026-03-02', '--until', '2026-03-03', '--expires', '2999-01-01']
    const what = ['--ticket', ticket, '--host', 'ws1.*', '--certificate', certificate]
    return counterseal(['approve', 'add', ...people, ...when, ...what, ...data()]).records[0]
  }
  const hunted = (...args: string[]) =>
    counterseal(['hunt', ...args]).records.find(({ type, analytic }) => type === 'finding' && analytic === 'AN1246')

  it('another certificate than the approved one says so first; the approved one says what it would have been', () => {
    add('CHG-1', other)
    expect(hunted(evidence, ...data())).toMatchObject({
      verdict: 'alert',
      score: 70,
      title: expect.stringContaining(
        `Not what CHG-1 approved (certificate_sha1: ${installed} in the place of ${other})`,
      ),
      correlation: { approvals: [{ ticket: 'CHG-1', match: 'partial' }] },
    })
    const exact = add('CHG-2', installed)
    expect(hunted(...data())).toMatchObject({
      verdict: 'approved',
      score: 55,
      correlation: {
        approvals: [{ ticket: 'CHG-2', match: 'exact' }],
        without_approval: { verdict: 'alert', score: 55 },
      },
    })
    expect(counterseal(['approve', 'list', '--suppressed', ...data()]).records).toEqual([
      { type: 'suppressed', ticket: 'CHG-2', cases: 1 },
    ])
    const withdraw = ['approve', 'withdraw', String(exact?.approval_id), '--by', 'k.lind', ...data()]
    expect(counterseal(withdraw).status).toBe(0)
    const states = counterseal(['approve', 'list', ...data()]).records.map(({ ticket, state }) => [ticket, state])
    expect(states).toEqual([
      ['CHG-1', 'in force'],
      ['CHG-2', 'withdrawn'],
    ])
  }, 300_000)

  it('a file approves without a store, and a bad row of it is told', () => {
    const file = join(directory, 'changes.csv')
    const header = 'ticket,requester,approver,hosts,from,until,expires,certificate_sha1'
    const row = `CHG-3,a,b,*,2026-03-01,2026-03-04,2999-01-01,${installed}`
    writeFileSync(file, `${header}\n${row}\n${row.replace('a,b', 'a,A')}\n`)
    const { stderr } = counterseal(['hunt', evidence, '--approvals', file])
    expect(stderr).toContain('row 2')
    expect(stderr).toContain('nobody approves what they asked for')
    expect(hunted(evidence, '--approvals', file, '--json')).toMatchObject({ verdict: 'approved', score: 55 })
  }, 180_000)

  it('what many hosts have alike becomes a baseline when two people say so, and is approved then', {
    timeout: 300_000,
  }, () => {
    const kept = ['--data', join(directory, 'fleet'), '--json']
    expect(counterseal(['validate', 'an1246', '--write', join(directory, 'logs')]).status).toBe(0)
    counterseal(['ingest', join(directory, 'logs', 'B-10.evtx'), ...kept])
    const proposals = counterseal(['approve', 'baseline', 'propose', ...kept]).records
    const publisher = proposals.find(one => JSON.stringify(one.object).includes('50'.repeat(20)))
    expect(publisher?.hosts).toHaveLength(13)
    const accept = ['approve', 'baseline', 'accept', String(publisher?.proposal), '--owner', 'e.berg']
    expect(counterseal([...accept, '--approver', 'E.Berg', ...kept]).status).toBe(2)
    expect(counterseal([...accept, '--approver', 'm.roth', ...kept]).status).toBe(0)
    const found = hunted(...kept)
    expect(found).toMatchObject({
      verdict: 'approved',
      correlation: { campaign: { hosts: 13 }, approvals: [{ kind: 'baseline', match: 'exact', approver: 'm.roth' }] },
    })
  })
})
