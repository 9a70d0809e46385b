import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { counterseal, engineInstalled } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-settings-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const owned = { owner: 'it@corp.example', expires: '9998-12-31' }
const settings = {
  TrustedRootHashList: [{ sha1: '02'.repeat(20), ...owned }],
  FilePathAllowList: [{ path: 'C:\\Users\\*\\AppData\\Local\\Lob\\lob.exe', sha256: '99'.repeat(32), ...owned }],
  RegistryPathBaselines: [
    {
      path: 'HKU\\*\\Software\\Microsoft\\Windows\\CurrentVersion\\WinTrust\\Trust Providers\\Software Publishing\\State',
      data: '146976',
      ...owned,
    },
  ],
  TimeWindow: 600,
}

/** The logs of procedures, each of which is a host of its own. */
async function hunted(...options: readonly string[]) {
  const logs = ['T-02', 'T-24', 'B-13'].map(id => join(directory, 'logs', `${id}.evtx`))
  const { records } = await counterseal(['hunt', ...logs, '--json', ...options])
  const findings = records.filter(({ type, analytic }) => type === 'finding' && analytic === 'AN1246')
  return findings.map(one => {
    const { entities, verdict, score } = one as {
      entities: readonly { kind: string; value: string }[]
      verdict: string
      score: number
    }
    return [entities.find(({ kind }) => kind === 'host_name')?.value, verdict, score]
  })
}

it.runIf(engineInstalled)(
  'what the house put there itself counts little, and only that',
  { timeout: 120_000 },
  async () => {
    const file = join(directory, 'settings.yaml')
    writeFileSync(file, JSON.stringify(settings))
    expect((await counterseal(['validate', 'an1246', '--write', join(directory, 'logs')])).status).toBe(0)
    const without = await hunted()
    const set = await hunted('--settings', file)
    expect(without.map(([host, verdict]) => [host, verdict]).sort()).toEqual([
      ['b-13.validate.invalid', 'informational'],
      ['t-02.validate.invalid', 'alert'],
      ['t-24.validate.invalid', 'alert'],
    ])
    expect(set.map(([host, verdict]) => [host, verdict]).sort()).toEqual([
      ['b-13.validate.invalid', 'informational'],
      ['t-02.validate.invalid', 'review'],
      ['t-24.validate.invalid', 'informational'],
    ])
    expect(set.find(([host]) => host === 'b-13.validate.invalid')).toEqual([
      'b-13.validate.invalid',
      'informational',
      0,
    ])
  },
)

it.runIf(engineInstalled)(
  'coverage shows each setting by its published name, and what it is set to',
  { timeout: 60_000 },
  async () => {
    const file = join(directory, 'window.yaml')
    writeFileSync(file, JSON.stringify({ TimeWindow: 600, MonitoredProcesses: ['deploy.exe'] }))
    const data = join(directory, 'data')
    const { records } = await counterseal(['coverage', '--data', data, '--settings', file, '--json'])
    const shown = records.filter(({ type }) => type === 'published_setting').map(({ name, set }) => [name, set])
    expect(Object.fromEntries(shown)).toMatchObject({
      TimeWindow: 600,
      MonitoredProcesses: ['deploy.exe'],
      TrustedRootHashList: [],
    })
  },
)
