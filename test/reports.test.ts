import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventWriter, writeLog } from '../src/evtx/index.ts'
import type { WrittenKey } from '../src/registry/index.ts'
import { writeHive } from '../src/registry/index.ts'
import { registryEvent } from './evtx-logs.ts'
import { below } from './registry-hives.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** Findings, tickets and the checklist, as the program gives them out of a store. */

const host = 'pc7.norrfell.example'

/** What a SOFTWARE hive has of the values that the checklist asks for. */
function software(): Uint8Array {
  const microsoft: WrittenKey = {
    name: 'Microsoft',
    subkeys: [
      below('Windows NT\\CurrentVersion', { values: [{ name: 'ProductName', type: 'REG_SZ', data: 'Windows' }] }),
      below('Cryptography\\Wintrust\\Config', {
        values: [{ name: 'EnableCertPaddingCheck', type: 'REG_SZ', data: '1' }],
      }),
    ],
  }
  const policies = below('Policies\\Microsoft\\SystemCertificates\\Root\\ProtectedRoots', {
    values: [{ name: 'Flags', type: 'REG_DWORD', data: 0x21 }],
  })
  const root = { name: 'ROOT', subkeys: [microsoft, policies] }
  return writeHive(root, { file_name: 'emRoot\\System32\\Config\\SOFTWARE' })
}

function system(): Uint8Array {
  const sets = (['ControlSet001', 'ControlSet002'] as const).map(
    (name, nth): WrittenKey => ({
      name,
      subkeys: [
        {
          name: 'Control',
          subkeys: [
            below('ComputerName\\ComputerName', { values: [{ name: 'ComputerName', type: 'REG_SZ', data: 'PC7' }] }),
            below('Session Manager', { values: [{ name: 'ProtectionMode', type: 'REG_DWORD', data: 1 }] }),
            below('CI\\Config', {
              values: [{ name: 'VulnerableDriverBlocklistEnable', type: 'REG_DWORD', data: nth }],
            }),
          ],
        },
        below('Services\\Tcpip\\Parameters', {
          values: [
            { name: 'Hostname', type: 'REG_SZ', data: 'pc7' },
            { name: 'Domain', type: 'REG_SZ', data: 'norrfell.example' },
          ],
        }),
      ],
    }),
  )
  const select: WrittenKey = { name: 'Select', values: [{ name: 'Current', type: 'REG_DWORD', data: 2 }] }
  return writeHive({ name: 'ROOT', subkeys: [select, ...sets] }, { file_name: 'SYSTEM' })
}

function log(): Uint8Array {
  const events = eventWriter()
  const security = registryEvent({
    provider_name: 'Microsoft-Windows-Security-Auditing',
    channel: 'Security',
    event_id: 4657,
    computer: host,
    data: [
      ['ObjectName', '\\REGISTRY\\MACHINE\\SOFTWARE\\Microsoft\\Cryptography\\Wintrust\\Config'],
      ['ObjectValueName', 'EnableCertPaddingCheck'],
      ['OperationType', '%%1905'],
      ['NewValueType', '%%1873'],
      ['NewValue', '1'],
    ],
  })
  return writeLog([events.record(security, 1n)])
}

