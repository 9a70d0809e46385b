import { describe, expect, it } from 'vitest'
import { logOfEvent, readOne, registryEvent } from '../../test/evtx-logs.ts'
import { fileTimeText, textOf, type WrittenValue } from './index.ts'
import { fileTimeOf } from './times.ts'

const read = (value: WrittenValue) => {
  const { fields, problems } = readOne(logOfEvent(registryEvent({ data: [['Value', value]] })))
  return {
    values: fields.map(one => [one.type, one.value, textOf(one.type, one.value)]),
    codes: problems.map(({ code }) => code),
  }
}
const octets = (...bytes: readonly number[]) => Uint8Array.from(bytes)

describe('a value', () => {
  it.each<[WrittenValue, string]>([
    [{ type: 'string', value: 'Ærø 漢字' }, 'Ærø 漢字'],
    [{ type: 'string', value: 'an embedded\0NUL' }, 'an embedded\0NUL'],
    [{ type: 'ansi_string', value: 'caf\u00e9' }, 'café'],
    [{ type: 'int8', value: -5 }, '-5'],
    [{ type: 'uint8', value: 200 }, '200'],
    [{ type: 'int16', value: -12_345 }, '-12345'],
    [{ type: 'uint16', value: 54_321 }, '54321'],
    [{ type: 'int32', value: -2_000_000_000 }, '-2000000000'],
    [{ type: 'uint32', value: 4_000_000_000 }, '4000000000'],
    [{ type: 'int64', value: -9_000_000_000_000_000_000n }, '-9000000000000000000'],
    [{ type: 'uint64', value: 18_000_000_000_000_000_000n }, '18000000000000000000'],
    [{ type: 'float32', value: 0.5 }, '0.5'],
    [{ type: 'float64', value: 0.1 }, '0.1'],
    [{ type: 'boolean', value: true }, 'true'],
    [{ type: 'boolean', value: false }, 'false'],
    [{ type: 'binary', value: octets(1, 0xfe, 0) }, '01FE00'],
    [{ type: 'guid', value: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}' }, '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}'],
    [{ type: 'size', value: 0x7ff6_1234_0000n }, '0x7ff612340000'],
    [{ type: 'filetime', value: 134_169_156_000_000_001n }, '2026-03-02T09:00:00.0000001Z'],
    [{ type: 'systemtime', value: '2026-03-02T09:00:00.123Z' }, '2026-03-02T09:00:00.123Z'],
    [
      { type: 'sid', value: 'S-1-5-21-1004336348-1177238915-682003330-512' },
      'S-1-5-21-1004336348-1177238915-682003330-512',
    ],
    [{ type: 'sid', value: 'S-1-0x010203040506-7' }, 'S-1-0x010203040506-7'],
    [{ type: 'hex32', value: 0xdead }, '0xdead'],
    [{ type: 'hex64', value: 0x8000_0000_0000_0000n }, '0x8000000000000000'],
    [{ type: 'handle', value: 12 }, '0xc'],
    [{ type: 'event_xml', value: '<a/>' }, '<a/>'],
  ])('keeps its type and is shown as Windows shows it: %o', (value, text) => {
    const written = 'value' in value ? value.value : null
    expect(read(value)).toEqual({ values: [[value.type, written, text]], codes: [] })
  })

  it('loses the NULs at its end, which some programs count and some do not', () => {
    expect(read({ type: 'string', value: 'text\0\0' }).values).toEqual([['string', 'text', 'text']])
  })

  it('keeps half of a surrogate pair', () => {
    expect(read({ type: 'string', value: 'a\ud83d' }).values).toEqual([['string', 'a\ud83d', 'a\ud83d']])
  })

  it('of no octets is null, whatever its type, but a string is empty', () => {
    expect(read({ type: 'uint32', value: octets() }).values).toEqual([['null', null, '']])
    expect(read({ type: 'string', value: '' }).values).toEqual([['string', '', '']])
  })

  it('of a 32-bit machine may have four octets where others have eight', () => {
    expect(read({ type: 'size', value: octets(4, 0, 0, 0) })).toEqual({ values: [['size', 4n, '0x4']], codes: [] })
  })

  it.each<[WrittenValue, string]>([
    [{ type: 'uint32', value: octets(1, 2, 3) }, 'evtx/value'],
    [{ type: 'guid', value: octets(1, 2, 3) }, 'evtx/value'],
    [{ type: 'sid', value: octets(1, 9, 0, 0, 0, 0, 0, 5) }, 'evtx/value'],
    [{ type: 'systemtime', value: octets(...new Array(16).fill(0xff)) }, 'evtx/value'],
  ])('that cannot be of its type keeps its octets: %o', (value, code) => {
    const { values, codes } = read(value)
    expect(values[0]?.[1]).toEqual('value' in value ? value.value : undefined)
    expect(codes).toEqual([code])
  })

  it('that is no boolean is true, and told', () => {
    const value = { type: 'boolean', value: octets(7, 0, 0, 0) } as const
    expect(read(value)).toEqual({ values: [['boolean', true, 'true']], codes: ['evtx/boolean'] })
  })

  it('in an array of numbers leaves out what is not whole, and says so', () => {
    const value = { type: 'uint16', items: [1, octets(2)] } as const
    expect(read(value)).toEqual({ values: [['uint16', 1, '1']], codes: ['evtx/value'] })
  })
})

describe('a time', () => {
  it.each([
    [0n, '1601-01-01T00:00:00.0000000Z'],
    [116_444_736_000_000_000n, '1970-01-01T00:00:00.0000000Z'],
    [116_444_735_999_999_999n, '1969-12-31T23:59:59.9999999Z'],
    [2_650_467_743_999_999_999n, '9999-12-31T23:59:59.9999999Z'],
  ])('%d is %s', (ticks, text) => {
    expect(fileTimeText(ticks)).toBe(text)
    expect(fileTimeOf(text)).toBe(ticks)
  })

  it('after the year 9999 is told as its number', () => {
    expect(fileTimeText(2_650_467_744_000_000_000n)).toBe('2650467744000000000')
    expect(fileTimeText(2n ** 64n - 1n)).toBe('18446744073709551615')
  })

  it.each(['', '2026-03-02', '2026-13-02T09:00:00Z', '2026-03-02T09:00:00+01:00'])('is not read from %j', text => {
    expect(fileTimeOf(text)).toBeUndefined()
  })
})
