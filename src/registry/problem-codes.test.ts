import { describe, expect, it } from 'vitest'
import {
  allValues,
  below,
  cellOf,
  readHive,
  someDer,
  trustKeys,
  variousHive,
  with8,
  with32,
} from '../../test/registry-hives.ts'
import { mostProblemsOfKey } from './bounds.ts'
import {
  asDirty,
  openHive,
  readCertificateBlob,
  readKey,
  readRegText,
  readSecurity,
  storedCertificate,
  type WrittenValue,
  writeCertificateBlob,
  writeHive,
  writeOldTransactionLog,
  writeTransactionLog,
} from './index.ts'
import type { ProblemCode } from './problem-codes.ts'

const hive = variousHive()
const nk = (name: string) => Buffer.from(hive).indexOf(name) - 76
const values = nk('values')
const inHive = (bytes: Uint8Array, logs: readonly Uint8Array[] = []) => readHive(bytes, { logs }).codes
const withValues = (...data: readonly WrittenValue[]) => inHive(writeHive({ name: 'root', values: data }))
const octets = (type: WrittenValue['type'], ...bytes: readonly number[]) =>
  withValues({ name: 'x', type, data: Uint8Array.from(bytes) })
const header = 'Windows Registry Editor Version 5.00\r\n'
const key = `${header}[HKEY_LOCAL_MACHINE\\SOFTWARE\\x]\r\n`
const inText = (text: string | Uint8Array) => {
  const { problems, items } = readRegText(Buffer.from(text))
  return [...problems, ...[...items].flatMap(item => item.problems)].map(({ code }) => code)
}
const inBlob = (blob: Uint8Array, key_name?: string) =>
  readCertificateBlob(blob, key_name === undefined ? {} : { key_name }).problems.map(({ code }) => code)
const one = (id: number, ...bytes: readonly number[]) => ({ id, bytes: Uint8Array.from(bytes) })
const certificate = { id: 32, bytes: someDer }

/** Codes that come of something with this fault: made by the type system to be complete. */
const examples: Readonly<Record<ProblemCode, () => readonly string[]>> = {
  'registry/hive-magic': () => inHive(with8(hive, 0, 0x58)),
  'registry/hive-header': () => inHive(with32(hive, { 24: 9 })),
  'registry/hive-checksum': () => inHive(with8(hive, 200, 1)),
  'registry/hive-dirty': () => inHive(asDirty(hive)),
  'registry/hive-truncated': () => inHive(hive.subarray(0, hive.length - 4096)),
  'registry/bin': () => inHive(with8(hive, 8192, 0x58)),
  'registry/root': () => inHive(with32(hive, { 36: 0x1000 })),
  'registry/cell': () => inHive(with32(hive, { [values + 28]: 0, [values + 40]: 0x7ffffff8 })),
  'registry/cell-free': () => inHive(with32(hive, { [values - 4]: 96 })),
  'registry/key': () => inHive(with8(hive, values, 0x58)),
  'registry/key-again': () => inHive(with32(hive, { [cellOf(hive, 'lh') + 4]: 32 })),
  'registry/subkeys': () => inHive(with8(hive, cellOf(hive, 'lh'), 0x58)),
  'registry/subkey-count': () => inHive(with32(hive, { [nk('many') + 20]: 61 })),
  'registry/parent': () => inHive(with32(hive, { [values + 16]: 8 })),
  'registry/name': () => inHive(with8(hive, values + 72, 200)),
  'registry/name-hidden': () => inHive(writeHive({ name: 'root', subkeys: [{ name: 'Run\0' }] })),
  'registry/class-name': () => inHive(with32(hive, { [classed() + 48]: 4 })),
  'registry/value-list': () => inHive(with32(hive, { [values + 36]: 1000 })),
  'registry/value': () => inHive(with8(hive, cellOf(hive, 'vk'), 0x58)),
  'registry/value-data': () => inHive(with32(hive, { [valuePlace('octets') + 4]: 5000 })),
  'registry/value-size': () => octets('REG_DWORD', 1, 2),
  'registry/value-text': () => octets('REG_SZ', 97, 0, 0, 0, 98, 0),
  'registry/value-type': () => octets(77),
  'registry/big-data': () => inHive(with8(hive, cellOf(hive, 'db') + 2, 1)),
  'registry/security': () => {
    const opened = openHive(with8(hive, cellOf(hive, 'sk'), 0x58))
    const reading = readKey(opened, 'values')
    return readSecurity(opened, reading?.key ?? expect.fail('no key')).problems.map(({ code }) => code)
  },
  'registry/too-deep': () => inHive(writeHive(below(Array.from({ length: 515 }, (_, i) => i).join('\\')))),
  'registry/too-large': () => inHive(sharedValues()),
  'registry/more-problems': () =>
    withValues(...Array.from({ length: mostProblemsOfKey + 5 }, (_, i) => ({ ...bad, name: String(i) }))),
  'registry/log-magic': () => inHive(hive, [new Uint8Array(700)]),
  'registry/log-entry': () => inHive(asDirty(hive), [with8(writeTransactionLog([hive, changed()]), 700, 0xff)]),
  'registry/log-gap': () => inHive(asDirty(hive), [writeTransactionLog([hive, changed()], 5)]),
  'registry/log-other': () => inHive(asDirty(hive), [writeOldTransactionLog(with32(hive, { 12: 1 }), changed())]),
  'registry/reg-header': () => inText('[HKEY_LOCAL_MACHINE\\SOFTWARE]\r\n'),
  'registry/reg-encoding': () =>
    inText(Uint8Array.of(0xef, 0xbb, 0xbf, ...Buffer.from(key), 0x40, 0x3d, 0x22, 0xff, 0x22)),
  'registry/reg-line': () => inText(`${key}what is this?`),
  'registry/reg-data': () => inText(`${key}"x"=dword:xyz`),
  'registry/reg-escape': () => inText(`${key}"x"="C:\\new"`),
  'registry/reg-outside': () => inText(`${header}"x"="y"`),
  'registry/reg-too-long': () => inText(`${header}[${'x'.repeat(40_000)}]`),
  'registry/blob-record': () => inBlob(storedCertificate(someDer).subarray(0, 100)),
  'registry/blob-encoding': () => inBlob(with8(storedCertificate(someDer), 4, 7)),
  'registry/blob-property': () => inBlob(writeCertificateBlob([one(3, 1, 2), certificate])),
  'registry/blob-repeated': () => inBlob(writeCertificateBlob([certificate, certificate])),
  'registry/blob-no-certificate': () => inBlob(writeCertificateBlob([one(4)])),
  'registry/blob-mismatch': () => inBlob(storedCertificate(someDer), '00'.repeat(20)),
}

