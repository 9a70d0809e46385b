import type { CertificateFacts, CertificateId, PivotValue } from '../pivots/index.ts'
import { issuanceOf, issuerSerial, ownerOf, pivotValuesOf, rfc4514, visible } from '../pivots/index.ts'

/**
 * A certificate on its way into the certificate tables: two lines of text, which the `take-certificate…` statements of the
 * store read. Columns are parted by tabs, members of a list by U+001F. The first nine are all that the indexes are made
 * of: three of the four statements read a file with no others.
 */

/** Both lines of a certificate, without newlines. The whole one lacks its last column, the ingest_sequence after a tab. */
export type CertificateLines = { readonly index: string; readonly whole: string }

/**
 * `der` is absent when only a description was seen. Control characters become `\xNN`: the DER has them as they were. The
 * whole line of a certificate with its DER has no pivot values: whoever has the bytes can read them again.
 */
export function certificateLines(id: CertificateId, facts: CertificateFacts, der?: Uint8Array): CertificateLines {
  const { sha256 = '', sha1 = '', md5 = '', spki_sha256 = '', serial = '', not_before = '', not_after = '' } = facts
  const pivots = pivotValuesOf(facts)
  const alias = pivots.find(({ attribute }) => attribute === issuerSerial)?.value ?? ''
  const key_bits = facts.key_bits === undefined || facts.key_bits > 65535 ? '' : facts.key_bits
  const subject = visible(rfc4514(facts.subject ?? []))
  const issuer = visible(rfc4514(facts.issuer ?? []))
  const flags = `${flag(facts.self_issued)}\t${flag(facts.is_ca)}\t${flag(facts.is_precertificate)}`
  const base64 = der === undefined ? '' : Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64')
  const columns = pivotColumns(pivots)
  // One template each: thirty appended pieces would be thirty objects until somebody reads the text.
  const named = `${id}\t${issuanceOf(id, facts, alias === '' ? undefined : alias)}\t${visible(ownerOf(facts, id))}\t${sha1}\t${md5}\t${visible(alias)}\t${names(facts)}`
  const rest = `${sha256}\t${spki_sha256}\t${subject}\t${issuer}\t${serial}\t${not_before}\t${not_after}\t${list(facts.apexes)}\t${visible(keyOf(facts))}\t${key_bits}\t${visible(facts.signature_algorithm ?? '')}\t${flags}\t${list(facts.problems)}\t${base64}`
  return {
    index: `${named}\t${columns}`,
    whole: der === undefined ? `${named}\t${columns}\t0\t${rest}` : `${named}\t\t\t1\t${rest}`,
  }
}

/** Kind and curve: `ec P-256`. */
export function keyOf({ key_algorithm = '', key_curve }: CertificateFacts): string {
  if (key_curve === undefined) return key_algorithm
  return key_algorithm === '' ? key_curve : `${key_algorithm} ${key_curve}`
}

/** Two columns: the attributes, and in the same order their values. */
function pivotColumns(pivots: readonly PivotValue[]): string {
  let attributes = ''
  let values = ''
  let plain = ''
  for (const { attribute, value } of pivots) {
    attributes += attributes === '' ? attribute : `\u001f${attribute}`
    values += values === '' ? value : `\u001f${value}`
    plain += value
  }
  // Almost always there is nothing to be escaped: one look at all of it tells.
  if (visible(plain) !== plain) values = pivots.map(({ value }) => visible(value)).join('\u001f')
  return `${attributes}\t${values}`
}

function flag(value: boolean | undefined): string {
  if (value === undefined) return ''
  return value ? '1' : '0'
}

function list(values: readonly string[]): string {
  if (values.length === 1) return visible(values[0] ?? '')
  return values.length === 0 ? '' : values.map(visible).join('\u001f')
}

function names({ names: all }: CertificateFacts): string {
  return list(all.map(({ value }) => value))
}
