import { CountersealError, excerpt } from '../../base/index.ts'
import type { EventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import { hexadecimalDigits, shortestHash } from './fields/hashes.ts'
import { joinedWith } from './page.ts'

/**
 * The certificate that somebody means by a fingerprint, its beginning or an id, as pasted: any case, colons allowed. One
 * that was known by a hash before its bytes arrived is the one it turned out to be.
 *
 * Throws `usage/bad-argument` for what is no fingerprint and for one that several certificates begin with, and
 * `usage/not-found`.
 *
 * @returns certificate_id
 */
export async function certificateMeant(store: EventStore, text: string, signal?: AbortSignal): Promise<string> {
  const digits = hexadecimalDigits(text)
  if (digits === undefined || digits.length < shortestHash || digits.length > 64)
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(excerpt(text, 80))} is no fingerprint: it has ${shortestHash} to 64 hexadecimal digits.`,
      remedy:
        'Give a SHA-256, SHA-1 or MD5, or its beginning; a file (./name), - for standard input; or a serial with --issuer.',
    })
  const meant = await idsMeant(store, digits, signal)
  const [only] = meant
  if (only === undefined)
    throw new CountersealError('usage/not-found', {
      message: `No certificate is stored whose SHA-256, SHA-1 or MD5 ${[32, 40, 64].includes(digits.length) ? 'is' : 'begins with'} ${digits}.`,
      remedy: `If it is a key: \`counterseal cert search spki:${digits}\`; a serial number: \`cert search serial:${digits}\`.`,
    })
  if (meant.length === 1) return only
  throw new CountersealError('usage/bad-argument', {
    message: `${meant.length === 50 ? 'At least 50' : meant.length} certificates begin with ${digits}: ${meant.slice(0, 5).join(', ')}${meant.length > 5 ? ' …' : ''}.`,
    remedy: `Give more digits, or list them with \`counterseal cert search ${digits}\`.`,
  })
}

/**
 * The stored certificate of which these hashes are, whichever of them is known there. Undefined when there is none.
 *
 * @param hashes whole, lower-case hexadecimal, the surest first
 */
export async function certificateWithHash(
  store: EventStore,
  hashes: readonly string[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  for (const digits of hashes) {
    const [id] = await idsMeant(store, digits, signal)
    if (id !== undefined) return id
  }
  return undefined
}

async function idsMeant(
  store: EventStore,
  digits: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const half = digits.slice(0, 32)
  const params = { digits, first: half.padEnd(32, '0'), last: half.padEnd(32, 'f') }
  const rows = await rowsOf(store, 'certificate-candidates', { params, ...(signal === undefined ? {} : { signal }) })
  const ids = rows.map(({ id }) => String(id))
  const real = new Map((await joinedWith(store, ids, signal)).map(one => [one.provisional, one.real]))
  return [...new Set(ids.map(id => real.get(id) ?? id))]
}
