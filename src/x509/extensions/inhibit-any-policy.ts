import type { Walk } from '../der.ts'
import { expectEnd, readExpected, tags } from '../der.ts'
import { readSmallInteger } from '../primitives.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 5280 §4.2.1.14: InhibitAnyPolicy ::= INTEGER (0..MAX) */
export const inhibitAnyPolicy: ExtensionReader<'inhibit_any_policy'> = {
  oid: '2.5.29.54',
  name: 'inhibitAnyPolicy',
  field: 'inhibit_any_policy',
  repeats: true,
  read: readInhibitAnyPolicy,
}

function readInhibitAnyPolicy(walk: Walk, start: number, end: number): number | undefined {
  if (!readExpected(walk, start, end, tags.integer, 'INTEGER')) return undefined
  expectEnd(walk, walk.end, end)
  return readSmallInteger(walk)
}
