import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { NameFact } from './facts.ts'
import { normalName, readNameText, rfc4514, typeKey } from './name-text.ts'

const pairs = (text: string) => readNameText(text).map(({ type, value }) => [type, value])

const der = [
  ['C', 'US'],
  ['O', 'Example, Inc.'],
  ['CN', 'www.example.com'],
]

it('reads what Zeek, Suricata, OpenSSL and crt.sh print of one name as the same attributes, in the order of the DER', () => {
  expect(pairs('CN=www.example.com,O=Example\\, Inc.,C=US')).toEqual(der)
  expect(pairs('C=US, O=Example, Inc., CN=www.example.com')).toEqual(der)
  expect(pairs('C = US, O = "Example, Inc.", CN = www.example.com')).toEqual(der)
  expect(pairs('/C=US/O=Example, Inc./CN=www.example.com')).toEqual(der)
  expect(pairs('CN=www.example.com, O=Example\\2C Inc., C=US')).toEqual(der)
  expect(pairs('2.5.4.3=www.example.com+OID.2.5.4.10=Example\\, Inc.,countryName=US')).toEqual(der)
})

it('keeps a slash in a value of the old form unless a type follows', () => {
  expect(pairs('/O=a/b/CN=x/y=1')).toEqual([
    ['O', 'a/b'],
    ['CN', 'x'],
    ['y', '1'],
  ])
  expect(pairs('/O=http://x.example/?a=b')).toEqual([['O', 'http://x.example/?a=b']])
})

it('decodes escaped octets as UTF-8, and strings that stand as # and DER', () => {
  expect(pairs('O=Caf\\C3\\A9')).toEqual([['O', 'Café']])
  expect(pairs('/O=Caf\\xC3\\xA9')).toEqual([['O', 'Café']])
  expect(pairs('1.2.840.113549.1.9.1=#160478404065,CN=x')).toEqual([
    ['CN', 'x'],
    ['emailAddress', 'x@@e'],
  ])
  expect(pairs('CN=#0c05ab')).toEqual([['CN', '#0c05ab']])
})

it('keeps attributes that are empty: the default certificate of Cobalt Strike has six of them', () => {
  expect(pairs('C=, ST=, L=, O=, OU=, CN=')).toHaveLength(6)
  expect(normalName(readNameText('CN=,OU=,O=,L=,ST=,C='))).toBe('c=,st=,l=,o=,ou=,cn=')
})

it('text that is no name has no attributes', () => {
  for (const text of ['', 'example', ',', '=x', '/', '//', 'a b c']) expect(readNameText(text)).toEqual([])
})

it('has one text for a name however its tool turned it', () => {
  const text = 'c=cn,l=sh,o=dcrat by qwqdanchun,ou=qwqdanchun,cn=dcrat server'
  expect(normalName(readNameText('CN=DcRat Server, OU=qwqdanchun, O=DcRat By qwqdanchun, L=SH, C=CN'))).toBe(text)
  expect(normalName(readNameText('C=CN,L=SH,O=DcRat By qwqdanchun,OU=qwqdanchun,CN=DcRat Server'))).toBe(text)
})

it('does not take names apart that differ in case, spaces or compatibility forms only, and keeps others apart', () => {
  const one = normalName([{ type: 'O', value: 'Ｅxample  Ltd ' }])
  expect(one).toBe('o=example ltd')
  expect(normalName([{ type: 'OU', value: 'Example Ltd' }])).not.toBe(one)
  expect(normalName([{ type: 'O', value: 'a,cn=b' }])).not.toBe(
    normalName([
      { type: 'O', value: 'a' },
      { type: 'CN', value: 'b' },
    ]),
  )
})

it('knows a type by each of its names', () => {
  for (const type of ['E', 'Email', 'emailAddress', '1.2.840.113549.1.9.1', 'OID.1.2.840.113549.1.9.1'])
    expect(typeKey(type)).toBe('emailaddress')
  expect(typeKey('constructor')).toBe('constructor')
})

const attribute = fc.record({
  type: fc.constantFrom('CN', 'O', 'OU', 'C', 'L', 'ST', 'emailAddress', 'serialNumber', '1.2.3.4'),
  value: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('a, b', '"x"', '#0c0161', 'a\\, CN=b', '+'),
  ),
})
const name: fc.Arbitrary<NameFact[]> = fc.array(attribute, { minLength: 1, maxLength: 6 })

it('the stored text of any name reads back as itself, and turning the name changes nothing', () => {
  fc.assert(
    fc.property(name, attributes => {
      const text = normalName(attributes)
      expect(normalName(readNameText(text))).toBe(text)
      expect(normalName(attributes.toReversed())).toBe(text)
    }),
    { seed: 1, numRuns: 2000 },
  )
})

it('the RFC 4514 text of any name leads to the same stored text', () => {
  fc.assert(
    fc.property(name, attributes => {
      expect(normalName(readNameText(rfc4514(attributes)))).toBe(normalName(attributes))
    }),
    { seed: 2, numRuns: 2000 },
  )
})

it('reads hostile text in time that grows with its length', () => {
  const started = performance.now()
  for (const text of ['CN=,', ', ', 'a=', '\\', '"', '/C=', ',='].map(part => part.repeat(1 << 18))) readNameText(text)
  expect(performance.now() - started).toBeLessThan(1000)
})
