import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claims, textAt } from './match.ts'
import type { Source } from './source.ts'

const source = (...match: Source['match'][number][]): Source => ({
  id: 'x',
  title: 'x',
  producer: 'x',
  formats: ['json-lines'],
  match,
  ignoredBecause: 'test',
})
const rule = (parts: Partial<Source['match'][number]>): Source['match'][number] => ({
  equals: {},
  present: [],
  absent: [],
  ...parts,
})

describe('claiming a record', () => {
  it('every part of one rule must hold', () => {
    const ssl = source(rule({ equals: { _path: 'ssl' }, present: ['ts'], absent: ['proxied'] }))
    expect(claims(ssl, { _path: 'ssl', ts: 1 })).toBe(true)
    expect(claims(ssl, { _path: 'ssl' })).toBe(false)
    expect(claims(ssl, { _path: 'ssl', ts: 1, proxied: 'x' })).toBe(false)
    expect(claims(ssl, { _path: 'dns', ts: 1 })).toBe(false)
  })

  it('one rule of several is enough', () => {
    const either = source(rule({ equals: { a: ['1', '2'] } }), rule({ present: ['b'] }))
    expect(claims(either, { a: 2 })).toBe(true)
    expect(claims(either, { b: [] })).toBe(true)
    expect(claims(either, { a: 3 })).toBe(false)
  })

  it('null is absence, false and zero and empty text are not', () => {
    const present = source(rule({ present: ['a'] }))
    expect([null, undefined, false, 0, ''].map(a => claims(present, { a }))).toEqual([false, false, true, true, true])
  })

  it('a slash goes one level down, a dot does not', () => {
    expect(textAt({ tls: { sni: 'a' }, 'id.orig_h': 'b' }, 'tls/sni')).toBe('a')
    expect(textAt({ tls: { sni: 'a' }, 'id.orig_h': 'b' }, 'id.orig_h')).toBe('b')
    expect(textAt({ tls: 'sni' }, 'tls/sni')).toBeUndefined()
    expect(textAt({ tls: ['sni'] }, 'tls/0')).toBeUndefined()
  })

  it('what objects inherit is not in a record', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('constructor', 'toString', '__proto__', 'hasOwnProperty'),
        name => textAt({}, name) === undefined,
      ),
      { seed: 1 },
    )
  })
})
