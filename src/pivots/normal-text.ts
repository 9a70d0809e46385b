import { hash } from 'node:crypto'
import { longestValue } from './pivot.ts'

/** Text of a name as it is compared: NFKC, lower case, spaces collapsed and trimmed (specification AN1972 §2.1 row 10). */
export function normalText(text: string): string {
  if (plain.test(text)) return text.toLowerCase()
  // Twice, because lower-casing can leave letters that NFKC composes (İ), and doing it again must change nothing more.
  return text.toWellFormed().normalize('NFKC').toLowerCase().normalize('NFKC').replace(/\s+/g, ' ').trim()
}

/** Printable ASCII without two spaces in a row and without one at either end. */
const plain = /^[\x21-\x7e]*(?: [\x21-\x7e]+)*$/

/** A hash as people paste it: without colons, spaces and case. */
export function hexadecimal(text: string): string {
  return text.replace(/[\s:]/g, '').toLowerCase()
}

/**
 * At most {@link longestValue} characters: of longer text the beginning, `~`, and the SHA-256 of all of it. Text that was
 * shortened stays as it is.
 */
export function shortened(text: string): string {
  if (text.length <= longestValue) return text
  const digest = hash('sha256', text)
  const beginning = text.slice(0, longestValue - digest.length - 1).replace(/[\ud800-\udbff]$/, '')
  return `${beginning}~${digest}`
}

/** Whether {@link shortened} made it: such text cannot be taken apart any more. */
export function isShortened(text: string): boolean {
  return text.length > 65 && /^~[0-9a-f]{64}$/.test(text.slice(-65))
}
