import { describe, expect, it } from 'vitest'
import { dataOf4657, dataOfDetails, operationOf4657, operationOfEventType, typeOf4657 } from './index.ts'

describe('data told by events', () => {
  it.each([
    ['DWORD (0x00000004)', '%%1876', '4'],
    ['DWORD (0xfffffffe)', '%%1876', '4294967294'],
    ['QWORD (0x01d6906d-0x9636774b)', '%%1883', String(0x01d6906d9636774bn)],
    ['QWORD (0x01d6906d-0x9636774b)', 'REG_QWORD', '0x1d6906d9636774b'],
    ['Binary Data', '%%1875', 'whatever Windows writes there'],
  ])('%s is the same as %s with %s', (details, type, value) => {
    expect(dataOfDetails(details)).toEqual(dataOf4657(value, type))
  })

  it('are text without a type where Sysmon tells text', () => {
    expect(dataOfDetails('C:\\x.dll')).toEqual({ type: 'unknown', data: 'C:\\x.dll' })
    expect(dataOfDetails('(Empty)')).toEqual({ type: 'unknown', data: '' })
    expect(dataOfDetails('DWORD (0x123456789)')).toEqual({ type: 'unknown', data: 'DWORD (0x123456789)' })
    expect(dataOf4657('C:\\x.dll', '%%1873')).toEqual({ type: 'REG_SZ', data: 'C:\\x.dll' })
  })

  it('have each type by its message, in the order of the types', () => {
    const types = Array.from({ length: 12 }, (_, i) => typeOf4657(`%%${1872 + i}`))
    expect([types[0], types[1], types[2], types[3], types[4], types[7], types[11]]).toEqual([
      'REG_NONE',
      'REG_SZ',
      'REG_EXPAND_SZ',
      'REG_BINARY',
      'REG_DWORD',
      'REG_MULTI_SZ',
      'REG_QWORD',
    ])
    expect(['%%1871', '%%1884', '%%99999', '-', 'REG_WHAT'].map(typeOf4657)).toEqual(Array(5).fill('unknown'))
    expect(typeOf4657('reg_sz')).toBe('REG_SZ')
  })

  it('are left out where they cannot be what the type says', () => {
    expect(dataOf4657('many', '%%1876')).toEqual({ type: 'REG_DWORD', data: undefined })
    expect(dataOf4657('4294967296', '%%1876')).toEqual({ type: 'REG_DWORD', data: undefined })
    expect(dataOf4657('18446744073709551616', '%%1883')).toEqual({ type: 'REG_QWORD', data: undefined })
    expect(dataOf4657('', '%%1883')).toEqual({ type: 'REG_QWORD', data: undefined })
  })

  it('are lists where a list is told', () => {
    expect(dataOf4657('one\r\ntwo\n', '%%1879')).toEqual({ type: 'REG_MULTI_SZ', data: ['one', 'two'] })
    expect(dataOf4657('', '%%1879')).toEqual({ type: 'REG_MULTI_SZ', data: [] })
  })

  it('come with what was done, in one set of words', () => {
    expect(operationOf4657('%%1904')).toEqual({ operation: 'value_set', is_new: true })
    expect(operationOf4657('%%1905')).toEqual({ operation: 'value_set', is_new: false })
    expect(operationOf4657('%%1906').operation).toBe(operationOfEventType('DeleteValue'))
    expect(operationOfEventType('SetValue')).toBe('value_set')
    expect([operationOfEventType('INFO'), operationOf4657('x').operation]).toEqual(['unknown', 'unknown'])
  })
})
