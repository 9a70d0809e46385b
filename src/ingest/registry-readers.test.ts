import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/generate/random.ts'
import { generatedSamples } from '../../bench/registry/generated-files.ts'
import { mutant } from '../../bench/registry/mutants.ts'
import { below, trustKeys } from '../../test/registry-hives.ts'
import { openHive, writeHive } from '../registry/index.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { HiveShelf, hiveReader } from './registry-hives.ts'
import { isLogOf, systemFolderOf } from './registry-labels.ts'
import { mountOf } from './registry-mount.ts'
import { RegistryTextReader } from './registry-text-reader.ts'

function recordsOf(reader: EvidenceReader): readonly EvidenceRecord[] {
  return [...(reader.end(false).more ?? [])]
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function linesOf(reader: EvidenceReader): readonly Record<string, unknown>[] {
  return recordsOf(reader).flatMap(({ lines }) => lines.map(line => JSON.parse(Buffer.from(line).toString('utf8'))))
}

function readerOf(hive: Uint8Array, name = 'SOFTWARE', logs: readonly Uint8Array[] = []): EvidenceReader {
  const opened = openHive(hive, { logs })
  const { prefix, ...machine } = mountOf(opened, name)
  return hiveReader(opened, hive, logs, { mount: prefix, host: '', ...machine }).reader
}

describe('a hive', () => {
  it('gives a line for each value, and for a key without values', () => {
    const lines = linesOf(readerOf(writeHive(trustKeys(), { file_name: 'SOFTWARE' })))
    const named = lines.map(({ key, value, view }) => [String(key).split('\\').pop()?.slice(0, 12), value, view])
    expect(named.filter(([, value]) => value !== undefined)).toEqual([
      ['{C689AAB8-8E', 'Dll', undefined],
      ['{C689AAB8-8E', 'FuncName', undefined],
      ['1F3D38F28063', 'Blob', undefined],
      ['{C689AAB8-8E', 'Dll', 'x86'],
      ['{C689AAB8-8E', 'FuncName', 'x86'],
    ])
    expect(lines.filter(({ type }) => type === undefined).length).toBeGreaterThan(5)
  })

  it('is mounted by its first keys, else by its header, else by the name of its file, else told as nowhere', () => {
    const plain = { name: 'r', subkeys: [{ name: 'x' }] }
    const mount = (hive: Uint8Array, name: string) => mountOf(openHive(hive), name).prefix
    expect(mount(writeHive(plain, { file_name: '\\??\\C:\\Windows\\System32\\config\\SAM' }), 'x')).toBe('HKLM\\SAM')
    expect(mount(writeHive({ name: 'r', subkeys: [{ name: 'Select' }] }), 'copy.bin')).toBe('HKLM\\SYSTEM')
    expect(mount(writeHive({ name: 'r', subkeys: [{ name: 'Microsoft' }, { name: 'Classes' }] }), 'x')).toBe(
      'HKLM\\SOFTWARE',
    )
    expect(mount(writeHive(plain), 'case.zip!config/SECURITY')).toBe('HKLM\\SECURITY')
    expect(mount(writeHive(plain, { file_name: 'NTUSER.DAT' }), 'x')).toBe('HKU\\(unknown)')
    const saved = writeHive({ name: 'r', subkeys: [{ name: 'Select' }] }, { file_name: 'C:\\x\\SAM' })
    expect(mount(saved, 'x')).toBe('HKLM\\SYSTEM')
    const users = { name: 'r', subkeys: [{ name: 'Software' }, { name: 'Control Panel' }] }
    expect(mount(writeHive(users), 'x')).toBe('HKU\\(unknown)')
    expect(mount(writeHive(users, { file_name: 'Config\\DEFAULT' }), 'x')).toBe('HKU\\.DEFAULT')
    const user_sid = 'S-1-5-21-1004336348-1177238915-682003330-1001'
    expect(mount(writeHive(plain, { file_name: '\\??\\C:\\Users\\a\\ntuser.dat', user_sid }), 'x')).toBe(
      `HKU\\${user_sid}`,
    )
    expect(mount(writeHive(plain, { file_name: 'Windows\\UsrClass.dat', user_sid }), 'x')).toBe(
      `HKU\\${user_sid}_Classes`,
    )
    expect(mount(writeHive(plain, { file_name: 'LocalService\\NTUSER.DAT' }), 'x')).toBe('HKU\\(unknown)')
    expect(mount(writeHive(plain, { file_name: 'es\\LocalService\\NTUSER.DAT' }), 'x')).toBe('HKU\\S-1-5-19')
    expect(mount(writeHive(plain, { file_name: '\\Device\\Amcache.hve' }), 'x')).toBe('HIVE\\Amcache.hve')
    expect(mount(writeHive(plain), 'x/y.bin')).toBe('HIVE\\y.bin')
  })

  it('has its logs beside it, and the machine of its users where Windows lies', () => {
    expect(isLogOf('a/ntuser.dat.LOG1', 'a/NTUSER.DAT')).toBe(true)
    expect(isLogOf('b/NTUSER.DAT.LOG1', 'a/NTUSER.DAT')).toBe(false)
    expect(isLogOf('a/NTUSER.DAT.LOG1.bak', 'a/NTUSER.DAT')).toBe(false)
    expect(systemFolderOf('/e/C/Users/alice/NTUSER.DAT')).toBe('/e/C/Windows/System32/config')
    expect(systemFolderOf('a.zip!Users/alice/AppData/Local/Microsoft/Windows/UsrClass.dat')).toBe(
      'a.zip!Windows/System32/config',
    )
    expect(systemFolderOf('/e/C/Windows/System32/config/SAM')).toBeUndefined()
  })

  it('is of the machine beside it, and not of one whose SYSTEM was given by its bare name', async () => {
    const name = { values: [{ name: 'ComputerName', type: 'REG_SZ' as const, data: 'WS-AAA' }] }
    const set = below('ControlSet001\\Control\\ComputerName\\ComputerName', name)
    const system = writeHive({ name: 'r', subkeys: [set] }, { file_name: 'SYSTEM' })
    const software = writeHive(trustKeys(), { file_name: 'SOFTWARE' })
    const shelf = new HiveShelf({ tmp: tmpdir() })
    try {
      for (const path of ['SYSTEM', 'SOFTWARE', 'other/SOFTWARE'])
        await shelf.keep(path, software, one(path === 'SYSTEM' ? system : software), [], [])
      const hosts: unknown[] = []
      for await (const { kept, reader } of shelf.hives()) hosts.push([kept.path, linesOf(reader)[0]?.host])
      expect(hosts).toEqual([
        ['SYSTEM', 'WS-AAA'],
        ['SOFTWARE', 'WS-AAA'],
        ['other/SOFTWARE', undefined],
      ])
    } finally {
      await shelf.close()
    }
  })

  it('has lines without end only up to a bound, and says that the rest is left out', () => {
    const values = Array.from({ length: 4_000 }, (_, nth) => ({ name: `${nth}`, type: 'REG_SZ' as const, data: '' }))
    const deep = below(Array.from({ length: 120 }, (_, nth) => `${nth}`.padEnd(240, 'k')).join('\\'), { values })
    const bytes = writeHive({ name: 'r', subkeys: [deep] }, { file_name: 'SOFTWARE' })
    const records = recordsOf(readerOf(bytes))
    const octets = records.reduce((sum, { lines }) => sum + (lines[0]?.length ?? 0), 0)
    expect(octets).toBeLessThan((64 << 20) + (1 << 20))
    expect(records.length).toBeLessThan(4_000)
    expect(records.at(-1)?.problem?.code).toBe('registry/too-large')
  })

  it('has the paths of other places where certificates lie in words of their own', () => {
    const blob = { values: [{ name: 'Blob', type: 'REG_BINARY' as const, data: Uint8Array.of(1) }] }
    const at = (path: string) => below(`${path}\\Root\\Certificates\\00`, blob)
    const user = writeHive(
      { name: 'r', subkeys: [{ name: 'Software', subkeys: [at('Microsoft\\SystemCertificates')] }] },
      { file_name: 'NTUSER.DAT' },
    )
    const machine = writeHive(
      {
        name: 'r',
        subkeys: [
          {
            name: 'Microsoft',
            subkeys: [
              at('EnterpriseCertificates'),
              { name: 'Cryptography', subkeys: [at('Services\\NTDS\\SystemCertificates')] },
            ],
          },
        ],
      },
      { file_name: 'SOFTWARE' },
    )
    const stores = [user, machine].flatMap(hive => linesOf(readerOf(hive))).flatMap(line => line.certificate ?? [])
    expect(stores.map(certificate => (certificate as { store: string }).store)).toEqual([
      'Users\\(unknown)\\Root',
      'Services\\NTDS\\Root',
      'LocalMachineEnterprise\\Root',
    ])
  })
})

describe('what is hostile', () => {
  it('gives whole lines and records with a problem, and nothing else', () => {
    const random = randomFrom(7)
    const samples = generatedSamples(random, 24)
    let [lines, lost] = [0, 0]
    for (let n = 0; n < 250; n += 1) {
      const sample = mutant(random, random.pick(samples), random.pick(samples))
      const { kind, bytes } = sample
      const logs = sample.kind === 'hive' ? sample.logs : []
      const blob = { values: [{ name: 'Blob', type: 'REG_BINARY' as const, data: bytes }] }
      const store = below('Microsoft\\SystemCertificates\\Root\\Certificates\\00', blob)
      const hive = kind === 'blob' ? writeHive({ name: 'r', subkeys: [store] }) : bytes
      const reader = kind === 'text' ? new RegistryTextReader() : readerOf(hive, 'SOFTWARE', logs)
      reader.add(bytes)
      for (const record of recordsOf(reader)) {
        expect(record.lines.length === 1).toBe(record.problem === undefined)
        if (record.problem !== undefined) lost += 1
        for (const line of record.lines) {
          lines += 1
          const parsed = JSON.parse(Buffer.from(line).toString('utf8'))
          expect(typeof parsed.key).toBe('string')
          expect(line.includes(0x0a)).toBe(false)
        }
      }
    }
    expect(lines).toBeGreaterThan(1000)
    expect(lost).toBeGreaterThan(5)
  })
})
