import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadCorrelations } from './correlation.ts'
import { loadDetections } from './detection.ts'
import { loadKnownSettings, loadSettings, withSettings, withTimeWindow } from './settings.ts'

const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const none = { catalogues: [], snapshot: '0123456789abcdef' }
const root = { sha1: 'AB'.repeat(20), owner: 'pki@corp.example', expires: '2027-01-01' }

function settingsOf(...texts: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-settings-'))
  try {
    const files = texts.map((_, nth) => join(directory, `${nth}.yaml`))
    for (const [nth, file] of files.entries()) writeFileSync(file, texts[nth] ?? '')
    return loadSettings(files)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

it('knows the six settings that the published analytics name, and each is described', () => {
  const known = loadKnownSettings(folder('analytics'), 'an1246')
  expect(Object.keys(known.settings).sort()).toEqual([
    'FilePathAllowList',
    'MonitoredProcesses',
    'RegistryPathBaselines',
    'TimeWindow',
    'TrustedPublisherList',
    'TrustedRootHashList',
  ])
})

it('lists become reference data, and the snapshot that a finding names is another', () => {
  const set = settingsOf(JSON.stringify({ TrustedRootHashList: [root] }))
  const intel = withSettings(none, set, '2026-11-23')
  expect(intel.snapshot).not.toBe(none.snapshot)
  expect(intel.catalogues.map(({ catalogue, entries }) => [catalogue, entries.map(({ keys }) => keys)])).toEqual([
    ['trusted-roots', [{ sha1: ['AB'.repeat(20)] }]],
  ])
  expect(withSettings(none, set, '2026-11-24').snapshot).toBe(intel.snapshot)
})

it('what expired counts no more', () => {
  const set = settingsOf(JSON.stringify({ TrustedRootHashList: [root] }))
  expect(withSettings(none, set, '2027-01-02')).toEqual(none)
})

it('several files add up, and the last window counts', () => {
  const set = settingsOf(
    JSON.stringify({ MonitoredProcesses: ['a.exe'], TimeWindow: 600 }),
    JSON.stringify({ MonitoredProcesses: ['b.exe'], TimeWindow: 1200 }),
  )
  expect([set.MonitoredProcesses, set.TimeWindow]).toEqual([['a.exe', 'b.exe'], 1200])
})

it('a path is a pattern of nothing but its own characters and what one name may hold', () => {
  const path = 'C:\\Users\\*\\App (x86)\\a+b.exe'
  const set = settingsOf(JSON.stringify({ FilePathAllowList: [{ path, owner: 'it', expires: '2027-01-01' }] }))
  const [catalogue] = withSettings(none, set, '2026-11-23').catalogues
  const pattern = new RegExp(catalogue?.entries[0]?.keys.path_pattern?.[0] ?? '')
  expect(pattern.test('c:/users/alice/app (x86)/a+b.exe')).toBe(true)
  expect(pattern.test('c:/users/alice/more/app (x86)/a+b.exe')).toBe(false)
  expect(pattern.test('c:/users/alice/app (x86)/aab.exe')).toBe(false)
})

it.each([
  ['a name that no published analytic has', { TrustedRoots: [] }],
  ['a certificate without a hash', { TrustedRootHashList: [{ owner: 'it', expires: '2027-01-01' }] }],
  ['an entry that nobody owns', { TrustedRootHashList: [{ sha1: 'AB'.repeat(20), expires: '2027-01-01' }] }],
  ['a window of nothing', { TimeWindow: 0 }],
])('refuses %s', (_, text) => {
  expect(() => settingsOf(JSON.stringify(text))).toThrow(expect.objectContaining({ code: 'data/bad-definition' }))
})

it('the window changes bursts, and neither persistence nor what lasts', () => {
  const [correlation] = loadCorrelations(folder('analytics'), loadDetections([folder('detections')]))
  if (correlation === undefined) throw new Error('there is no correlation')
  const { classes, joins, loose } = withTimeWindow(correlation, settingsOf(JSON.stringify({ TimeWindow: 300 })))
  expect([classes.module_load?.reach, classes.persistence?.reach, joins.logon?.window, joins.file?.window]).toEqual([
    ...[300, 86_400, 300, 'class'],
  ])
  expect(loose.window).toBe(300)
})
