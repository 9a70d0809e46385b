import { isIP } from 'node:net'
import { CountersealError } from '../base/index.ts'
import { normalHostName } from '../hostname/index.ts'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { canonicalAddress } from '../pivots/index.ts'
import { certificatePage } from './certificates/page.ts'
import { parseSearch } from './certificates/parse.ts'

/** What somebody gives to pivot from, as it was understood. */
export type Seeds = {
  /** certificate_id, hexadecimal. */
  readonly ids: readonly string[]
  /** In words: `certificates with the name login.example`. */
  readonly understood: string
  /** There were more than are followed. */
  readonly more: boolean
}

/** A pivot from more certificates answers no question that somebody had. */
const mostSeeds = 50

/**
 * Certificates that a fingerprint, an address, a name, a key hash or a search leads to.
 *
 * @param text as pasted: hexadecimal with colons and in any case, `login.example`, `192.0.2.1`, `issuer.o:example`
 * @throws `usage/bad-search` for a search that is none
 */
export async function seedsOf(
  store: EventStore,
  text: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Seeds> {
  const trimmed = text.trim()
  const digits = trimmed.replace(/[\s:]/g, '').toLowerCase()
  for (const { search, understood } of readingsOf(trimmed, digits)) {
    const { certificates, next } = await certificatePage(store, parseSearch(search), { limit: mostSeeds, ...options })
    if (certificates.length === 0) continue
    return { ids: certificates.map(({ certificate_id }) => certificate_id), understood, more: next !== undefined }
  }
  return { ids: await byId(store, digits, options), understood: 'a certificate', more: false }
}

type Reading = { readonly search: string; readonly understood: string }

/** What a text may mean, likeliest first: 64 digits are a certificate's hash before they are a key's. */
function readingsOf(text: string, digits: string): readonly Reading[] {
  if (/^[0-9a-f]{64}$/.test(digits))
    return [
      { search: `sha256:${digits}`, understood: 'the certificate with this SHA-256' },
      { search: `spki:${digits}`, understood: 'certificates with this public key' },
    ]
  if (/^[0-9a-f]{40}$/.test(digits))
    return [
      { search: `sha1:${digits}`, understood: 'the certificate with this SHA-1' },
      { search: `ski:${digits}`, understood: 'certificates with this key identifier' },
    ]
  if (/^[0-9a-f]{32}$/.test(digits)) return [{ search: `md5:${digits}`, understood: 'the certificate with this MD5' }]
  if (isIP(text) !== 0) {
    const address = canonicalAddress(text) ?? text
    return [
      { search: `host:"${address}"`, understood: `certificates met at ${address}` },
      { search: `ip:"${address}"`, understood: `certificates for the address ${address}` },
    ]
  }
  const name = normalHostName(text)
  if (/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)+$/.test(name))
    return [
      { search: `san:${name}`, understood: `certificates with the name ${name}` },
      { search: `san:*.${name}`, understood: `certificates with names below ${name}` },
    ]
  if (text === '')
    throw new CountersealError('usage/bad-search', {
      message: 'There is nothing to pivot from: give a fingerprint, a name, an address or a search.',
    })
  return [{ search: text, understood: `certificates found by ${text}` }]
}

/** 32 digits are a certificate_id too. */
async function byId(
  store: EventStore,
  digits: string,
  options: { readonly signal?: AbortSignal },
): Promise<readonly string[]> {
  if (!/^[0-9a-f]{32}$/.test(digits)) return []
  const rows = await rowsOf(store, 'pivot-described-certificates', { ...options, params: { ids: [digits] } })
  return rows.map(({ id }) => String(id))
}
