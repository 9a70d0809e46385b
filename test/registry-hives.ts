import type { HiveOptions, HiveWriteOptions, KeyReading, WrittenKey, WrittenValue } from '../src/registry/index.ts'
import { openHive, storedCertificate, walkKeys, writeHive } from '../src/registry/index.ts'
import { sequence } from './der.ts'

/** Not a certificate, but DER: stores do not look into it. */
export const someDer = sequence(sequence(), new Uint8Array(200))

/** A key at a path below another one. */
export function below(path: string, key: Omit<WrittenKey, 'name'> = {}): WrittenKey {
  const [name = '', ...rest] = path.split('\\')
  return rest.length === 0 ? { ...key, name } : { name, subkeys: [below(rest.join('\\'), key)] }
}

/** What Windows has about trust in its SOFTWARE hive, for one provider and one store. */
export function trustKeys(changes: { dll?: string; der?: Uint8Array; name?: string } = {}): WrittenKey {
  const { dll = 'WINTRUST.DLL', der = someDer, name = '1F3D38F280635F275BE92B87CF83E40E40458400' } = changes
  const provider: readonly WrittenValue[] = [
    { name: 'Dll', type: 'REG_SZ', data: dll },
    { name: 'FuncName', type: 'REG_SZ', data: 'CryptSIPVerifyIndirectData' },
  ]
  const blob: readonly WrittenValue[] = [{ name: 'Blob', type: 'REG_BINARY', data: storedCertificate(der, 'A root') }]
  const oid = 'OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'
  return {
    name: 'CMI-CreateHive{00000000-0000-0000-0000-000000000000}',
    subkeys: [
      {
        name: 'Microsoft',
        subkeys: [
          below(`Cryptography\\${oid}`, { values: provider }),
          below(`SystemCertificates\\Root\\Certificates\\${name}`, { values: blob }),
        ],
      },
      { name: 'WOW6432Node', subkeys: [below(`Microsoft\\Cryptography\\${oid}`, { values: provider })] },
    ],
  }
}

/** Every type of value, and values that are hard in some way. */
export const allValues: readonly WrittenValue[] = [
  { name: '', type: 'REG_SZ', data: 'the default value' },
  { name: 'none', type: 'REG_NONE', data: new Uint8Array() },
  { name: 'text', type: 'REG_SZ', data: 'Grüße, Ω, 🔑' },
  { name: 'variable', type: 'REG_EXPAND_SZ', data: '%SystemRoot%\\System32\\x.dll' },
  { name: 'octets', type: 'REG_BINARY', data: Uint8Array.of(0, 1, 2, 254, 255) },
  { name: 'number', type: 'REG_DWORD', data: 0xfffffffe },
  { name: 'number, the other way round', type: 'REG_DWORD_BIG_ENDIAN', data: 0x01020304 },
  { name: 'link', type: 'REG_LINK', data: Buffer.from('\\Registry\\Machine\\SOFTWARE', 'utf16le') },
  { name: 'texts', type: 'REG_MULTI_SZ', data: ['one', 'two', 'drei'] },
  { name: 'no texts', type: 'REG_MULTI_SZ', data: [] },
  { name: 'resources', type: 'REG_RESOURCE_LIST', data: new Uint8Array(20) },
  { name: 'long number', type: 'REG_QWORD', data: 0xfedcba9876543210n },
  { name: 'Имя', type: 'REG_SZ', data: 'a name in UTF-16' },
  { name: 'Größe', type: 'REG_SZ', data: 'a name in Latin-1' },
  { name: 'with\\separators', type: 'REG_SZ', data: '' },
  { name: 'long', type: 'REG_BINARY', data: Uint8Array.from({ length: 50_000 }, (_, i) => i % 251) },
  { name: 'just short enough', type: 'REG_BINARY', data: new Uint8Array(16_344).fill(7) },
]

/** A hive with keys of all kinds. */
export function variousHive(options: HiveWriteOptions = {}): Uint8Array {
  const many = Array.from({ length: 60 }, (_, i) => ({ name: `Key ${i}` }))
  const root: WrittenKey = {
    name: 'root',
    subkeys: [
      { name: 'values', values: allValues },
      { name: 'Ключ', class_name: 'a class', last_written: 132_000_000_000_000_001n },
      { name: 'many', subkeys: many },
      below('a\\b\\c\\d', { values: [{ name: 'x', type: 'REG_DWORD', data: 1 }] }),
    ],
  }
  return writeHive(root, { most_in_list: 25, ...options })
}

/** A SOFTWARE hive of so many values, and a stored certificate for every thousand. All of it is invented. */
export function largeHive(count: number, der: Uint8Array = someDer): Uint8Array {
  const keys = Array.from({ length: Math.ceil(count / 20) }, (_, n): WrittenKey => {
    const values = Array.from({ length: Math.min(20, count - 20 * n) }, (_, i): WrittenValue => {
      const kinds: readonly WrittenValue[] = [
        { name: `Path ${i}`, type: 'REG_SZ', data: `C:\\Program Files\\Example ${n}\\part ${i}.dll` },
        { name: `Number ${i}`, type: 'REG_DWORD', data: n * 31 + i },
        {
          name: `Octets ${i}`,
          type: 'REG_BINARY',
          data: Uint8Array.from({ length: 40 + i }, (_, at) => (n + at) % 256),
        },
        { name: `List ${i}`, type: 'REG_MULTI_SZ', data: [`one ${n}`, `two ${i}`] },
      ]
      return kinds[i % kinds.length] ?? { name: '', type: 'REG_NONE', data: new Uint8Array() }
    })
    return { name: `Key ${n}`, values }
  })
  const stores = Array.from({ length: Math.ceil(count / 1000) }, (_, n): WrittenKey => {
    const blob: WrittenValue = { name: 'Blob', type: 'REG_BINARY', data: storedCertificate(der, `Root ${n}`) }
    return below(n.toString(16).padStart(40, '0'), { values: [blob] })
  })
  const root = below('Microsoft\\SystemCertificates\\Root\\Certificates', { subkeys: stores })
  return writeHive(
    { name: 'ROOT', subkeys: [root, { name: 'Classes', subkeys: keys }] },
    { file_name: 'emRoot\\System32\\Config\\SOFTWARE' },
  )
}

export type WholeHive = {
  readonly keys: readonly KeyReading[]
  /** Of the file and of all keys, by code, each once. */
  readonly codes: readonly string[]
}

export function readHive(bytes: Uint8Array, options: HiveOptions = {}): WholeHive {
  const hive = openHive(bytes, options)
  const keys = [...walkKeys(hive)]
  const codes = [...hive.problems, ...keys.flatMap(({ problems }) => problems)].map(({ code }) => code)
  return { keys, codes: [...new Set(codes)] }
}

/** Where some cell of a hive begins that holds these letters, the `nth` of them; at its letters, in the file. */
export function cellOf(hive: Uint8Array, letters: string, nth = 0): number {
  let at = 4096
  for (let i = -1; i < nth; i += 1) {
    do at = Buffer.from(hive).indexOf(letters, at + 1, 'latin1')
    while (at !== -1 && at % 8 !== 4)
    if (at === -1) throw new Error(`no ${letters}`)
  }
  return at
}

/** A copy with 32-bit numbers at these places. */
export function with32(hive: Uint8Array, places: Readonly<Record<number, number>>): Uint8Array {
  const copy = Buffer.from(hive)
  for (const [at, value] of Object.entries(places)) copy.writeUInt32LE(value >>> 0, Number(at))
  return copy
}

/** The same for one octet. */
export function with8(hive: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(hive)
  copy.set(octets, at)
  return copy
}
