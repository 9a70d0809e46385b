import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { EventStore, OwnTable, Row } from '../model/index.ts'
import { loadIntel, storeIntel } from './intel.ts'

const made: string[] = []
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
})

const entry = {
  id: 'one',
  keys: { host: ['Crt.Example', '*.search.example'] },
  attributes: { name: 'One' },
  source: 'seen on a machine of ours',
  verified: true,
  first_verified: '2026-08-22',
  last_verified: '2026-08-22',
  expires: '2027-08-22',
}

function folderWith(changes: Record<string, unknown>, name = 'services'): string {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-intel-'))
  made.push(directory)
  const catalogue = { catalogue: name, title: 'Services', entries: [{ ...entry, ...changes }] }
  writeFileSync(join(directory, `${name}.yaml`), JSON.stringify(catalogue)) // JSON is YAML
  return directory
}

it('the snapshot names the content: the same twice, another when a row is corrected', () => {
  const before = loadIntel([folderWith({})]).snapshot
  expect(before).toMatch(/^[0-9a-f]{16}$/)
  expect(loadIntel([folderWith({})]).snapshot).toBe(before)
  expect(loadIntel([folderWith({ verified: false })]).snapshot).not.toBe(before)
})

it('a later directory adds to an earlier one', () => {
  expect(loadIntel([folderWith({}), folderWith({})]).catalogues).toHaveLength(2)
})

it('a row without its source is refused, with the file', () => {
  expect(() => loadIntel([folderWith({ source: '' })])).toThrow(/services\.yaml is no catalogue/)
})

it('a network is written out, and what is none is refused', () => {
  const keysOf = (network: string) =>
    loadIntel([folderWith({ keys: { network: [network] } })]).catalogues[0]?.entries[0]?.keys
  expect(keysOf('192.0.2.9')).toEqual({ network: ['192.0.2.9/32'] })
  expect(keysOf('2001:db8::9')).toEqual({ network: ['2001:db8::9/128'] })
  expect(keysOf('2001:db8:20::/48')).toEqual({ network: ['2001:db8:20::/48'] })
  for (const none of [
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/24/1',
    '192.0.2',
    '192.0.2.0/x',
    'fe80::1%eth0/64',
    'servers',
  ])
    expect(() => keysOf(none), none).toThrow(/is no network in CIDR notation/)
})

it('a host with a space in it, as a broken line makes one, is refused', () => {
  expect(() => loadIntel([folderWith({ keys: { host: ['certum- crl.example'] } })])).toThrow(/has a space in it/)
})

it('a pattern that the engine could not read is refused before a hunt', () => {
  expect(() => loadIntel([folderWith({ attributes: { user_agent: '^(curl' } })])).toThrow(/RE2/)
  expect(() => loadIntel([folderWith({ attributes: { path: '(?=x)' } })])).toThrow(/RE2/)
  expect(loadIntel([folderWith({ attributes: { path: '^/ct/v1/' } })]).catalogues).toHaveLength(1)
})

it('a day that is none is refused', () => {
  expect(() => loadIntel([folderWith({ expires: 'next year' })])).toThrow(/expires/)
})

it('every value becomes a row in lower case; what is stored already is not added again', async () => {
  const intel = loadIntel([folderWith({})])
  const stored: Row[] = []
  const appended: { table: OwnTable; rows: readonly Row[] }[] = []
  const store: Pick<EventStore, 'append' | 'rows' | 'describe'> = {
    append: async (table, rows) => {
      appended.push({ table, rows })
      stored.push(...rows)
    },
    rows: async () => stored,
    describe: async () => ({ engine: 'test', version: '1', location: 'here', migrations: [], shards: [] }),
  }
  await storeIntel(store as EventStore, intel) // it calls nothing else
  await storeIntel(store as EventStore, intel)
  expect(appended).toHaveLength(1)
  expect(appended[0]?.rows.map(({ key, value, verified }) => [key, value, verified])).toEqual([
    ['host', 'crt.example', true],
    ['host', '*.search.example', true],
  ])
})
