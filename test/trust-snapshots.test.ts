import { beforeAll, describe, expect, it } from 'vitest'
import { loadIntel, storeIntel } from '../src/detect/index.ts'
import type { TrustChange } from '../src/model/index.ts'
import { writeHive } from '../src/registry/index.ts'
import { changesOfSnapshots } from '../src/trust/index.ts'
import { ingestOfSuite } from './open-ingest.ts'
import { trustKeys } from './registry-hives.ts'
import { engineInstalled } from './run-cli.ts'

/** Two snapshots held against each other: .reg files as regedit exports them, and hives. */

const opened = ingestOfSuite()
const intel = loadIntel([new URL('../intel', import.meta.url).pathname])
beforeAll(async () => {
  if (engineInstalled) await storeIntel(opened().store, intel)
})

const stores = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates'
const sip = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData'
const guid = '{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'
const one = '1'.repeat(40)
const two = '2'.repeat(40)

type Values = Readonly<Record<string, string>>
/** Every call makes another file, so that two exports that say the same are two pieces of evidence. */
let files = 0
const regText = (keys: Readonly<Record<string, Values>>): Uint8Array => {
  files += 1
  const lines = Object.entries(keys).flatMap(([key, values]) => [
    key.startsWith('-') ? `[-${key.slice(1)}]` : `[${key}]`,
    ...Object.entries(values).map(([name, data]) => `"${name}"=${data}`),
    '',
  ])
  const text = ['Windows Registry Editor Version 5.00', `; ${files}`, '', ...lines, ''].join('\r\n')
  return Buffer.from(`\ufeff${text}`, 'utf16le')
}
const blob = (octet: string) => ({ Blob: `hex:${octet}` })

async function differences(...snapshots: readonly Uint8Array[]): Promise<readonly TrustChange[]> {
  const inOrder: string[] = []
  for (const snapshot of snapshots) inOrder.push((await opened().read(snapshot)).evidence_id)
  const found: TrustChange[] = []
  for await (const page of changesOfSnapshots(opened().store, { intelSnapshot: intel.snapshot, inOrder }))
    found.push(...page)
  return found
}
const told = (changes: readonly TrustChange[]) =>
  changes.map(({ operation, object, before, after }) => [
    operation,
    object.split('|').slice(-2).join('|'),
    before,
    after,
  ])

