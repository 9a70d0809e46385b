import { createHash } from 'node:crypto'
import type { EventStore, Row, TrustChange, TrustObjectKind } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { completed, type Told, text } from './actors.ts'
import { state } from './record.ts'

export type SnapshotOptions = {
  /** Snapshot of the reference data, which says what counts; it is in the store. */
  readonly intelSnapshot: string
  /**
   * Evidence to compare, oldest first, whatever host and time it tells. Default: all of the store, host by host in the order
   * of time; what tells no host or no time is left out.
   */
  readonly inOrder?: readonly string[]
  /** Only hosts of which there is a snapshot from this ingest_sequence on. Default: all. */
  readonly first?: number
  /** Is counted up by every object that two snapshots tell of, or one of and another as lacking. */
  readonly tally?: { compared: number }
  readonly signal?: AbortSignal
}

export type Snapshot = {
  readonly evidence_id: string
  readonly host: string
  readonly seen_at: string
  /** What it covers: everything at and below these. */
  readonly roots: readonly Place[]
  readonly last_sequence: number
}

/** A key in lower case, and the view of a 64-bit Windows it is in: empty or `x86`. */
type Place = { readonly view: string; readonly key: string }

const pageSize = 500

/**
 * What changed between snapshots of one host, object by object: each difference between two neighbours that both cover the
 * key. A snapshot that does not cover it says nothing about it. In memory: the rows of one object.
 */
export async function* changesOfSnapshots(
  store: EventStore,
  { intelSnapshot, inOrder, first = 0, tally = { compared: 0 }, signal }: SnapshotOptions,
): AsyncGenerator<readonly TrustChange[]> {
  const stop = signal === undefined ? {} : { signal }
  if (inOrder?.length === 0) return
  const all = await snapshotsIn(store, inOrder ?? [], signal)
  const series = inOrder === undefined ? seriesByHost(all, first) : oneSeries(all, inOrder)
  let page: Told[] = []
  for (const snapshots of series) {
    const evidence_ids = [...new Set(snapshots.map(one => one.evidence_id))]
    const rows = store.query('trust-states', { params: { intel: intelSnapshot, evidence_ids }, ...stop })
    for await (const ofObject of grouped(rows)) {
      page.push(...differences(snapshots, ofObject, tally))
      if (page.length < pageSize) continue
      yield await completed(store, page, stop)
      page = []
    }
  }
  if (page.length > 0) yield await completed(store, page, stop)
}

