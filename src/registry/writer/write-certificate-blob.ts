import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { utf16Octets } from '../value-bytes.ts'

export type WrittenProperty = { readonly id: number; readonly bytes: Uint8Array }

/** A value `Blob` of these properties in this order, and nothing else. */
export function writeCertificateBlob(properties: readonly WrittenProperty[]): Uint8Array {
  return Buffer.concat(
    properties.map(({ id, bytes }) => {
      const head = Buffer.alloc(12)
      head.writeUInt32LE(id, 0)
      head.writeUInt32LE(1, 4)
      head.writeUInt32LE(bytes.length, 8)
      return Buffer.concat([head, bytes])
    }),
  )
}

/** As Windows stores a certificate: its SHA-1, perhaps a friendly name, and the DER. */
export function storedCertificate(der: Uint8Array, friendlyName?: string): Uint8Array {
  const name = friendlyName === undefined ? [] : [{ id: 11, bytes: utf16Octets(`${friendlyName}\0`) }]
  return writeCertificateBlob([
    { id: 3, bytes: createHash('sha1').update(der).digest() },
    ...name,
    { id: 32, bytes: der },
  ])
}
