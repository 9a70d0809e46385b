import { describe, expect, it } from 'vitest'
import { trustKeys, with8, with32 } from '../../test/registry-hives.ts'
import { asDirty, openHive, readKey, writeHive, writeOldTransactionLog, writeTransactionLog } from './index.ts'
import { marvin32 } from './marvin32.ts'

const provider =
  'Microsoft\\Cryptography\\OID\\EncodingType 0\\CryptSIPDllVerifyIndirectData\\{C689AAB8-8E78-11D0-8C47-00C04FC295EE}'
const dllIn = (...[bytes, options]: Parameters<typeof openHive>) =>
  readKey(openHive(bytes, options), provider)?.values.find(({ name }) => name === 'Dll')?.data

/** Three states of one hive: the provider is led astray, then somewhere else, with a hive that grows. */
const states = ['WINTRUST.DLL', 'C:\\Users\\Public\\sip.dll', '\\\\10.20.7.31\\share\\sip.dll'].map((dll, i) =>
  writeHive(
    { ...trustKeys({ dll }), values: [{ name: 'x', type: 'REG_BINARY', data: new Uint8Array(4000 * (i + 1)) }] },
    { sequence: 7 },
  ),
)
const [first, second, third] = states as [Uint8Array, Uint8Array, Uint8Array] // three were made
const disk = asDirty(first)
const whole = writeTransactionLog(states)
/** Where the second entry begins. */
const secondAt = 512 + new DataView(whole.buffer, whole.byteOffset).getUint32(516, true)

describe('the hash of log entries', () => {
  it.each([
    ['', 0x30ed35c100cd3c7dn],
    ['af', 0x48e73fc77d75ddc1n],
    ['e70f', 0xb5f6e1fc485dbff8n],
    ['37f495', 0xf0b07c789b8cf7e8n],
    ['8642dc59', 0x7008f2e87e9cf556n],
    ['153fb79826', 0xe6c08c6da2afa997n],
    ['0932e6246c47', 0x6f04bf1a5ea24060n],
    ['ab427ea8d10fc7', 0xe11847e4f0678c41n],
  ])('of %s is that of the tests of .NET', (hex, expected) => {
    const bytes = Buffer.from(hex, 'hex')
    const [low, high] = marvin32(bytes, 0, bytes.length, [0x001bdbcc, 0x004fb61a])
    expect((BigInt(high) << 32n) | BigInt(low)).toBe(expected)
  })
})

