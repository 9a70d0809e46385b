import type { Chunk } from './chunk.ts'

/*
 * SID (MS-DTYP §2.4.2): u8 revision, u8 number of parts, 6 octets authority (big-endian), for each part u32.
 */
const headSize = 8

/** Octets of the SID at `at`; undefined when it says that it is longer than `size`. */
export function sizeOfSid({ bytes }: Chunk, at: number, size: number): number | undefined {
  if (size < headSize) return undefined
  const length = headSize + 4 * (bytes[at + 1] ?? 0)
  return length > size ? undefined : length
}

/** The SID at `at`, which must be one, as text, `S-1-5-18`. */
export function sidAt(chunk: Chunk, at: number, size: number): string {
  const length = sizeOfSid(chunk, at, size) ?? 0
  const { bytes, data } = chunk
  const high = data.getUint16(at + 2, false)
  const low = data.getUint32(at + 4, false)
  // An authority of more than 32 bits is written in hexadecimal (§2.4.2.1). Nobody has one.
  const authority = high === 0 ? String(low) : `0x${(high * 2 ** 32 + low).toString(16).padStart(12, '0')}`
  let text = `S-${bytes[at]}-${authority}`
  for (let part = at + headSize; part < at + length; part += 4) text += `-${data.getUint32(part, true)}`
  return text
}
