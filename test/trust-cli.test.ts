import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeHive } from '../src/registry/index.ts'
import { trustKeys } from './registry-hives.ts'
import { counterseal, engineInstalled, noEngine } from './run-cli.ts'

/** The trust ledger as a user meets it. */

const planted = '7a4565cb602ce9bd916ac7f215b99b0e9fe071b5'

const suite = () => {
  let home: string
  let data: string
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'counterseal-trust-cli-'))
    data = join(home, 'data')
  })
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const trust = (...args: readonly string[]) => counterseal(['trust', ...args, '--data', data])

  it('reading evidence writes what it tells into the ledger, and says so; recording again adds nothing', () => {
    const read = counterseal(['ingest', 'examples/windows', '--data', data])
    expect(read.status, read.stderr).toBe(0)
    expect(read.stderr).toContain('trust ledger: 11 new entries')
    expect(trust('record', '--all').stdout).toBe('11 changes told, 0 of them new; the ledger has 11 entries\n')
  })

  it('who put a certificate into which store is told from the ledger, for people and for machines', () => {
    const { stdout } = trust('history', '--certificate', planted.toUpperCase())
    expect(stdout).toContain(`systemcertificates\\root|${planted}`)
    expect(stdout).toContain(
      'by C:\\Windows\\System32\\certutil.exe; as NORRFELL\\m.lindqvist; started by C:\\ProgramData',
    )
    const { records } = trust('history', '--certificate', planted, '--json')
    expect(records).toMatchObject([{ type: 'trust_entry', operation: 'set', host: 'ws-1042.norrfell.example' }])
    expect(trust('history', '--certificate', planted, '--until', '2026-10-15').stdout).toContain('no such change')
    expect(trust('history', '--certificate', 'abc').status).toBe(2)
  })

  it('the chain is verified, also against a head that was kept elsewhere', () => {
    const { stdout } = trust('verify')
    const head = /--expect: (11:[0-9a-f]{64})\n$/.exec(stdout)?.[1] ?? ''
    expect(stdout).toContain('11 entries, every hash is right')
    expect(trust('verify', '--expect', head).status).toBe(0)
    const other = trust('verify', '--expect', `11:${'0'.repeat(64)}`)
    expect(other.status).toBe(1)
    expect(other.stdout).toContain('broken: entry 11 has another hash than the one that was kept')
  })

  it('two files are compared without a store, and what is no registry is refused instead of being called the same', () => {
    const [older, newer] = [join(home, 'monday'), join(home, 'tuesday')]
    writeFileSync(older, writeHive(trustKeys(), { file_name: 'SOFTWARE' }))
    writeFileSync(newer, writeHive(trustKeys({ dll: 'C:\\ProgramData\\x.dll' }), { file_name: 'SOFTWARE' }))
    const { records } = counterseal(['trust', 'diff', older, newer, '--json'])
    expect(records.map(({ operation, before, after }) => [operation, before, after])).toEqual([
      ['changed', 'WINTRUST.DLL', 'C:\\ProgramData\\x.dll'],
      ['changed', 'WINTRUST.DLL', 'C:\\ProgramData\\x.dll'],
    ])
    expect(counterseal(['trust', 'diff', older, older]).stdout).toContain('the same file')
    const refused = counterseal(['trust', 'diff', older, 'examples/windows/nxlog-DEV-0031.json'])
    expect(refused.status).not.toBe(0)
    expect(refused.stderr).toContain('has no state of a registry')
  })
}

if (engineInstalled) describe('counterseal trust', suite)
else it('counterseal trust', context => context.skip(noEngine))
