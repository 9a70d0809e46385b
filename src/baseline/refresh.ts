import { createHash } from 'node:crypto'
import type { EventStore, QueryOptions, Sql } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Baseline } from './definition.ts'

/** What a baseline was brought up to. */
export type Refreshed = {
  readonly baseline: Baseline
  /** Of the baseline and of the reference data that it is counted with: 16 hexadecimal digits. */
  readonly revision: string
  /** Sequences that were read now; 0 when nothing was new. */
  readonly taken: number
  /** True when a shard was away: a store that lacks one takes nothing in. */
  readonly behind: boolean
}

export type RefreshOptions = Pick<QueryOptions, 'signal'> & {
  /** Of the reference data. */
  readonly intelSnapshot: string
  /** An event that claims to be more than a day later than this has a broken clock, and is not counted. */
  readonly now: Date
}

/**
 * Counts what was read since the last time. What an hour holds is a set, so that reading the same again, late, or after a
 * death in the middle changes nothing; the mark of how far it came only saves work. A mark is believed when the ledger
 * below it is the one it was written over: docs/decisions/0022.
 */
export async function refreshBaselines(
  store: EventStore,
  baselines: readonly Baseline[],
  options: RefreshOptions,
): Promise<readonly Refreshed[]> {
  const { shards } = await store.describe()
  const behind = shards.some(({ answers }) => !answers)
  const reach = await reachOf(store)
  const refreshed: Refreshed[] = []
  for (const baseline of baselines) {
    const revision = await revisionOf(store, baseline, options.intelSnapshot)
    const from = await takenUpTo(store, baseline, revision)
    const taken = behind || from >= reach.end ? 0 : await take(store, baseline, revision, from, reach, options)
    refreshed.push({ baseline, revision, taken, behind: behind && from < reach.end })
  }
  return refreshed
}

/** Sequences given out, and up to where nothing is under way: what comes late below that is read the next time. */
export type Reach = { readonly end: number; readonly settled: number; readonly ledger: string }

export async function reachOf(store: EventStore): Promise<Reach> {
  const [row] = await rowsOf(store, 'next-sequence')
  const end = Number(row?.next ?? 0)
  const open = await rowsOf(store, 'chunks-under-way', { params: { sequence: end } })
  const settled = Math.min(end, ...open.map(({ first }) => Number(first)))
  return { end, settled, ledger: await ledgerBelow(store, settled) }
}

async function ledgerBelow(store: EventStore, sequence: number): Promise<string> {
  const [row] = await rowsOf(store, 'activity-ledger', { params: { sequence } })
  return String(row?.ledger ?? '0')
}

/** Changes with what is counted and how; the settings of the model do not touch it. */
export async function revisionOf(store: EventStore, baseline: Baseline, intelSnapshot: string): Promise<string> {
  const params = { snapshot: intelSnapshot, catalogues: baseline.intel }
  const [row] = baseline.intel.length === 0 ? [] : await rowsOf(store, 'activity-intel', { params })
  return createHash('sha256')
    .update(`${baseline.sha256}/${String(row?.digest ?? '')}`)
    .digest('hex')
    .slice(0, 16)
}

/** The first sequence that was not taken; 0 when none was, or when the store is not the one that was read. */
export async function takenUpTo(store: EventStore, { id }: Baseline, revision: string): Promise<number> {
  for (const mark of await rowsOf(store, 'activity-taken', { params: { family: id, revision } })) {
    const sequence = Number(mark.next_sequence)
    if ((await ledgerBelow(store, sequence)) === String(mark.ledger)) return sequence
  }
  return 0
}

async function take(
  store: EventStore,
  baseline: Baseline,
  revision: string,
  from: number,
  { end, settled, ledger }: Reach,
  { intelSnapshot, now, signal }: RefreshOptions,
): Promise<number> {
  const family = baseline.id
  const options = {
    params: {
      family,
      revision,
      from_sequence: from,
      to_sequence: end,
      until: new Date(now.getTime() + 86_400_000),
      ...(baseline.intel.length === 0 ? {} : { intel: intelSnapshot }),
    },
    ...(signal === undefined ? {} : { signal }),
  }
  await store.insert(presenceStatement(baseline), options)
  await store.insert(activityStatement(baseline), options)
  if (settled > from)
    await store.insert('activity-mark', { params: { family, revision, next_sequence: settled, ledger } })
  return end - from
}

/** Times that no clock of ours can have told are not counted; texts are cut. */
const believed = `at >= toDateTime64('2000-01-01 00:00:00', 6, 'UTC') AND at < {until:DateTime64(6, 'UTC')}`

const longestEntity = 300

/** More than these in one insertion are as good as these. */
const mostMembers = 200_000

/**
 * The earliest record as one text that is ordered like (time, event_uid, record number, evidence id): the engine takes the
 * least of texts ten times as fast as of tuples.
 */
const packed = `concat(reverse(reinterpretAsFixedString(toUnixTimestamp64Micro(at))), event_uid, reverse(reinterpretAsFixedString(toUInt64(record_number))), toString(evidence_id))`

const unpacked = `(
    fromUnixTimestamp64Micro(reinterpretAsInt64(reverse(substring(earliest, 1, 8))), 'UTC'),
    toFixedString(substring(earliest, 9, 16), 16), substring(earliest, 33), reinterpretAsUInt64(reverse(substring(earliest, 25, 8)))
  )`

function activityStatement({ id, activity }: Baseline): Sql {
  const text = `INSERT INTO activity (family, revision, category, hour, entity, members, first)
SELECT {family:String}, {revision:String}, category, hour, who, members, ${unpacked}
FROM (
  SELECT category, toStartOfHour(toDateTime(at, 'UTC')) AS hour, substringUTF8(entity, 1, ${longestEntity}) AS who,
    groupUniqArray(${mostMembers})(sipHash64(member)) AS members, min(${packed}) AS earliest
  FROM (
    SELECT category, entity, toDateTime64(at, 6, 'UTC') AS at, member, event_uid, evidence_id, record_number FROM (
${activity}
    ) AS counted
    WHERE ${believed} AND entity != ''
  ) AS events
  GROUP BY category, hour, who
) AS hours`
  return { name: `baselines/${id}/activity`, text }
}

/** Whoever did something was there. */
function presenceStatement({ id, activity, presence }: Baseline): Sql {
  const text = `INSERT INTO activity_presence (family, revision, day, entity, hours)
SELECT {family:String}, {revision:String}, toDate(at, 'UTC') AS day, substringUTF8(entity, 1, ${longestEntity}) AS who,
  groupBitOr(bitShiftLeft(toUInt32(1), toHour(at, 'UTC')))
FROM (
  SELECT entity, toDateTime64(at, 6, 'UTC') AS at FROM (
${presence}
  ) AS present
  UNION ALL
  SELECT entity, toDateTime64(at, 6, 'UTC') FROM (
${activity}
  ) AS counted
  WHERE entity != ''
) AS there
WHERE ${believed}
GROUP BY day, who`
  return { name: `baselines/${id}/presence`, text }
}