describe('differences of two snapshots', () => {
  it('a certificate that came, one that went, and a slot that was turned', async () => {
    const found = await differences(
      regText({
        [`${stores}\\Root`]: {},
        [`${stores}\\Root\\Certificates\\${one}`]: blob('01'),
        [`${sip}\\${guid}`]: { Dll: '"WINTRUST.DLL"' },
      }),
      regText({
        [`${stores}\\Root`]: {},
        [`${stores}\\Root\\Certificates\\${two}`]: blob('02'),
        [`${sip}\\${guid}`]: { Dll: '"C:\\\\x.dll"' },
      }),
    )
    const state = expect.stringMatching(/^sha256:/)
    const store = 'hklm\\software\\microsoft\\systemcertificates\\root'
    expect(told(found)).toEqual([
      ['disappeared', `${store}|${one}`, state, null],
      ['appeared', `${store}|${two}`, null, state],
      ['changed', `${guid.toLowerCase()}|dll`, 'WINTRUST.DLL', 'C:\\x.dll'],
    ])
  })

  it('an export of one key says nothing about the others', async () => {
    const found = await differences(
      regText({
        [`${stores}\\Root`]: {},
        [`${stores}\\Root\\Certificates\\${one}`]: blob('01'),
        [`${sip}\\${guid}`]: { Dll: '"WINTRUST.DLL"' },
      }),
      regText({ [`${stores}\\Root\\Certificates\\${two}`]: blob('02') }),
    )
    expect(told(found)).toEqual([['appeared', expect.stringContaining(two), null, expect.any(String)]])
  })

  it('the other view of a key is another key', async () => {
    const other = sip.replace('\\SOFTWARE\\', '\\SOFTWARE\\WOW6432Node\\')
    const found = await differences(
      regText({ [`${sip}\\${guid}`]: { Dll: '"WINTRUST.DLL"' }, [`${other}\\${guid}`]: { Dll: '"WINTRUST.DLL"' } }),
      regText({ [other]: {} }),
    )
    expect(found.map(({ operation, object }) => [operation, object.slice(0, 3)])).toEqual([['disappeared', 'x86']])
  })

  it('a hive covers both views, and what it lacks is gone', async () => {
    const hive = writeHive(trustKeys(), { file_name: 'SOFTWARE' })
    const empty = writeHive(
      { name: 'ROOT', subkeys: [{ name: 'Microsoft', subkeys: [{ name: 'Cryptography' }] }] },
      { file_name: 'SOFTWARE' },
    )
    const found = await differences(hive, empty)
    expect(found.map(({ operation, object_kind }) => `${operation} ${object_kind}`)).toEqual([
      'disappeared certificate',
      ...Array.from({ length: 4 }, () => 'disappeared slot'),
    ])
  })

  it('the same state twice is no difference, whatever else changed', async () => {
    const keys = { [`${stores}\\Root`]: {}, [`${stores}\\Root\\Certificates\\${one}`]: blob('01') }
    expect(
      await differences(regText(keys), regText({ ...keys, 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor': { a: '"b"' } })),
    ).toEqual([])
  })

  it('a file that deletes is an order and no state', async () => {
    const found = await differences(
      regText({ [`${stores}\\Root`]: {}, [`${stores}\\Root\\Certificates\\${one}`]: blob('01') }),
      regText({ [`-${stores}\\Root\\Certificates\\${one}`]: {}, [`${stores}\\Root`]: {} }),
    )
    expect(found).toEqual([])
  })

  it('what is in between is compared with its neighbours that cover it', async () => {
    const key = { [`${sip}\\${guid}`]: { Dll: '"WINTRUST.DLL"' } }
    const turned = { [`${sip}\\${guid}`]: { Dll: '"C:\\\\x.dll"' } }
    const elsewhere = { [`${stores}\\Root`]: {} }
    const found = await differences(regText(key), regText(elsewhere), regText(turned), regText(key))
    expect(told(found).map(([, , before, after]) => [before, after])).toEqual([
      ['WINTRUST.DLL', 'C:\\x.dll'],
      ['C:\\x.dll', 'WINTRUST.DLL'],
    ])
  })

  it('what osquery tells at two times is two snapshots, and what it tells to be gone is gone', async () => {
    const told = (unixTime: number, action: string, key: string, name: string, type: string, data: string) =>
      JSON.stringify({
        name: 'trust',
        hostIdentifier: 'WS-5',
        unixTime,
        action,
        columns: { key, name, type, data, mtime: '1' },
      })
    const slot = `${sip}\\${guid}`
    const stored = `${stores}\\Root\\Certificates`
    const lines = [
      told(1_772_442_000, 'added', slot, 'Dll', 'REG_SZ', 'WINTRUST.DLL'),
      told(1_772_442_000, 'added', `${stored}\\${one}`, 'Blob', 'REG_BINARY', '0102'),
      told(1_772_445_600, 'added', slot, 'Dll', 'REG_SZ', 'C:\\x.dll'),
      told(1_772_445_600, 'removed', slot, 'Dll', 'REG_SZ', 'WINTRUST.DLL'),
      told(1_772_449_200, 'removed', stored, one, 'subkey', ''),
    ]
    const found = await differences(Buffer.from(`${lines.join('\n')}\n`))
    expect(
      found.map(({ operation, after, changed_from, changed_until }) => [operation, after, changed_from, changed_until]),
    ).toEqual([
      ['disappeared', null, '2026-03-02T09:00:00.000000Z', '2026-03-02T11:00:00.000000Z'],
      ['changed', 'C:\\x.dll', '2026-03-02T09:00:00.000000Z', '2026-03-02T10:00:00.000000Z'],
    ])
  })
})
