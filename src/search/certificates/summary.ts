import type { EventStore, Row } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'

/** What the store knows of a certificate, in a few lines. Hashes in lower-case hexadecimal. Absent: not known. */
export type CertificateSummary = {
  /** 32 digits: the first half of the SHA-256; provisional for a certificate whose bytes and SHA-256 nobody saw. */
  readonly certificate_id: string
  /** True: its bytes were read, and all of this is from them. False: it is what sensors and lists said. */
  readonly has_der: boolean
  /** The same for a precertificate and its certificate. */
  readonly issuance: string
  readonly sha256?: string
  readonly sha1?: string
  readonly md5?: string
  readonly spki_sha256?: string
  /** RFC 4514 text. */
  readonly subject: string
  readonly issuer: string
  /** Upper-case hexadecimal. */
  readonly serial: string
  /** ISO 8601, UTC. */
  readonly not_before?: string
  readonly not_after?: string
  /** Sorted. */
  readonly names: readonly string[]
  readonly apexes: readonly string[]
  readonly owner: string
  /** Kind and curve: `rsa`, `ec P-256`. */
  readonly key_algorithm: string
  readonly key_bits?: number
  readonly signature_algorithm: string
  readonly self_issued?: boolean
  readonly is_ca?: boolean
  readonly is_precertificate?: boolean
  readonly problems: readonly string[]
}

/** What is known of certificates, by id; one that is not stored is absent. */
export async function summariesOf(
  store: EventStore,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, CertificateSummary>> {
  if (ids.length === 0) return new Map()
  const rows = await rowsOf(store, 'certificate-summaries', {
    params: { ids },
    ...(signal === undefined ? {} : { signal }),
  })
  return new Map(rows.map(row => [String(row.id), summaryOf(row)]))
}

/** The place of a row of `certificate` and whether it is from bytes. Marked, so that ORDER BY still means the columns. */
export const placeColumns = [
  'lower(hex(certificate_id)) AS shown_id',
  'from_der AS shown_has_der',
  'toUnixTimestamp64Milli(not_before) AS shown_not_before',
] as const

/** All that a row of `certificate` says, for {@link summaryOfRow}. */
export const summaryColumns: readonly string[] = [
  ...placeColumns,
  'toUnixTimestamp64Milli(not_after) AS shown_not_after',
  ...['issuance', 'sha256', 'sha1', 'md5', 'spki_sha256'].map(column => `lower(hex(${column})) AS shown_${column}`),
  ...['names', 'apexes', 'problems'].map(column => `arraySort(${column}) AS shown_${column}`),
  ...['subject', 'issuer', 'serial', 'owner', 'key_algorithm', 'key_bits', 'signature_algorithm'].map(marked),
  ...['self_issued', 'is_ca', 'is_precertificate'].map(marked),
]

function marked(column: string): string {
  return `${column} AS shown_${column}`
}

/** For a row from bytes. */
export function summaryOfRow(row: Row): CertificateSummary {
  return summaryOf(Object.fromEntries(Object.entries(row).map(([name, value]) => [name.replace(/^shown_/, ''), value])))
}

function summaryOf(row: Row): CertificateSummary {
  return {
    certificate_id: String(row.id),
    has_der: row.has_der === true,
    issuance: String(row.issuance),
    ...present('sha256', row.sha256, String),
    ...present('sha1', row.sha1, String),
    ...present('md5', row.md5, String),
    ...present('spki_sha256', row.spki_sha256, String),
    subject: String(row.subject),
    issuer: String(row.issuer),
    serial: String(row.serial),
    ...present('not_before', row.not_before, isoTime),
    ...present('not_after', row.not_after, isoTime),
    names: texts(row.names),
    apexes: texts(row.apexes),
    owner: String(row.owner),
    key_algorithm: String(row.key_algorithm),
    ...present('key_bits', row.key_bits, Number),
    signature_algorithm: String(row.signature_algorithm),
    ...present('self_issued', row.self_issued, Boolean),
    ...present('is_ca', row.is_ca, Boolean),
    ...present('is_precertificate', row.is_precertificate, Boolean),
    problems: texts(row.problems),
  }
}

function present<Name extends string, Value>(
  name: Name,
  value: unknown,
  read: (value: unknown) => Value,
): { readonly [name in Name]?: Value } {
  if (value === null || value === undefined || value === '') return {}
  return { [name]: read(value) } as { readonly [name in Name]?: Value } // one property of that name
}

function isoTime(value: unknown): string {
  const moment = new Date(Number(value))
  return Number.isNaN(moment.getTime()) ? String(value) : moment.toISOString()
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : []
}