/** Of these pieces of evidence, those that are snapshots of a registry. None given: all of the store. */
export async function snapshotsIn(
  store: EventStore,
  evidence_ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly Snapshot[]> {
  const stop = signal === undefined ? {} : { signal }
  return (await rowsOf(store, 'trust-snapshots', { params: { evidence_ids }, ...stop })).map(snapshotBy)
}

function snapshotBy(row: Row): Snapshot {
  const roots = (row.roots as readonly string[]).map(root => ({
    view: root.slice(0, root.indexOf('|')),
    key: root.slice(root.indexOf('|') + 1),
  }))
  const { evidence_id, host, seen_at, last_sequence } = row
  const names = { evidence_id: text(evidence_id), host: text(host), seen_at: text(seen_at) }
  return { ...names, roots, last_sequence: Number(last_sequence) }
}

function seriesByHost(all: readonly Snapshot[], first: number): readonly (readonly Snapshot[])[] {
  const byHost = new Map<string, Snapshot[]>()
  for (const one of all) {
    if (one.host === '' || one.seen_at === '') continue
    byHost.set(one.host, [...(byHost.get(one.host) ?? []), one])
  }
  return [...byHost.values()].filter(
    snapshots => snapshots.length > 1 && snapshots.some(({ last_sequence }) => last_sequence >= first),
  )
}

function oneSeries(all: readonly Snapshot[], inOrder: readonly string[]): readonly (readonly Snapshot[])[] {
  const place = (one: Snapshot) => inOrder.indexOf(one.evidence_id)
  return [[...all].sort((a, b) => place(a) - place(b))]
}

/** Rows that follow one another and are of one object. */
async function* grouped(rows: AsyncIterable<Row>): AsyncGenerator<readonly Row[]> {
  let group: Row[] = []
  for await (const row of rows) {
    if (group[0] !== undefined && group[0].object !== row.object) {
      yield group
      group = []
    }
    group.push(row)
  }
  if (group.length > 0) yield group
}

type Seen = { readonly snapshot: Snapshot; readonly row: Row | undefined }

function differences(
  snapshots: readonly Snapshot[],
  rows: readonly Row[],
  tally: { compared: number },
): readonly Told[] {
  const [any] = rows
  if (any === undefined) return []
  const place = { view: text(any.view), key: text(any.registry_key) }
  // A value that was altered is told to be gone and to be there: the row that is there comes last.
  const bySnapshot = new Map(rows.map(row => [nameOf(row.evidence, row.host, row.seen_at), row]))
  const found: Told[] = []
  let before: Seen | undefined
  let times = 0
  for (const snapshot of snapshots) {
    const told = bySnapshot.get(nameOf(snapshot.evidence_id, snapshot.host, snapshot.seen_at))
    const row = told?.gone === 1 ? undefined : told
    if (told === undefined && !snapshot.roots.some(root => covers(root, place))) continue
    const now = { snapshot, row }
    if (before !== undefined && text(before.row?.state) !== text(row?.state)) found.push(difference(before, now, any))
    else if (before !== undefined && (before.row === undefined) !== (row === undefined))
      found.push(difference(before, now, any))
    before = now
    times += 1
  }
  if (times > 1) tally.compared += 1
  return found
}

function nameOf(...parts: readonly unknown[]): string {
  return JSON.stringify(parts.map(text))
}

/** Whether everything at `place` is below `root`. A key above WOW6432Node has the 32-bit view below it too. */
function covers(root: Place, place: Place): boolean {
  const isBelow = root.key === '' || place.key === root.key || place.key.startsWith(`${root.key}\\`)
  return isBelow && (root.view === place.view || (root.view === '' && aboveBothViews(root.key)))
}

/** `HKLM\SOFTWARE`, a user's hive, and what is above; both views of Classes are at its end. */
function aboveBothViews(key: string): boolean {
  return /^(?:|hklm|hku|hklm\\software|hk(?:cu|u\\[^\\]+)(?:\\software)?)$/.test(key)
}

function difference(before: Seen, now: Seen, any: Row): Told {
  const operation = before.row === undefined ? 'appeared' : now.row === undefined ? 'disappeared' : 'changed'
  // What is gone was last seen in the snapshot before.
  const seen = now.row ?? before.row ?? any
  const host = now.snapshot.host || before.snapshot.host
  const { seen_at } = now.snapshot
  const identity = [
    host,
    text(any.object),
    before.snapshot.evidence_id,
    before.snapshot.seen_at,
    now.snapshot.evidence_id,
    seen_at,
  ]
  const change: TrustChange = {
    host,
    object_kind: text(any.object_kind) as TrustObjectKind, // of our own query
    object: text(any.object),
    described: text(seen.described),
    operation,
    before: before.row === undefined ? null : (state(text(before.row.state)) ?? ''),
    after: now.row === undefined ? null : (state(text(now.row.state)) ?? ''),
    changed_from: before.snapshot.seen_at,
    changed_until: seen_at,
    provenance: 'snapshot',
    ...nobody,
    event_uid: text(seen.uid),
    evidence_file: '',
    record_number: Number(seen.record_number),
    evidence_key: `snapshot:${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`,
  }
  return { change, evidence: text(seen.evidence), thumbprint: text(seen.thumbprint) }
}

/** A snapshot does not tell who. */
const nobody = {
  actor_process: '',
  actor_process_entity_id: '',
  actor_command_line: '',
  actor_parent: '',
  actor_user: '',
  actor_user_id: '',
  actor_logon_id: '',
  actor_logon_type: '',
  actor_source_address: '',
} as const
