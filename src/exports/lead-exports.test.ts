import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import type { ExportedLead, LeadSet } from './lead-export.ts'
import { leadExports } from './list.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const hostile = '=cmd|"x"!A1,\r\n\t\u001b[2J"; drop tls'
const lead = (change: Partial<ExportedLead> = {}): ExportedLead => ({
  ...{
    sha256: 'ab'.repeat(32),
    sha1: 'cd'.repeat(20),
    serial: '0A1B',
    subject: 'CN=c2.example',
    issuer: 'CN=c2.example',
  },
  ...{
    not_before: Date.parse('2026-01-01T00:00:00Z'),
    not_after: Date.parse('2026-04-01T00:00:00Z'),
    names: ['c2.example', '*.c2.example'],
    addresses: ['203.0.113.9', '2001:db8::9'],
  },
  ...{ state: 'LEAD', confidence: 0.8, because: 'the same key', asserted: [] },
  ...change,
})
const set: LeadSet = {
  reference: 'CASE-17',
  made_at: new Date('2026-03-02T10:00:00Z'),
  expires_at: new Date('2026-06-02T10:00:00Z'),
  leads: [
    lead(),
    lead({
      sha256: 'ef'.repeat(32),
      state: 'ESCALATED',
      asserted: ['T1071.001', 'T1573.002'],
      subject: hostile,
      because: hostile,
    }),
    {
      serial: '',
      subject: '',
      issuer: '',
      names: [],
      addresses: [],
      state: 'REFUTED',
      confidence: 0.6,
      because: 'ours',
      asserted: ['T1071.001'],
    },
  ],
}

const written = (name: string) => [...(leadExports.find(one => one.name === name)?.write(set) ?? [])].join('')

test('the list has every format of the folder', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter(file => /^lead-(?!export)\w+\.ts$/.test(file))
  expect(leadExports.map(({ name }) => `lead-${name}.ts`).sort()).toEqual(files.sort())
})

describe('CSV', () => {
  it('has a row for each, and no cell that a spreadsheet takes for a formula', () => {
    const text = written('csv')
    expect(text).toContain('"\'=cmd|""x""!A1,\r\n')
    const parser = ['-c', 'import csv,sys; print([len(r) for r in csv.reader(sys.stdin)])']
    const ran = spawnSync('python3', parser, { input: text, encoding: 'utf8' })
    if (ran.error === undefined) expect(ran.stdout.trim()).toBe('[14, 14, 14, 14]')
  })
})

describe('Zeek intel', () => {
  it('names certificates by SHA-1, has five fields a line, and no wildcard', () => {
    const lines = written('zeek').trimEnd().split('\n')
    expect(lines.every(line => line.split('\t').length === (line.startsWith('#') ? 6 : 5))).toBe(true)
    expect(lines).toContain(
      `${'cd'.repeat(20)}\tIntel::CERT_HASH\tcounterseal CASE-17\tLEAD confidence 0.8 until 2026-06-02\t-`,
    )
    expect(lines.some(line => line.includes('*.'))).toBe(false)
    expect(new Set(lines).size).toBe(lines.length)
  })
})

describe('rules for Suricata', () => {
  it('compare the fingerprint with colons, and carry no text of a certificate', () => {
    const lines = written('suricata').trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[2]).toContain(`tls.cert_fingerprint; content:"${Array.from({ length: 20 }, () => 'cd').join(':')}";`)
    expect(lines.join()).not.toContain('cmd')
  })
})

describe('a layer of Navigator', () => {
  it('says T1608.003 of leads, and techniques only where they were observed here', () => {
    const { techniques } = JSON.parse(written('navigator')) as {
      readonly techniques: readonly { readonly techniqueID: string; readonly score: number }[]
    }
    expect(techniques.map(({ techniqueID, score }) => [techniqueID, score])).toEqual([
      ['T1608.003', 80],
      ['T1071.001', 80],
      ['T1573.002', 80],
    ])
  })
})

describe('STIX', () => {
  type Bundle = {
    readonly objects: readonly { readonly type: string; readonly id: string; readonly [key: string]: unknown }[]
  }
  const bundle = () => JSON.parse(written('stix')) as Bundle

  it('has each thing once, the same id every time, and an indicator only of what is more than a match', () => {
    const { objects } = bundle()
    expect(new Set(objects.map(({ id }) => id)).size).toBe(objects.length)
    expect(bundle()).toEqual(bundle())
    expect(objects.filter(({ type }) => type === 'indicator')).toMatchObject([
      { pattern: `[x509-certificate:hashes.'SHA-256' = '${'ef'.repeat(32)}']` },
    ])
    expect(objects.filter(({ type }) => type === 'x509-certificate')).toHaveLength(2)
    expect(objects.filter(({ type }) => type === 'infrastructure')[0]).toMatchObject({ confidence: 80 })
  })

  it('is valid to the validator of OASIS', context => {
    const file = join(directory, 'leads.json')
    writeFileSync(file, written('stix'))
    const ran = spawnSync('stix2_validator', ['--version', '2.1', file], { encoding: 'utf8' })
    if (ran.error !== undefined) context.skip('stix2_validator is not installed')
    expect(ran.status, `${ran.stdout}${ran.stderr}`).toBe(0)
  })
})
