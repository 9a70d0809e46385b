/** Octets that are being written, little-endian. */
export type Octets = { bytes: Uint8Array; data: DataView; length: number }

export function noOctets(): Octets {
  const bytes = new Uint8Array(4096)
  return { bytes, data: new DataView(bytes.buffer), length: 0 }
}

/** Makes room for `count` octets and returns where they begin. They are zero. `bytes` and `data` may be others afterwards. */
export function reserve(octets: Octets, count: number): number {
  const at = octets.length
  if (at + count > octets.bytes.length) {
    const bytes = new Uint8Array(Math.max(at + count, octets.bytes.length * 2))
    bytes.set(octets.bytes.subarray(0, at))
    octets.bytes = bytes
    octets.data = new DataView(bytes.buffer)
  }
  octets.length = at + count
  return at
}

export function put8(octets: Octets, ...values: readonly number[]): void {
  const at = reserve(octets, values.length)
  octets.bytes.set(values, at)
}

export function put16(octets: Octets, value: number): void {
  const at = reserve(octets, 2)
  octets.data.setUint16(at, value, true)
}

export function put32(octets: Octets, value: number): void {
  const at = reserve(octets, 4)
  octets.data.setUint32(at, value, true)
}

export function put64(octets: Octets, value: bigint): void {
  const at = reserve(octets, 8)
  octets.data.setBigUint64(at, BigInt.asUintN(64, value), true)
}

export function putBytes(octets: Octets, bytes: Uint8Array): void {
  const at = reserve(octets, bytes.length)
  octets.bytes.set(bytes, at)
}

export function putCharacters(octets: Octets, text: string): void {
  for (let i = 0; i < text.length; i += 1) put16(octets, text.charCodeAt(i))
}

/** Forgets everything behind `length`. */
export function cutAt(octets: Octets, length: number): void {
  octets.bytes.fill(0, length, octets.length)
  octets.length = length
}
