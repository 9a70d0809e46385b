import { expect, it } from 'vitest'
import { windows1252 } from './index.ts'

it('reads every octet of windows-1252, also those that Node 20 takes for Latin-1', () => {
  const all = windows1252(Uint8Array.from({ length: 256 }, (_, octet) => octet))
  expect(all).toHaveLength(256)
  expect([0x41, 0x80, 0x8d, 0x92, 0x9f, 0xa0, 0xe9].map(octet => all[octet])).toEqual([
    'A',
    '€',
    '\u008d',
    '’',
    'Ÿ',
    '\u00a0',
    'é',
  ])
})