const suite = () => {
  let directory: string
  let data: string
  let ticket: string
  let all: readonly Record<string, unknown>[]
  let judged: readonly Record<string, unknown>[]
  const incident = () => String(all.find(({ verdict }) => verdict === 'incident')?.finding_id)

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'counterseal-reports-'))
    data = join(directory, 'data')
    ticket = join(directory, 'ticket.md')
    const config = join(directory, 'evidence/Windows/System32/config')
    await mkdir(config, { recursive: true })
    await writeFile(join(config, 'SOFTWARE'), software())
    await writeFile(join(config, 'SYSTEM'), system())
    await writeFile(join(config, 'Security.evtx'), log())
    const hunted = counterseal(['hunt', 'examples/', join(directory, 'evidence'), '--data', data, '--markdown', ticket])
    expect(hunted.status, hunted.stderr).toBe(0)
    expect(hunted.stdout).toMatch(/what shares something with it: counterseal pivot [0-9a-f]{40} --data \//)
    all = counterseal(['findings', '--data', data, '--json', '--least', 'informational']).records
    judged = counterseal(['checklist', 'an1246', '--data', data, '--json']).records
  }, 120_000)
  afterAll(() => rm(directory, { recursive: true, force: true }))

  it('hunt --markdown writes what asks for a decision, one ticket after the other', async () => {
    const text = await readFile(ticket, 'utf8')
    expect(text.match(/^# [A-Z]+: /gm)).toEqual(['# INCIDENT: ', '# REVIEW: '])
    expect(text).toMatch(/`counterseal pivot [0-9a-f]{40} --data \/\S+`/)
  })

  it('hunt --markdown overwrites no file unless it is told to, and says so before it hunts', () => {
    const refused = counterseal(['hunt', '--data', data, '--markdown', ticket])
    expect(refused).toMatchObject({ status: 2, stdout: '' })
    expect(refused.stderr).toContain('is there already, and was not overwritten')
    const nowhere = join(directory, 'nowhere/ticket.md')
    expect(counterseal(['hunt', '--data', data, '--markdown', nowhere]).stderr).toContain('there is no directory')
    expect(counterseal(['hunt', 'examples/certificates', '--markdown', ticket, '--force']).status).toBe(0)
  })

  it('findings lists the last hunt, newest first, and --least leaves out the rest', () => {
    const times = all.map(({ last_seen }) => String(last_seen))
    expect(times.length).toBeGreaterThan(1)
    expect(times).toEqual(times.toSorted().reverse())
    const { stdout } = counterseal(['findings', '--data', data, '--least', 'incident'])
    expect(stdout.match(/^[0-9a-f]{32} /gm)).toEqual([`${incident()} `])
  })

  it('finding shows one whole, on a terminal and as Markdown, and says what to go on with', () => {
    const id = incident()
    const terminal = counterseal(['finding', id.toUpperCase(), '--data', data]).stdout
    for (const part of ['INCIDENT', 'Score 100', 'Classes of evidence', 'In order of time', 'What to do next'])
      expect(terminal).toContain(part)
    expect(terminal).toMatch(/what shares something with it: counterseal pivot [0-9a-f]{40} --data \//)
    expect(counterseal(['finding', id, '--data', data, '--markdown']).stdout).toMatch(/^# INCIDENT: /)
    expect(counterseal(['finding', '0'.repeat(32), '--data', data])).toMatchObject({ status: 2, stdout: '' })
  })

  it('the checklist stands on hives, events and findings, and leaves open what none of them says', () => {
    const records = judged.filter(({ host_name }) => host_name === host)
    const of = (id: string) => records.find(record => record.id === id)
    expect(of('protected_roots')).toMatchObject({
      state: 'done',
      because: [expect.stringContaining('flags is 33, told by hive')],
    })
    expect(of('trusted_publishers')).toMatchObject({
      state: 'not_done',
      because: [expect.stringContaining('is not in the hive')],
    })
    // Only one of the two views has it.
    expect(of('cert_padding_check')).toMatchObject({ state: 'not_done' })
    expect(of('root_update')).toMatchObject({ state: 'done' })
    // Of two control sets the current one counts.
    expect(of('driver_blocklist')).toMatchObject({ state: 'done' })
    expect(of('hvci')).toMatchObject({ state: 'unknown' })
    expect(of('sacl_wintrust')).toMatchObject({ state: 'done', records: [expect.stringMatching(/^[0-9a-f]{32}$/)] })
    expect(of('sacl_oid')).toMatchObject({ state: 'unknown' })
    expect(of('freeze')).toMatchObject({ state: 'done' })
    expect(of('compare_slots')).toMatchObject({ state: 'unknown' })
    expect(
      records.filter(({ state, records: shown }) => state === 'done' && (shown as unknown[]).length === 0),
    ).toEqual([])
  })

  it('a slot that deviates is not done, with the finding that says so', () => {
    const [slots] = judged.filter(one => one.id === 'compare_slots' && one.host_name === 'ws-1042.norrfell.example')
    expect(slots).toMatchObject({
      state: 'not_done',
      findings: [expect.stringMatching(/^[0-9a-f]{32}$/)],
    })
  })

  it('the checklist of all hosts counts, and in Markdown only what is done is ticked', () => {
    expect(counterseal(['checklist', 'an1246', '--data', data]).stdout).toMatch(
      /not done on .*ws-1042\.norrfell\.example/,
    )
    const { stdout } = counterseal(['checklist', 'an1246', '--data', data, '--host', 'pc7', '--markdown'])
    expect(stdout).toContain('- [x] **Users cannot add roots of their own**: done')
    expect(stdout).toContain('- [ ] **Only administrators manage trusted publishers**: NOT DONE')
    expect(stdout.match(/^- \[x\]/gm)?.length).toBe(stdout.match(/\*\*: done$/gm)?.length)
  })

  it('the review of a period has its findings, the ledger’s changes, and what it could not read', () => {
    const asked = ['review', 'an1246', '--data', data, '--since', '2026-10-01', '--until', '2026-11-01T00:00:00Z']
    const { stdout, status } = counterseal(asked)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^# Review of AN1246, 2026-10-01T00:00:00\.000000Z to 2026-11-01T00:00:00\.000000Z\n/)
    expect(stdout).toContain('| findings that ask for a decision | 2 |')
    const { records } = counterseal([...asked, '--host', 'WS-1042.norrfell.example', '--json'])
    expect(records.filter(({ type }) => type === 'reviewed_finding')).toMatchObject([
      { host: 'ws-1042.norrfell.example', state: 'open', finding: { verdict: 'incident' } },
    ])
    const wrong = counterseal(['review', 'an1246', '--data', data, '--since', 'yesterday'])
    expect(wrong).toMatchObject({ status: 2 })
    expect(wrong.stderr).toContain('a moment in UTC')
  })

  it('a checklist makes no store of cases, and of an empty store everything is unknown', () => {
    const empty = join(directory, 'empty')
    expect(counterseal(['checklist', 'an1246', '--data', empty]).stdout).toContain('everything is unknown')
    expect(existsSync(join(empty, 'cases'))).toBe(false)
    expect(counterseal(['checklist', 'an1972', '--data', empty]).status).toBe(2)
  })
}

if (engineInstalled) describe('findings, tickets and the checklist', suite)
else describe.skip(`findings, tickets and the checklist: ${noEngine}`, suite)
