import { describe, expect, it } from 'vitest'
import { nothing, oid, primitive, sequence, tagged } from '../../test/der.ts'
import { readElement, walkOver } from './der.ts'
import { readGeneralName } from './general-names.ts'

function read(der: Uint8Array, addresses: 'hosts' | 'networks' = 'hosts') {
  const walk = walkOver(der)
  readElement(walk, 0, der.length)
  return { name: readGeneralName(walk, addresses), codes: walk.problems.map(problem => problem.code) }
}

const ip = (hex: string) => primitive(7, Buffer.from(hex, 'hex'))

describe('an address', () => {
  it.each([
    ['c0000207', '192.0.2.7'],
    ['20010db8000000000000000000000001', '2001:db8::1'],
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000010000000000000000', '2001:db8:0:1::'],
    ['20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
    ['20010db8000100010001000100010000', '2001:db8:1:1:1:1:1:0'],
    ['20010db80000000100010001000100aB', '2001:db8:0:1:1:1:1:ab'],
    ['00000000000000000000ffffc0000207', '::ffff:c000:207'],
  ])('%s is %s', (hex, value) => {
    expect(read(ip(hex))).toEqual({ name: { type: 'ip', value }, codes: [] })
  })

  it('of another length is hexadecimal, with a problem', () => {
    expect(read(ip('0102030405'))).toEqual({ name: { type: 'ip', value: '0102030405' }, codes: ['name/address'] })
    expect(read(ip('c0000207'), 'networks').codes).toEqual(['name/address'])
  })

  it('of a network has its mask', () => {
    expect(read(ip('c0000200ffffff00'), 'networks').name).toEqual({ type: 'ip', value: '192.0.2.0/255.255.255.0' })
  })
})

describe('other general names', () => {
  it('a host name keeps its letters and its NUL', () => {
    expect(read(primitive(2, Buffer.from('Bank.example\0.evil')))).toEqual({
      name: { type: 'dns', value: 'Bank.example\0.evil' },
      codes: ['name/embedded-nul'],
    })
  })

  it('octets that are not ASCII are seen one by one', () => {
    expect(read(primitive(2, Buffer.from('løve.example')))).toEqual({
      name: { type: 'dns', value: 'lÃ¸ve.example' },
      codes: ['name/character-set'],
    })
  })

  it.each([
    ['an otherName without a value', tagged(0, oid('1.2.3'))],
    ['a directoryName without a name', tagged(4)],
    ['a kind that is none', tagged(9, nothing)],
    ['another universal type', sequence()],
  ])('%s is left out, with a problem', (_, der) => {
    const { name, codes } = read(der)
    expect(name).toBeUndefined()
    expect(codes).toHaveLength(1)
  })
})
