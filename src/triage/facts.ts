import { isIP } from 'node:net'
import { assert } from '../base/index.ts'
import { normalHostName, registrableDomain } from '../hostname/index.ts'
import type { SiteInputs } from '../inputs/index.ts'
import type { EventStore, Finding, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf, overlaps } from '../network/index.ts'
import type { EvidenceRef } from './answer.ts'
import type { TriageDefinition } from './definition.ts'

/** An address or a host that the finding says acted, and since when it is known here. Times are milliseconds since the epoch. */
export type Source = {
  readonly kind: 'address' | 'host'
  readonly value: string
  readonly network?: Network
  /** One of ours, by the networks that count as such; hosts always are. */
  readonly is_ours: boolean
  readonly first_seen?: number
  readonly last_seen?: number
  readonly event_uid?: string
}

/** Of one kind of records: the days, as 2026-03-02, on which there were any. */
export type TelemetryDays = { readonly kind: string; readonly days: ReadonlySet<string> }

/** A row of reference data, as far as triage looks at it. */
export type ReferenceEntry = {
  readonly catalogue: string
  readonly id: string
  readonly keys: Readonly<Record<string, readonly string[]>>
  readonly attributes: Readonly<Record<string, string>>
  readonly source: string
  readonly last_verified: string
  readonly expires: string
}

/** A new certificate for a name of ours, or one that looks like it, as its review found it (docs/issuance.md). */
export type JudgedCertificate = {
  readonly names: readonly string[]
  /** Milliseconds since the epoch. */
  readonly not_before: number
  readonly state: 'sanctioned' | 'unsanctioned' | 'unknown'
  readonly verdict: string
  readonly because: string
  /** A list row or the certificate it stands on, for the reader. */
  readonly certificate: string
}

/** What was found of new certificates; `missing`: why nobody can say, empty when somebody can. */
export type IssuedNearby = { readonly certificates: readonly JudgedCertificate[]; readonly missing: string }

/** Everything the questions are answered from. */
export type Facts = {
  readonly definition: TriageDefinition
  readonly finding: Finding
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
  readonly sources: readonly Source[]
  readonly users: readonly string[]
  /** Names somebody was after, without wildcards, in lower case. */
  readonly targets: readonly string[]
  readonly telemetry: readonly TelemetryDays[]
  /** The other findings of the same hunt. */
  readonly others: readonly Finding[]
  readonly purposes: readonly ReferenceEntry[]
  readonly segments: readonly ReferenceEntry[]
  readonly inputs: SiteInputs
  readonly issued: IssuedNearby
}

/** A finding of more sources is triaged by so many of them, and says so. */
export const mostSources = 20

export type FactSources = {
  readonly definition: TriageDefinition
  readonly finding: Finding
  readonly others: readonly Finding[]
  readonly inputs: SiteInputs
  readonly issued: IssuedNearby
  readonly localNetworks: readonly string[]
  readonly catalogues: readonly {
    readonly catalogue: string
    readonly entries: readonly Omit<ReferenceEntry, 'catalogue'>[]
  }[]
  readonly signal?: AbortSignal
}

const day = 86_400_000

export async function factsOf(store: EventStore, given: FactSources): Promise<Facts> {
  const { definition, finding, others, inputs, issued, catalogues, signal } = given
  const [from, until] = [Date.parse(finding.first_seen), Date.parse(finding.last_seen)]
  const local = given.localNetworks.flatMap(one => networkOf(one) ?? [])
  const named = sourcesOf(finding, local)
  const options = signal === undefined ? {} : { signal }
  const addresses = named.flatMap(one => (one.kind === 'address' ? [one.value] : []))
  const hosts = named.flatMap(one => (one.kind === 'host' ? [one.value] : []))
  const end = instantText(until)
  const seen = await rowsOf(store, 'triage-sightings', { params: { addresses, hosts, until: end }, ...options })
  const rows = new Map(seen.map(row => [String(row.value), row]))
  const telemetry = await rowsOf(store, 'triage-telemetry', {
    params: { from: instantText(from - definition.memory_days * day), until: end },
    ...options,
  })
  const entriesOf = (wanted: string) =>
    catalogues.flatMap(({ catalogue, entries }) =>
      catalogue === wanted ? entries.map(one => ({ ...one, catalogue })) : [],
    )
  return {
    ...{ definition, finding, from, until, others, inputs, issued },
    sources: named.map(one => ({ ...one, ...sightingOf(rows.get(one.value)) })),
    users: valuesOf(finding, ['user_name', 'user_id']),
    targets: targetsOf(definition, finding),
    telemetry: telemetry.map(row => ({
      kind: String(row.kind),
      days: new Set((row.days as readonly unknown[]).map(String)),
    })), // an array, by the query
    purposes: entriesOf('certificate-lookup-purposes'),
    segments: entriesOf('network-segments'),
  }
}

function sightingOf(row: Row | undefined): Pick<Source, 'first_seen' | 'last_seen' | 'event_uid'> {
  if (row === undefined) return {}
  return { first_seen: timeOf(row.first_seen), last_seen: timeOf(row.last_seen), event_uid: String(row.event_uid) }
}

export function timeOf(text: unknown): number {
  const time = Date.parse(`${String(text).replace(' ', 'T')}Z`)
  assert(!Number.isNaN(time), 'the engine writes times in UTC')
  return time
}

/** As the engine takes times. */
export function instantText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}

function sourcesOf(finding: Finding, local: readonly Network[]): readonly Source[] {
  const addresses = valuesOf(finding, ['source_address']).flatMap(value => {
    const network = isIP(value) === 0 ? undefined : networkOf(value)
    return network === undefined
      ? []
      : [{ kind: 'address' as const, value, network, is_ours: local.some(one => overlaps(one, network)) }]
  })
  const hosts = valuesOf(finding, ['host_name']).map(value => ({ kind: 'host' as const, value, is_ours: true }))
  return [...addresses, ...hosts].slice(0, mostSources)
}

export function valuesOf(finding: Finding, kinds: readonly string[]): readonly string[] {
  return [
    ...new Set(finding.entities.flatMap(({ kind, value }) => (kinds.includes(kind) ? [value.toLowerCase()] : []))),
  ]
}

/** The first record of the finding, for what it says by itself. */
export function ownRecord({ finding }: Facts): readonly EvidenceRef[] {
  return finding.evidence.slice(0, 1).map(({ event_uid }) => ({ source: 'record', event_uid }))
}

/** Words that look like names of hosts, in values of the fields that name what somebody was after. */
export function targetsOf({ targets, probed }: TriageDefinition, finding: Finding): readonly string[] {
  const fields = [...targets, ...(probed.detections.includes(finding.detection_id) ? probed.fields : [])]
  const words = valuesOf(finding, fields).flatMap(value => value.slice(0, 5000).split(/[^a-z0-9._%*-]+/))
  const names = words.map(word => normalHostName(word.replace(/^[%*.]+/, '').replace(/[%.]+$/, '')))
  return [...new Set(names.filter(name => name.includes('.') && isIP(name) === 0))].sort().slice(0, 200)
}

/** What has to be the same for two things to belong together: addresses, hosts, users, and the domains of names. */
export function keysOf(values: readonly string[]): ReadonlySet<string> {
  return new Set(
    values.flatMap(value => {
      const text = value.toLowerCase().replace(/^\*\./, '')
      return [text, registrableDomain(text) ?? ''].filter(one => one !== '')
    }),
  )
}