const bad: WrittenValue = { name: '', type: 'REG_DWORD', data: Uint8Array.of(1) }

function classed(): number {
  return Buffer.from(hive).indexOf(Buffer.from('Ключ', 'utf16le')) - 76
}

function valuePlace(name: string): number {
  return Buffer.from(hive).indexOf(name) - 20
}

function changed(): Uint8Array {
  return with8(hive, valuePlace('octets') + 20, 0x4f)
}

/** Many values that all lead to the same long data. */
function sharedValues(): Uint8Array {
  const data = (n: number) => new Uint8Array(16_000 + n)
  const many = Array.from({ length: 500 }, (_, i) => ({
    name: `value ${i}`,
    type: 3,
    data: i === 0 ? data(0) : data(-15_992),
  }))
  const bytes = Buffer.from(writeHive({ name: 'root', values: many }))
  const first = bytes.indexOf('value 0') - 20
  for (let i = 1; i < many.length; i += 1) bytes.copy(bytes, bytes.indexOf(`value ${i}`) - 16, first + 4, first + 12)
  return bytes
}

describe('what is wrong with hives, registry text and certificate blobs', () => {
  it.each(Object.entries(examples))('%s is told', (code, make) => {
    expect(make()).toContain(code)
  })

  it('nothing is wrong with what is well made', () => {
    expect(inHive(hive)).toEqual([])
    expect(inHive(writeHive(trustKeys()))).toEqual([])
    expect(withValues(...allValues)).toEqual([])
    expect(inText(`${key}"x"="y"`)).toEqual([])
    expect(inBlob(storedCertificate(someDer, 'A root'))).toEqual([])
  })

  it('says where in the file', () => {
    expect(openHive(asDirty(hive)).problems).toMatchObject([{ where: 'byte 4', expected: '1', found: '2' }])
    const reading = readKey(openHive(with8(hive, cellOf(hive, 'vk'), 0x58)), 'a\\b\\c\\d')
    expect(reading?.problems).toMatchObject([{ where: `byte ${cellOf(hive, 'vk') - 4}`, expected: 'vk' }])
  })

  it('keeps a bounded number of problems, and says that there are more', () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ ...bad, name: String(i) }))
    const reading = readKey(openHive(writeHive({ name: 'root', values: many })), '')
    expect(reading?.values).toHaveLength(500)
    expect(reading?.problems).toHaveLength(mostProblemsOfKey)
    expect(reading?.problems.at(-1)?.code).toBe('registry/more-problems')
  })
})
