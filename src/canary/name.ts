import { createHmac, randomBytes } from 'node:crypto'

const letters = 'abcdefghijklmnopqrstuvwxyz234567' // RFC 4648 §6, in lower case

/** 15 letters of 5 bits each: 75 bits that nobody guesses and no list of words has. */
const length = 15

export const lures = ['vpn', 'sso', 'jenkins', 'git', 'mail', 'admin', 'portal', 'api'] as const

/**
 * A label that nobody can guess: `<lure>-` and 75 bits of HMAC-SHA-256 over `id` (specification T1596.003 §3.3). The secret is
 * thrown away: the name stands in the ledger, and nothing has to be computed again.
 */
export function canaryLabel(lure: string, id: string, secret: Uint8Array = randomBytes(32)): string {
  const digest = createHmac('sha256', secret).update(id).digest()
  const label = Array.from({ length }, (_, nth) => letters[fiveBits(digest, nth)])
  return `${lure}-${label.join('')}`
}

function fiveBits(bytes: Uint8Array, nth: number): number {
  const bit = nth * 5
  const two = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0)
  return (two >> (11 - (bit & 7))) & 31
}
