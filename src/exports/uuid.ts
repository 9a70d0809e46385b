import { createHash } from 'node:crypto'

/** A UUID of version 5's shape over a name, so that the same thing has the same id in every export. */
export function uuidOf(name: string): string {
  const digest = createHash('sha256').update(`counterseal ${name}`).digest().subarray(0, 16)
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80
  const hex = digest.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
