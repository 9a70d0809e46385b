import { existsSync, readFileSync, statSync } from 'node:fs'
import { CountersealError } from '../base/index.ts'
import type { IndexedCertificate } from '../pivots/index.ts'
import { givenCertificates } from '../search/index.ts'

/** A bundle larger than this is no seed. */
const longestSeedFile = 1 << 20

/** Undefined: the text names no file. Throws `input/unreadable` for a file without a certificate. */
export function givenIn(text: string): readonly IndexedCertificate[] | undefined {
  if (!existsSync(text) || !statSync(text).isFile()) return undefined
  const { size } = statSync(text)
  const certificates = size > longestSeedFile ? [] : givenCertificates(readFileSync(text))
  if (certificates.length > 0) return certificates
  throw new CountersealError('input/unreadable', {
    message: `${text} holds no certificate that can be read${size > longestSeedFile ? `, or more than ${longestSeedFile} bytes` : ''}.`,
  })
}
