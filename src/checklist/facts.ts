import type { EventStore, Finding, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Check, Checklist } from './definition.ts'

/** Something seen of a host, and the record that shows it. */
export type Seen = { readonly events: number; readonly last_seen: string; readonly event_uid: string }

export type ValueSeen = {
  readonly data: string
  readonly deleted: boolean
  readonly told_by: string
  readonly event_time: string
  readonly event_uid: string
}

/** What coverage says of one setting of a host, as the rooms above give it. */
export type SettingSeen = { readonly setting: string; readonly state: string; readonly proof: string }

/** A certificate that a finding names by its fingerprint. */
export type CertificateNamed = { readonly fingerprint: string; readonly known: boolean; readonly finding_id: string }

/** All that is known of one host. Keys of maps are made by {@link seenKey}. */
export type HostFacts = {
  readonly host_name: string
  readonly registryEvents: ReadonlyMap<string, Seen>
  readonly values: ReadonlyMap<string, ValueSeen>
  readonly hives: ReadonlyMap<string, Seen>
  readonly events: ReadonlyMap<string, Seen>
  readonly settings: readonly SettingSeen[]
  /** Of the last hunt that was kept; undefined when none was. */
  readonly findings: readonly Finding[] | undefined
  readonly certificates: readonly CertificateNamed[]
}

export function seenKey(...parts: readonly string[]): string {
  return parts.join('\u0000')
}

export type FactSources = {
  /** Lower-case host name, whole or up to a dot; every host when left out. */
  readonly host?: string
  /** By host in lower case: hosts that have a word here are in the answer. */
  readonly settings: ReadonlyMap<string, readonly SettingSeen[]>
  readonly findings: readonly Finding[] | undefined
  readonly certificates: readonly CertificateNamed[]
  readonly signal?: AbortSignal
}

/** Asks a store for everything that a checklist wants to know; hosts in the order of their names. */
export async function factsOf(
  store: EventStore,
  checklist: Checklist,
  sources: FactSources,
): Promise<readonly HostFacts[]> {
  const { settings, findings, certificates, signal } = sources
  const host = (sources.host ?? '').toLowerCase()
  const ask = (name: string, params: Readonly<Record<string, string | readonly string[]>>) =>
    rowsOf(store, name, { params: { host, ...params }, ...(signal === undefined ? {} : { signal }) })
  const checks = checklist.items.map(one => one.check)
  const registry = await ask('checklist-registry-events', { places: distinct(checks, watchedPlaces) })
  const values = await ask('checklist-registry-values', { places: distinct(checks, valuePlaces) })
  const hives = await ask('checklist-hives', {})
  const kinds = distinct(checks, eventKinds)
  const channels = [...new Set(kinds.map(kind => kind.split(' ')[0] ?? ''))]
  const events = await ask('checklist-events', { channels, kinds })
  const named = new Set([
    ...[registry, values, hives, events].flat().map(({ host_name }) => String(host_name)),
    ...settings.keys(),
  ])
  named.delete('')
  return [...named].sort().map(host_name => {
    const own = (rows: readonly Row[]) => rows.filter(row => row.host_name === host_name)
    const found = findings?.filter(({ entities }) =>
      entities.some(({ kind, value }) => kind === 'host_name' && value.toLowerCase() === host_name),
    )
    const ids = new Set(found?.map(({ finding_id }) => finding_id))
    return {
      host_name,
      registryEvents: mapOf(own(registry), row => [row.witness, row.place, row.view], seen),
      values: mapOf(own(values), row => [row.place, row.view], valueSeen),
      hives: mapOf(
        own(hives),
        row => [row.hive],
        row => ({ ...seen(row), events: 1, last_seen: String(row.snapshot_time) }),
      ),
      events: mapOf(own(events), row => [row.kind], seen),
      settings: settings.get(host_name) ?? [],
      findings: found,
      certificates: certificates.filter(({ finding_id }) => ids.has(finding_id)),
    }
  })
}

function mapOf<T>(
  rows: readonly Row[],
  key: (row: Row) => readonly unknown[],
  value: (row: Row) => T,
): ReadonlyMap<string, T> {
  return new Map(rows.map(row => [seenKey(...key(row).map(String)), value(row)]))
}

function seen({ events, last_seen, event_uid }: Row): Seen {
  return { events: Number(events), last_seen: String(last_seen), event_uid: String(event_uid) }
}

function valueSeen({ data, deleted, told_by, event_time, event_uid }: Row): ValueSeen {
  const isDeleted = deleted === true || deleted === 1 || deleted === '1' || deleted === 'true'
  return {
    data: String(data),
    deleted: isDeleted,
    told_by: String(told_by),
    event_time: String(event_time),
    event_uid: String(event_uid),
  }
}

function distinct(checks: readonly Check[], of: (check: Check) => readonly string[]): readonly string[] {
  return [...new Set(checks.flatMap(of))].sort()
}

function watchedPlaces(check: Check): readonly string[] {
  return check.kind === 'registry_events' ? check.places : []
}

function valuePlaces(check: Check): readonly string[] {
  return check.kind === 'values' ? check.needs.map(({ place }) => place) : []
}

/** As checklist-events.sql asks for them. */
export function eventKinds(check: Check): readonly string[] {
  return check.kind === 'events' ? check.event_ids.map(id => `${check.channel} ${id} ${check.hashes}`) : []
}
