import { Buffer } from 'node:buffer'
import { codeOfType, type RegistryData, type RegistryType } from './value.ts'

/** The octets that Windows stores for data of a type: texts in UTF-16LE with their NULs. Octets stay as they are. */
export function bytesOfData(type: RegistryType | number, data: RegistryData): Uint8Array {
  if (data instanceof Uint8Array) return data
  if (typeof data === 'string') return utf16Octets(`${data}\0`)
  if (typeof data === 'bigint') {
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, data), true)
    return bytes
  }
  if (typeof data === 'number') {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, data, codeOf(type) !== 5)
    return bytes
  }
  return utf16Octets(`${data.map(text => `${text}\0`).join('')}\0`)
}

/** The number of a type; 3, REG_BINARY, for `unknown`. */
export function codeOf(type: RegistryType | number): number {
  return typeof type === 'number' ? type : (codeOfType(type) ?? 3)
}

/** Halves of surrogate pairs stay as they are. */
export function utf16Octets(text: string): Uint8Array {
  const buffer = Buffer.from(text, 'utf16le')
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
