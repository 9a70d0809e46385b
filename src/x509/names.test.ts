import { describe, expect, it } from 'vitest'
import { element, integer, name, oid, sequence, set, text } from '../../test/der.ts'
import { readElement, walkOver } from './der.ts'
import { readName } from './names.ts'

function read(der: Uint8Array) {
  const walk = walkOver(der)
  readElement(walk, 0, der.length)
  return { ...readName(walk), codes: walk.problems.map(problem => problem.code) }
}

const commonName = (value: Uint8Array) => sequence(set(sequence(oid('2.5.4.3'), value)))

describe('a name in text', () => {
  it('has its last RDN first', () => {
    expect(
      read(
        name([
          ['C', 'NO'],
          ['O', 'Norrfell'],
          ['CN', 'a.example'],
        ]),
      ).text,
    ).toBe('CN=a.example,O=Norrfell,C=NO')
  })

  it('joins what stands in one RDN by a plus sign', () => {
    const pair = (type: string, value: string) => sequence(oid(type), text('utf8', value))
    const { text: written, attributes } = read(
      sequence(set(pair('2.5.4.6', 'NO')), set(pair('2.5.4.3', 'a'), pair('0.9.2342.19200300.100.1.1', 'b'))),
    )
    expect(written).toBe('CN=a+UID=b,C=NO')
    expect(attributes.map(({ rdn }) => rdn)).toEqual([0, 1, 1])
  })

  it.each([
    ['a,b', 'a\\,b'],
    ['a+b"c\\d<e>f;g', 'a\\+b\\"c\\\\d\\<e\\>f\\;g'],
    ['#1', '\\#1'],
    ['1#', '1#'],
    [' a ', '\\ a\\ '],
    [' ', '\\ '],
    ['a=b', 'a=b'],
    ['two\nlines', 'two\\0Alines'],
    ['Løve', 'Løve'],
    ['', ''],
  ])('%j is written %j', (value, written) => {
    expect(read(name([['CN', value]])).text).toBe(`CN=${written}`)
  })

  it('what is no string stands as its DER in hexadecimal, and is no string that begins with #', () => {
    const { text: written, attributes, codes } = read(commonName(integer(7)))
    expect([written, attributes[0]?.value, codes]).toEqual(['CN=#020107', '#020107', ['name/not-a-string']])
  })

  it('an attribute without a short name has its identifier', () => {
    expect(read(name([['1.2.3.4', 'x']])).text).toBe('1.2.3.4=x')
  })

  it('is empty where nothing is', () => {
    expect(read(name([]))).toMatchObject({ text: '', attributes: [], codes: [] })
  })
})

describe('the strings of a name', () => {
  const value = (der: Uint8Array) => {
    const { attributes, codes } = read(commonName(der))
    return [attributes[0]?.value, ...codes]
  }

  it('of every kind are decoded', () => {
    expect(value(text('utf8', 'Åse 🐟'))).toEqual(['Åse 🐟'])
    expect(value(text('printable', 'Norrfell AS'))).toEqual(['Norrfell AS'])
    expect(value(text('t61', 'Åse'))).toEqual(['Åse'])
    expect(value(text('ia5', 'a@b'))).toEqual(['a@b'])
    expect(value(text('bmp', 'Åse 中 🐟'))).toEqual(['Åse 中 🐟'])
    expect(value(text('universal', 'Åse 🐟'))).toEqual(['Åse 🐟'])
    expect(value(element(18, Buffer.from('12 3')))).toEqual(['12 3'])
    expect(value(element(26, Buffer.from('a~b')))).toEqual(['a~b'])
  })

  it('with characters their kind does not have are read, with a problem', () => {
    expect(value(text('printable', 'a@b'))).toEqual(['a@b', 'name/character-set'])
    expect(value(element(0x13, Buffer.from('Åse', 'latin1')))).toEqual(['Åse', 'name/character-set'])
    expect(value(element(0x16, Buffer.from('Åse', 'latin1')))).toEqual(['Åse', 'name/character-set'])
    expect(value(element(18, Buffer.from('12a')))).toEqual(['12a', 'name/character-set'])
    expect(value(element(0x1c, Uint8Array.of(0, 0x20, 0, 0)))).toEqual(['\u{10ffff}', 'name/character-set'])
    expect(value(element(0x0c, Uint8Array.of(0xc0, 0x80)))).toEqual(['À\u0080', 'name/not-utf8'])
    expect(value(element(0x1e, Buffer.from('\0a\0b\0')))).toEqual(['ab', 'name/odd-length'])
  })

  it.each(['utf8', 'printable', 't61', 'ia5', 'bmp', 'universal'] as const)(
    'a NUL in %s stays, with a problem',
    tag => {
      expect(value(text(tag, 'bank.example\0.evil.example'))).toEqual([
        'bank.example\0.evil.example',
        'name/embedded-nul',
      ])
      expect(read(commonName(text(tag, 'a\0b'))).text).toBe('CN=a\\00b')
    },
  )
})

describe('a damaged name', () => {
  it('has what could be read', () => {
    const good = set(sequence(oid('2.5.4.10'), text('utf8', 'Norrfell')))
    expect(read(sequence(good, integer(1)))).toMatchObject({ text: 'O=Norrfell', codes: ['der/tag'] })
    expect(read(sequence(good, set()))).toMatchObject({ text: 'O=Norrfell', codes: ['name/empty'] })
    expect(read(sequence(good, set(sequence(oid('2.5.4.3')))))).toMatchObject({
      text: 'O=Norrfell',
      codes: ['der/missing'],
    })
    expect(read(sequence(good, set(sequence())))).toMatchObject({ text: 'O=Norrfell', codes: ['der/missing'] })
    const two = sequence(oid('2.5.4.3'), text('utf8', 'a'), text('utf8', 'b'))
    expect(read(sequence(good, set(two)))).toMatchObject({ text: 'CN=a,O=Norrfell', codes: ['der/trailing-bytes'] })
  })

  it('with thousands of attributes is read up to a bound', () => {
    const { attributes, codes } = read(name(Array.from({ length: 1001 }, () => ['CN', 'a'] as const)))
    expect([attributes.length, codes]).toEqual([1000, ['name/too-many']])
  })

  it('keeps its problem each time it is read', () => {
    const der = commonName(text('utf8', 'a\0b'))
    for (let time = 0; time < 4; time += 1) expect(read(der).codes).toEqual(['name/embedded-nul'])
  })
})