describe('a hive that was not closed', () => {
  it('is old without its logs, and says so', () => {
    const hive = openHive(disk)
    expect(hive.is_dirty).toBe(true)
    expect(hive.problems).toMatchObject([{ code: 'registry/hive-dirty', expected: '7', found: '8' }])
    expect(dllIn(disk)).toBe('WINTRUST.DLL')
  })

  it('is brought up to date with its log, and tells each entry', () => {
    const hive = openHive(disk, { logs: [whole] })
    expect(hive.problems).toEqual([])
    expect(hive.is_dirty).toBe(false)
    expect(hive.header).toMatchObject({ primary_sequence: 8, secondary_sequence: 8 })
    expect(
      hive.log_entries.map(({ log, offset, sequence, is_applied }) => [log, offset, sequence, is_applied]),
    ).toEqual([
      [0, 512, 7, true],
      [0, secondAt, 8, true],
    ])
    expect(dllIn(disk, { logs: [whole] })).toBe('\\\\10.20.7.31\\share\\sip.dll')
    expect(Buffer.compare(hive.bins.bytes, third.subarray(4096))).toBe(0)
  })

  it('takes two logs in the order of their entries, however they are given', () => {
    const one = writeTransactionLog([first, second])
    const two = writeTransactionLog([second, third], 8)
    for (const logs of [
      [one, two],
      [two, one],
    ])
      expect(dllIn(disk, { logs })).toBe('\\\\10.20.7.31\\share\\sip.dll')
  })

  it('takes what comes before an entry that is damaged, and nothing behind it', () => {
    const torn = with8(whole, secondAt + 2000, 0x41)
    const hive = openHive(disk, { logs: [torn] })
    expect(hive.log_entries).toMatchObject([{ is_applied: true }, { is_applied: false, refused: 'damaged' }])
    expect(hive.problems).toMatchObject([{ code: 'registry/log-entry', where: `log 0 at byte ${secondAt}` }])
    expect(dllIn(disk, { logs: [torn] })).toBe('C:\\Users\\Public\\sip.dll')
  })

  it('does not take an entry behind one that is missing', () => {
    const logs = [writeTransactionLog([first, second]), writeTransactionLog([second, third], 9)]
    const hive = openHive(disk, { logs })
    expect(hive.log_entries).toMatchObject([{ is_applied: true }, { refused: 'gap' }])
    expect(hive.problems).toMatchObject([{ code: 'registry/log-gap', expected: 'entry 8', found: 'entry 9' }])
    expect(dllIn(disk, { logs })).toBe('C:\\Users\\Public\\sip.dll')
  })

  it('goes on in the other log behind an entry that is damaged only with the very next number', () => {
    const torn = with8(whole, secondAt + 2000, 0x41)
    const next = writeTransactionLog([second, third], 8)
    expect(dllIn(disk, { logs: [torn, next] })).toBe('\\\\10.20.7.31\\share\\sip.dll')
    const logs = [with8(whole, 2000, 0x41), next]
    expect(openHive(disk, { logs }).log_entries).toMatchObject([{ refused: 'damaged' }, { refused: 'gap' }])
    expect(dllIn(disk, { logs })).toBe('WINTRUST.DLL')
  })

  it('takes a log whose first entries are missing, as Windows does, and says so', () => {
    const logs = [writeTransactionLog([first, third], 20)]
    expect(openHive(disk, { logs }).problems).toMatchObject([{ code: 'registry/log-gap' }])
    expect(dllIn(disk, { logs })).toBe('\\\\10.20.7.31\\share\\sip.dll')
  })

  it('leaves entries that are older than it', () => {
    const logs = [writeTransactionLog([first, second], 5)]
    const hive = openHive(disk, { logs })
    expect(hive.log_entries).toMatchObject([{ sequence: 5, is_applied: false, refused: 'older' }])
    expect(hive.is_dirty).toBe(true)
  })

  it('gets its first page back from the log', () => {
    const torn = with8(disk, 100, 0xff)
    const hive = openHive(torn, { logs: [whole] })
    expect(hive.problems.map(({ code }) => code)).toEqual(['registry/hive-checksum'])
    expect(dllIn(torn, { logs: [whole] })).toBe('\\\\10.20.7.31\\share\\sip.dll')
    const gone = Uint8Array.from(disk).fill(0, 0, 4096)
    expect(dllIn(gone, { logs: [whole] })).toBe('\\\\10.20.7.31\\share\\sip.dll')
  })

  it('is not changed by a log whose entry says that it is longer than both', () => {
    const liar = with32(whole, { [512 + 16]: 0x7ffff000 })
    const data = new DataView(liar.buffer, liar.byteOffset)
    const [low, high] = marvin32(liar, 512, 544)
    data.setUint32(544, low, true)
    data.setUint32(548, high, true)
    const hive = openHive(disk, { logs: [liar] })
    expect(hive.log_entries[0]).toMatchObject({ is_applied: false, refused: 'damaged' })
    expect(hive.bins.bytes.length).toBe(disk.length - 4096)
  })

  it('in the format before Windows 8.1 takes the log that is of the same moment', () => {
    const other = writeOldTransactionLog(with32(first, { 12: 1 }), second)
    const own = writeOldTransactionLog(first, third)
    const hive = openHive(disk, { logs: [other, own] })
    expect(hive.log_entries).toMatchObject([{ refused: 'other-time' }, { is_applied: true }])
    expect(hive.problems).toMatchObject([{ code: 'registry/log-other' }])
    expect(dllIn(disk, { logs: [other, own] })).toBe('\\\\10.20.7.31\\share\\sip.dll')
  })
})

describe('a hive that was closed', () => {
  it('is not changed by logs that are left over', () => {
    const hive = openHive(first, { logs: [whole, new Uint8Array()] })
    expect(hive.problems).toEqual([])
    expect(hive.log_entries).toMatchObject([{ refused: 'hive-is-clean' }, { refused: 'hive-is-clean' }])
    expect(dllIn(first, { logs: [whole] })).toBe('WINTRUST.DLL')
  })

  it('says of a log that it is none', () => {
    const { problems } = openHive(first, { logs: [new Uint8Array(600), with8(whole, 100, 1), first] })
    expect(problems.map(({ code, where }) => [code, where])).toEqual(
      [0, 1, 2].map(i => ['registry/log-magic', `log ${i}`]),
    )
  })
})
