import { describe, expect, it } from 'vitest'
import { oid } from '../../test/der.ts'
import { walkOver } from './der.ts'
import { oidAt } from './oids.ts'

const read = (contents: Uint8Array) => {
  const walk = walkOver(contents)
  return { ...oidAt(walk, 0, contents.length), codes: walk.problems.map(problem => problem.code) }
}

describe('an object identifier', () => {
  it.each(['2.5.4.3', '1.2.840.113549.1.1.11', '0.0', '1.39.1', '2.40', '2.999.3', '1.2.9007199254740991.4'])(
    '%s is read as it was written',
    dotted => {
      // Twice and more: unknown ones are kept from the second time on.
      for (let time = 0; time < 3; time += 1)
        expect(read(oid(dotted).subarray(2))).toMatchObject({ text: dotted, codes: [] })
    },
  )

  it('has a name where one is known, else its digits', () => {
    expect(read(oid('2.5.4.3').subarray(2)).name).toBe('CN')
    expect(read(oid('1.3.6.1.5.5.7.3.1').subarray(2)).name).toBe('serverAuth')
    expect(read(oid('1.2.3.4').subarray(2)).name).toBe('1.2.3.4')
  })

  it('has arcs of any size', () => {
    const hex = 'ffffffffffffffffff7f' // ten septets, all ones
    expect(read(Uint8Array.of(0x2a, ...Buffer.from(hex, 'hex'))).text).toBe(`1.2.${2n ** 70n - 1n}`)
  })

  it.each([
    ['nothing', []],
    ['a septet that promises another', [0x2a, 0x86]],
    ['a zero in front of an arc', [0x2a, 0x80, 0x01]],
    ['more octets than are read', new Array(129).fill(1)],
  ])('%s is none: it stands as # and hexadecimal', (_, contents) => {
    const hex = Buffer.from(contents.slice(0, 128)).toString('hex')
    expect(read(Uint8Array.from(contents))).toMatchObject({ text: `#${hex}`, codes: ['der/oid'] })
  })
})
