import { serialReadings } from '../../../pivots/index.ts'
import type { Field } from '../condition.ts'
import { known, testing } from '../condition.ts'
import { hexadecimalDigits } from './hashes.ts'
import { withValueOf } from './pivot-values.ts'

/** Numbers that issuers and keys are called by. */

export const serial: Field = {
  name: 'serial',
  finds:
    'with this serial number in hexadecimal, or in decimal where it has no letters; leading zeros, colons and case do not matter',
  example: 'serial:03:4f:a1:9c',
  equals: value => {
    const readings = serialReadings(value)
    if (readings.length === 0)
      return { expected: 'hexadecimal digits, or decimal ones, with - before a negative number' }
    return testing(bind => `has(${bind('Array(String)', readings)}, ${known('serial')})`)
  },
}

export const ski = keyId('ski', 'subject_key_id', 'whose key is called so (subject key identifier)')
export const aki = keyId('aki', 'authority_key_id', 'whose issuer’s key is called so (authority key identifier)')

function keyId(name: string, attribute: string, finds: string): Field {
  return {
    name,
    finds,
    example: `${name}:${'9f2c51d8a3b94e6d'.repeat(3).slice(0, 40)}`,
    equals: value => {
      const digits = hexadecimalDigits(value)
      return digits === undefined ? { expected: 'hexadecimal digits' } : withValueOf([attribute], digits)
    },
  }
}
