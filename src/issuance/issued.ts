import type { Watch } from '../hostname/index.ts'
import { reversedLabels } from '../hostname/index.ts'
import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { readCertificate } from '../x509/index.ts'
import type { IssuedCertificate } from './review.ts'

/**
 * Certificates in the store that name one of these domains, or something that looks like one, and begin to hold at `since` or later.
 *
 * @param domains in lower case
 * @param since milliseconds since the epoch; an hour is taken off, since authorities date back
 */
export async function issuedSince(
  store: EventStore,
  domains: readonly string[],
  {
    since,
    watch,
    signal,
  }: { readonly since: number; readonly watch?: Watch | undefined; readonly signal?: AbortSignal },
): Promise<readonly IssuedCertificate[]> {
  const from = new Date(since - 3_600_000).toISOString().replace('T', ' ').replace('Z', '')
  const options = signal === undefined ? {} : { signal }
  const known =
    watch === undefined ? [] : await rowsOf(store, 'issued-domains', { params: { since: from }, ...options })
  const alike = known.map(({ domain }) => String(domain)).filter(domain => watch?.nearest(domain) !== undefined)
  const prefixes = [...new Set([...domains, ...alike])].map(reversedLabels)
  const rows = await rowsOf(store, 'issued-for-names', { params: { prefixes, since: from }, ...options })
  return rows.map(issuedFrom)
}

function issuedFrom(row: Row): IssuedCertificate {
  const text = (name: string) => String(row[name] ?? '')
  return {
    ...{
      id: text('id'),
      sha256: text('sha256'),
      issuer: text('issuer'),
      serial: text('serial'),
      spki_sha256: text('spki_sha256'),
    },
    not_before: Number(row.not_before),
    not_after: Number(row.not_after),
    names: (row.names as readonly unknown[]).map(String), // an array of names, by the query
    key_algorithm: text('key_algorithm'),
    key_bits: row.key_bits === null || row.key_bits === undefined ? undefined : Number(row.key_bits),
    signature_algorithm: text('signature_algorithm'),
    is_precertificate: row.is_precertificate === true || Number(row.is_precertificate) === 1,
    promises: promisesIn(text('der')),
  }
}

function promisesIn(der: string): number | undefined {
  if (der === '') return undefined
  const reading = readCertificate(Buffer.from(der, 'hex'))
  return 'problem' in reading ? undefined : (reading.certificate.extensions.signed_certificate_timestamps?.length ?? 0)
}
