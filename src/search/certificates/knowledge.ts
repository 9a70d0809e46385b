import type { EventStore, Row } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { PivotValue } from '../../pivots/index.ts'
import { valueKey } from '../../pivots/index.ts'
import { certificateOf } from '../certificate-of.ts'
import { joinedWith } from './page.ts'
import type { CertificateSummary } from './summary.ts'
import { summariesOf, texts } from './summary.ts'

/** Everything that the store knows of one certificate. */
export type CertificateKnowledge = {
  readonly summary: CertificateSummary
  /** Undefined: its bytes were never seen. */
  readonly der: Uint8Array | undefined
  /** Provisional ids under which it was known before its bytes arrived. */
  readonly known_as: readonly string[]
  readonly values: readonly PivotValue[]
  /** Where it was met last, at most {@link mostPlaces}; `places` counts all. */
  readonly met: readonly MetAt[]
  readonly places: number
  readonly sightings: readonly Sightings[]
  /** Of the same issuance. */
  readonly twins: readonly { readonly certificate_id: string; readonly is_precertificate?: boolean }[]
  /** Undefined when its key is not known. Counts the certificate itself. */
  readonly key_use:
    | { readonly certificates: number; readonly owners: number; readonly some_owners: readonly string[] }
    | undefined
}

export type MetAt = {
  /** Canonical text; IPv4 not mapped. */
  readonly address: string
  readonly port: number
  readonly sightings: readonly string[]
  readonly server_name: string
  /** ISO 8601, UTC. */
  readonly first_seen: string
  readonly last_seen: string
}

export type Sightings = {
  readonly sighting: string
  readonly source: string
  readonly sightings: number
  readonly first_seen: string
  readonly last_seen: string
}

export const mostPlaces = 50

/** Undefined when there is no such certificate. `id`: certificate_id, 32 lower-case hexadecimal digits. */
export async function knowledgeOf(
  store: EventStore,
  id: string,
  signal?: AbortSignal,
): Promise<CertificateKnowledge | undefined> {
  const options = signal === undefined ? {} : { signal }
  const summary = (await summariesOf(store, [id], signal)).get(id)
  if (summary === undefined) return undefined
  const [bytes] = await rowsOf(store, 'certificate-bytes', { params: { id }, ...options })
  const der = Buffer.from(String(bytes?.der ?? ''), 'base64')
  const values = distinct([...pairs(bytes?.pivots), ...(certificateOf(der, id)?.values ?? [])])
  const issuer_serial = values.find(({ attribute }) => attribute === 'issuer_serial')?.value ?? ''
  const { sha256 = '', sha1 = '', md5 = '', spki_sha256, issuance } = summary
  const others = await rowsOf(store, 'certificate-known-as', { params: { sha1, md5, issuer_serial }, ...options })
  const candidates = others.map(row => String(row.id)).filter(one => one !== id)
  const known_as = (await joinedWith(store, candidates, signal))
    .filter(({ real }) => real === id)
    .map(one => one.provisional)
  const met = await rowsOf(store, 'certificate-met', {
    params: { ids: [id, ...known_as], most: mostPlaces },
    ...options,
  })
  const sightings = await rowsOf(store, 'certificate-sightings', { params: { sha256, sha1 }, ...options })
  const twins =
    issuer_serial === ''
      ? []
      : await rowsOf(store, 'certificate-twins', { params: { id, issuance, issuer_serial }, ...options })
  const [keyUse] =
    spki_sha256 === undefined ? [] : await rowsOf(store, 'certificate-key-use', { params: { spki_sha256 }, ...options })
  return {
    summary,
    der: der.length === 0 ? undefined : der,
    known_as,
    values,
    met: met.map(metAt),
    places: Number(met[0]?.places ?? 0),
    sightings: sightings.map(sightingsOf),
    twins: twins
      .map(row => ({
        certificate_id: String(row.id),
        ...(row.is_precertificate === null ? {} : { is_precertificate: row.is_precertificate === true }),
      }))
      .filter(({ certificate_id }) => !known_as.includes(certificate_id)),
    key_use:
      keyUse === undefined
        ? undefined
        : {
            certificates: Number(keyUse.certificates),
            owners: Number(keyUse.owners),
            some_owners: texts(keyUse.some_owners),
          },
  }
}

/** By attribute and value. */
function distinct(values: readonly PivotValue[]): readonly PivotValue[] {
  const byKey = new Map(values.map(value => [valueKey(value), value]))
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

/** Tuples come as arrays. */
function pairs(value: unknown): readonly PivotValue[] {
  if (!Array.isArray(value)) return []
  return value.map(pair => {
    const [attribute, text] = texts(pair)
    return { attribute: attribute ?? '', value: text ?? '' }
  })
}

function metAt(row: Row): MetAt {
  return {
    address: String(row.address),
    port: Number(row.port),
    sightings: texts(row.sightings),
    server_name: String(row.server_name),
    first_seen: String(row.first_seen),
    last_seen: String(row.last_seen),
  }
}

function sightingsOf(row: Row): Sightings {
  return {
    sighting: String(row.sighting),
    source: String(row.source),
    sightings: Number(row.sightings),
    first_seen: String(row.first_seen),
    last_seen: String(row.last_seen),
  }
}
