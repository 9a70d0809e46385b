import type { Bind, Condition, Reading } from '../condition.ts'
import { textContains } from './distinguished-names.ts'
import { hexadecimalDigits, md5, sha1, sha256, shortestHash, spki } from './hashes.ts'
import { serial } from './identifiers.ts'
import { host } from './met.ts'
import { ip, nameContains, san } from './names.ts'

/**
 * A word without a field, looked up as all it can be: an address or network; a fingerprint, a key or a serial number, or
 * the beginning of one; what is below a name (`*.example.com`); else text in the names or in the subject.
 */
export function wordReading(text: string): (bind: Bind) => Condition {
  if (text.startsWith('*.')) return anyOf([san.equals?.(text)])
  const digits = hexadecimalDigits(text)
  const hashes = [sha256, sha1, md5, spki, serial].map(field =>
    digits === undefined || digits.length < shortestHash ? undefined : field.equals?.(digits),
  )
  const meanings = [ip.equals?.(text), host.equals?.(text), ...hashes].filter(isMeaning)
  const isNoText = text.includes(':') || /[./]\d+$/.test(text) || [32, 40, 64].includes(digits?.length ?? 0)
  return anyOf(meanings.length > 0 && isNoText ? meanings : [...meanings, ...textReadings(text)])
}

/** Text in the names or in the subject. */
export function phraseReading(text: string): (bind: Bind) => Condition {
  return anyOf(textReadings(text))
}

function textReadings(text: string): readonly Reading[] {
  return [{ condition: bind => nameContains(text, bind) }, textContains('subject', text)]
}

function anyOf(readings: readonly (Reading | undefined)[]): (bind: Bind) => Condition {
  return bind => ({ on: 'any', of: readings.filter(isMeaning).map(({ condition }) => condition(bind)) })
}

function isMeaning(
  reading: Reading | undefined,
): reading is Reading & { readonly condition: (bind: Bind) => Condition } {
  return reading !== undefined && 'condition' in reading
}
