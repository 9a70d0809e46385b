import { createHash } from 'node:crypto'
import type { CertificateFacts, PivotValue } from '../pivots/index.ts'
import { issuerSerialOf, ownerOf, pivotValuesOf, rfc4514 } from '../pivots/index.ts'

/**
 * A certificate on its way into the certificate tables: one line of text, which the `take-certificate…` statements of the
 * store read. Columns are parted by tabs, members of a list by U+001F, the halves of a pair by U+001E.
 */

/** How a certificate is named in the store: 32 hexadecimal digits. */
export type CertificateId = string

/** Aliases of kind issuer_serial are the value of this pivot attribute. */
const issuerSerial = 'issuer_serial'

/**
 * The first 16 bytes of SHA-256 over the DER. Where neither bytes nor SHA-256 were seen, of SHA-256 over what is known: a
 * provisional name, which certificate_alias joins with the real one when the bytes arrive. Undefined when nothing that
 * names a certificate is known.
 */
export function certificateIdOf(facts: CertificateFacts): CertificateId | undefined {
  if (facts.sha256 !== undefined) return facts.sha256.slice(0, 32)
  if (facts.sha1 !== undefined) return provisional('sha1', facts.sha1)
  if (facts.md5 !== undefined) return provisional('md5', facts.md5)
  const value = issuerSerialOf(facts)
  return value === undefined ? undefined : provisional(issuerSerial, value)
}

function provisional(kind: string, value: string): CertificateId {
  return createHash('sha256').update(`${kind}\0${value}`).digest('hex').slice(0, 32)
}

/**
 * The line without its last column, the ingest_sequence, which follows after a tab. `der` is absent when only a
 * description was seen. Control characters become `\xNN`: the DER has them as they were.
 */
export function certificateLine(id: CertificateId, facts: CertificateFacts, der?: Uint8Array): string {
  const pivots = pivotValuesOf(facts)
  const alias = issuerSerialOf(facts)
  return [
    id,
    der === undefined ? '0' : '1',
    issuanceOf(id, facts, alias),
    facts.sha256,
    facts.sha1,
    facts.md5,
    facts.spki_sha256,
    visible(rfc4514(facts.subject ?? [])),
    visible(rfc4514(facts.issuer ?? [])),
    facts.serial,
    facts.not_before,
    facts.not_after,
    list(facts.names.map(({ value }) => value)),
    list(facts.apexes),
    visible(ownerOf(facts, id)),
    visible([facts.key_algorithm, facts.key_curve].filter(part => part !== undefined).join(' ')),
    facts.key_bits !== undefined && facts.key_bits > 65535 ? undefined : facts.key_bits,
    visible(facts.signature_algorithm ?? ''),
    flag(facts.self_issued),
    flag(facts.is_ca),
    flag(facts.is_precertificate),
    list(facts.problems),
    alias,
    pairs(pivots),
    der === undefined ? '' : Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64'),
  ]
    .map(column => column ?? '')
    .join('\t')
}

/** Precertificate and certificate have the same: by what the CA signs; by issuer and serial where that was not seen. */
export function issuanceOf(id: CertificateId, facts: CertificateFacts, alias = issuerSerialOf(facts)): string {
  if (facts.tbs_no_ct_sha256 !== undefined) return facts.tbs_no_ct_sha256.slice(0, 32)
  return alias === undefined ? id : provisional(issuerSerial, alias)
}

function pairs(pivots: readonly PivotValue[]): string {
  let text = ''
  let plain = ''
  for (const { attribute, value } of pivots) {
    plain += value
    text += text === '' ? `${attribute}\u001e${value}` : `\u001f${attribute}\u001e${value}`
  }
  if (!control.test(plain)) return text // almost always: one look at all of it
  return pivots.map(({ attribute, value }) => `${attribute}\u001e${visible(value)}`).join('\u001f')
}

function flag(value: boolean | undefined): string {
  if (value === undefined) return ''
  return value ? '1' : '0'
}

function list(values: readonly string[]): string {
  return values.map(visible).join('\u001f')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they would be taken for the marks between columns
const control = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const controls = /[\u0000-\u001f\u007f]/g

function visible(text: string): string {
  if (!control.test(text)) return text
  return text.replace(controls, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
