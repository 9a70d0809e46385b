import type { Field, KnownColumn } from '../condition.ts'
import { known, testing } from '../condition.ts'

/** Yes or no, or nobody said: columns of `certificate`. */

export const selfSigned = flag(
  'self_signed',
  'self_issued',
  'whose issuer is their subject; the signature is not checked',
)
export const ca = flag('ca', 'is_ca', 'that may issue others (basic constraints)')
export const precertificate = flag('precertificate', 'is_precertificate', 'that are precertificates (RFC 6962 §3.1)')

function flag(name: string, column: KnownColumn, finds: string): Field {
  return {
    name,
    finds,
    example: `${name}:true`,
    equals: value => {
      const text = value.toLowerCase()
      if (text === 'unknown') return testing(() => `isNull(${known(column)})`)
      if (text !== 'true' && text !== 'false') return { expected: 'true, false or unknown' }
      return testing(() => `${known(column)} = ${text}`)
    },
  }
}

export const der: Field = {
  name: 'der',
  finds: 'whose bytes were seen; false: known from what sensors and lists say',
  example: 'der:false',
  equals: value => {
    const text = value.toLowerCase()
    if (text !== 'true' && text !== 'false') return { expected: 'true or false' }
    return testing(() => `${known('from_der')} = ${text}`)
  },
}
