import { type AttributeType, name } from '../../test/der.ts'

/** A Name with one attribute in each RDN, in the order of the DER. */
export type Dn = readonly (readonly [type: AttributeType, value: string])[]

const written = new Map<string, Uint8Array>()

/** DER of a Name. Names that come again, as those of issuers do, are written once. */
export function dnDer(dn: Dn): Uint8Array {
  const key = JSON.stringify(dn)
  const known = written.get(key)
  if (known !== undefined) return known
  const der = name(dn)
  if (written.size < 4096) written.set(key, der)
  return der
}

/** As lists have it, `O=Plesk`: the value as it is. */
export const rdnText = ([type, value]: Dn[number]) => `${type === 'street' ? 'STREET' : type}=${value}`

/** RFC 4514 §2.4 in the order of the DER: `CN=a\, b, O=c`. */
export function dnText(dn: Dn): string {
  return dn
    .map(([type, value]) =>
      rdnText([
        type,
        value.replace(/[\\",+;<>]/g, special => `\\${special}`).replace(/^[ #]| $/g, edge => `\\${edge}`),
      ]),
    )
    .join(', ')
}
