import { createHash } from 'node:crypto'
import { longestValue } from './pivot.ts'

/** Text of a name as it is compared: NFKC, lower case, spaces collapsed and trimmed (specification AN1972 §2.1 row 10). */
export function normalText(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** A hash as people paste it: without colons, spaces and case. */
export function hexadecimal(text: string): string {
  return text.replace(/[\s:]/g, '').toLowerCase()
}

/** At most {@link longestValue} characters: of longer text the beginning, and the SHA-256 of all of it. */
export function shortened(text: string): string {
  if (text.length <= longestValue) return text
  const digest = createHash('sha256').update(text).digest('hex')
  return `${text.slice(0, longestValue - digest.length - 1)}…${digest}`
}
