import type { EventStore, QueryOptions, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { UngroupedCertificate } from '../pivots/index.ts'
import { certificateOf } from './certificate-of.ts'
import { realOf } from './certificates/real.ts'

/**
 * Certificates as pivoting sees them. What the bytes say is read from the bytes: to read thirty certificates again takes
 * less time than to fetch the fifteen columns that tell the same, and takes no place on the disk.
 *
 * @param ids certificate_id, 32 lower-case hexadecimal digits
 * @returns by the id that was asked for. One whose bytes came after its description is under both, and answers with what
 *   the bytes say
 */
export async function storedCertificates(
  store: EventStore,
  ids: readonly string[],
  options: Pick<QueryOptions, 'signal'> = {},
): Promise<ReadonlyMap<string, UngroupedCertificate>> {
  if (ids.length === 0) return new Map()
  const known = await read(store, ids, options)
  const provisional = [...known.values()].flatMap(one => (one.sha256 === undefined ? [one.certificate_id] : []))
  if (provisional.length === 0) return known
  const given = 'SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)'
  const text = `SELECT lower(hex(provisional)) AS provisional_id, lower(hex(real)) AS real_id FROM (${realOf(given)})`
  const joined = { name: 'pivot-real-certificates', text }
  const rows = await rowsOf(store, joined, { ...options, params: { ids: provisional } })
  if (rows.length === 0) return known
  const real = await read(
    store,
    rows.map(({ real_id }) => String(real_id)),
    options,
  )
  for (const { provisional_id, real_id } of rows) {
    const found = real.get(String(real_id))
    if (found !== undefined) known.set(String(provisional_id), found)
  }
  return known
}

/** Of those whose bytes are not there, or say nothing to us, what the columns say. */
async function read(
  store: EventStore,
  ids: readonly string[],
  options: Pick<QueryOptions, 'signal'>,
): Promise<Map<string, UngroupedCertificate>> {
  const known = new Map<string, UngroupedCertificate>()
  for (const { id, der } of await rowsOf(store, 'pivot-certificates', { ...options, params: { ids } })) {
    const certificate = known.has(String(id))
      ? undefined
      : certificateOf(Buffer.from(String(der), 'base64'), String(id))
    if (certificate !== undefined) known.set(String(id), certificate)
  }
  const rest = ids.filter(id => !known.has(id))
  if (rest.length === 0) return known
  const described = await rowsOf(store, 'pivot-described-certificates', { ...options, params: { ids: rest } })
  for (const row of described) known.set(String(row.id), describedCertificate(row))
  return known
}

function describedCertificate(row: Row): UngroupedCertificate {
  return {
    certificate_id: String(row.id),
    issuance: String(row.issuance),
    sha256: textOf(row.sha256),
    sha1: textOf(row.sha1),
    subject: String(row.subject),
    issuer: String(row.issuer),
    serial: String(row.serial),
    not_before: numberOf(row.not_before),
    not_after: numberOf(row.not_after),
    names: row.names as readonly string[], // Array(String)
    apexes: row.apexes as readonly string[],
    owner: String(row.owner),
    self_issued: flagOf(row.self_issued),
    is_ca: flagOf(row.is_ca),
    values: (row.pivots as readonly (readonly [string, string])[]).map(([attribute, value]) => ({ attribute, value })),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return value === null || value === undefined ? undefined : Number(value)
}

function flagOf(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}
