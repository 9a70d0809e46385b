import { isIP } from 'node:net'
import { normalText } from './normal-text.ts'

/** Words that defaults of products, libraries and tutorials write. */
const defaults: readonly string[] = [
  'localhost',
  'default',
  'example',
  'self-signed',
  'self signed',
  'selfsigned',
  'snakeoil',
  'fake certificate',
  'test',
  'unknown',
  'changeme',
]

/** Longer is no name that a program wrote by counting. */
const longest = 128

/**
 * Whether a common name looks as if a program wrote it: an address, a serial number, a run of hexadecimal digits, a UUID,
 * a string without vowels, or a word that defaults have. People who name a machine web01 are not meant.
 */
export function looksGenerated(name: string): boolean {
  const text = normalText(name.slice(0, longest))
  if (text === '') return false
  if (isIP(text) !== 0 || defaults.some(word => text.includes(word))) return true
  const bare = text.replace(/[-:_. ]/g, '')
  if (/^[0-9a-f]{8,}$/.test(bare) && /[0-9]/.test(bare)) return true
  if (/[0-9]{5,}/.test(bare) || (/^[a-z]{1,6}[0-9a-z]{8,}$/.test(bare) === true && digitShare(bare) >= 0.4)) return true
  return /^[a-z0-9]{12,}$/.test(bare) && !/[aeiouy]/.test(bare)
}

function digitShare(text: string): number {
  return text.replace(/[^0-9]/g, '').length / text.length
}
