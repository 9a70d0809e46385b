/**
 * Reads TLS presentation language (RFC 8446 §3): big-endian integers, and vectors behind their length. A read beyond the end gives zeros or nothing
 * and is remembered: whoever has read everything asks once.
 */
export type Octets = {
  /** An unsigned integer of one to six bytes. */
  uint(bytes: number): number
  /** An unsigned integer of eight bytes; what is beyond 2^53 counts as a failed read. */
  uint64(): number
  take(length: number): Uint8Array
  /** A vector whose length stands before it in so many bytes. */
  vector(lengthBytes: number): Uint8Array
  /** Bytes read so far. */
  at(): number
  isAtEnd(): boolean
  hasFailed(): boolean
}

export function octetsOf(bytes: Uint8Array, from = 0): Octets {
  let at = from
  let failed = false
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const has = (length: number): boolean => {
    if (at + length <= view.length) return true
    failed = true
    at = view.length
    return false
  }
  const uint = (length: number): number => {
    if (!has(length)) return 0
    at += length
    return view.readUIntBE(at - length, length)
  }
  const take = (length: number): Uint8Array => {
    if (!has(length)) return view.subarray(view.length)
    at += length
    return view.subarray(at - length, at)
  }
  return {
    uint,
    take,
    uint64: () => {
      const value = uint(4) * 2 ** 32 + uint(4)
      if (!Number.isSafeInteger(value)) failed = true
      return Number.isSafeInteger(value) ? value : 0
    },
    vector: lengthBytes => take(uint(lengthBytes)),
    at: () => at,
    isAtEnd: () => at === view.length,
    hasFailed: () => failed,
  }
}

/** Integers as TLS writes them, big-endian in so many bytes. */
export function uintBytes(value: number, bytes: number): Uint8Array {
  const out = Buffer.alloc(bytes)
  if (bytes > 6) {
    out.writeUIntBE(Math.floor(value / 2 ** 32), 0, bytes - 4)
    out.writeUInt32BE(value % 2 ** 32, bytes - 4)
  } else {
    out.writeUIntBE(value, 0, bytes)
  }
  return out
}
