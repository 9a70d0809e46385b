import { z } from 'zod'
import type { Observation } from '../correlate/index.ts'
import type { EventStore, Taint } from '../model/index.ts'
import { rowsOf, taint } from '../model/index.ts'

/** Kinds of files that a slot decides about; those that no event of signed files tells of have none. */
export const fileKinds = ['pe', 'installer', 'script'] as const
export type FileKind = (typeof fileKinds)[number]

/** For how long a host's slots deviated, and what they decide about. */
export type TaintedHost = {
  readonly host: string
  readonly from: string
  /** When the last of them was put back. Absent: one still deviates. */
  readonly restored?: string
  readonly slots: readonly string[]
  readonly kinds: readonly FileKind[]
}

/** Rules of the correlation whose observations are of slots that decide trust. */
const rules: ReadonlySet<string> = new Set(['A1', 'A2', 'A3'])

/** GUIDs of SIPs that Windows has, in lower case, and the kind of files that each decides about (intel/trust-slots.yaml). */
export type KnownSips = ReadonlyMap<string, FileKind | undefined>

/**
 * The hosts whose word is in doubt, in order of their names. One slot may be observed by its writing and by its state: it is put back
 * when the last that is known of it is that.
 *
 * A SIP of another GUID than the known ones may claim any file.
 */
export function taintedHosts(observations: readonly Observation[], knownSips: KnownSips): readonly TaintedHost[] {
  const byHost = new Map<string, Observation[]>()
  for (const observation of observations) {
    if (!observation.signals.some(({ standalone }) => standalone !== undefined && rules.has(standalone))) continue
    if (slotsOf(observation).length === 0 || observation.host === '') continue
    byHost.set(observation.host, [...(byHost.get(observation.host) ?? []), observation])
  }
  return [...byHost.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([host, own]) => {
      const slots = [...new Set(own.flatMap(slotsOf))].sort()
      const ends = slots.map(slot => endOf(own.filter(one => slotsOf(one).includes(slot))))
      const isRestored = ends.every(end => end !== undefined)
      const restored = isRestored ? ends.toSorted().at(-1) : undefined
      const from = own.map(({ first_seen }) => first_seen).sort()[0] ?? ''
      const kinds = fileKinds.filter(kind => slots.some(slot => kindsOf(slot, knownSips).includes(kind)))
      return { host, from, slots, kinds, ...(restored === undefined ? {} : { restored }) }
    })
}

function slotsOf({ joins }: Observation): readonly string[] {
  return joins.filter(({ kind }) => kind === 'slot').map(({ value }) => value)
}

/** Undefined while the slot deviates. */
function endOf(observations: readonly Observation[]): string | undefined {
  const end = observations
    .flatMap(({ ended = [] }) => ended)
    .sort()
    .at(-1)
  if (end === undefined) return undefined
  const deviatesLater = observations.some(({ ended, last_seen }) => ended === undefined && last_seen > end)
  return deviatesLater ? undefined : end
}

function kindsOf(slot: string, knownSips: KnownSips): readonly FileKind[] {
  const [what = '', guid = ''] = slot.toLowerCase().split('|')
  // A trust provider decides about all; a SIP that nobody knows says itself which files are its own.
  if (what !== 'sip' || !knownSips.has(guid)) return fileKinds
  const kind = knownSips.get(guid)
  return kind === undefined ? [] : [kind]
}

/** Statuses of ours that settle a host's word; all others leave it open. See docs/authenticode.md. */
const refuted: ReadonlySet<string> = new Set(['unsigned', 'digest-mismatch'])

const tellsFile = z.object({
  host_name: z.string(),
  file_path: z.string(),
  file_hash_sha256: z.string(),
  told_by: z.string(),
  facts: z.coerce.number(),
  first_seen: z.string(),
  last_seen: z.string(),
  event_uid: z.string(),
  statuses: z.array(z.string()),
  all_files: z.coerce.number(),
})

/** Microseconds since the epoch that no event reaches: an interval that has not ended. */
const never = Date.UTC(2299, 0, 1) * 1000

/**
 * The taint of every host on which a slot that decides trust deviated, in order of host. Costs one pass over the events of
 * signatures of these hosts.
 */
export async function taintsOf(
  store: EventStore,
  observations: readonly Observation[],
  options: { readonly intelSnapshot: string; readonly signal?: AbortSignal },
): Promise<readonly Taint[]> {
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const slotRows = await rowsOf(store, 'trust-slot-names', { params: { intel: options.intelSnapshot }, ...signal })
  const names = new Map(slotRows.map(({ slot, name }) => [String(slot), String(name)]))
  const knownSips = new Map(
    slotRows
      .filter(({ slot }) => String(slot).startsWith('sip|'))
      .map(({ slot, files }) => [String(slot).slice(4), fileKinds.find(kind => kind === files)]),
  )
  const hosts = taintedHosts(observations, knownSips)
  if (hosts.length === 0) return []
  const closures = await closuresOf(store, hosts, signal)
  const ends = hosts.map(host => closures.get(host.host))
  const params = {
    hosts: hosts.map(({ host }) => host),
    froms: hosts.map(({ from }) => microseconds(from)),
    untils: ends.map(end => end?.at ?? never),
    kinds: hosts.map(({ kinds }) => [...kinds]),
  }
  const rows = (await rowsOf(store, 'tainted-facts', { params, ...signal })).map(row => tellsFile.parse(row))
  return hosts.map((host, nth) =>
    taint.parse(
      taintOf(
        host,
        rows.filter(row => row.host_name === host.host),
        names,
        ends[nth],
      ),
    ),
  )
}

type Closure = { readonly at: number; readonly by: 'started' | 'taken' }

/** Only where all was put back: what comes after that closes it. */
async function closuresOf(
  store: EventStore,
  hosts: readonly TaintedHost[],
  signal: { readonly signal?: AbortSignal },
): Promise<ReadonlyMap<string, Closure>> {
  const restored = hosts.flatMap(({ host, restored }) => (restored === undefined ? [] : [{ host, restored }]))
  if (restored.length === 0) return new Map()
  const params = {
    hosts: restored.map(({ host }) => host),
    restored: restored.map(one => microseconds(one.restored)),
  }
  const rows = await rowsOf(store, 'taint-closures', { params, ...signal })
  return new Map(
    rows.flatMap(({ host_name, started, taken }): [string, Closure][] => {
      const found = [
        { at: Number(started), by: 'started' as const },
        { at: Number(taken), by: 'taken' as const },
      ].filter(({ at }) => at > 0)
      const [first] = found.sort((a, b) => a.at - b.at)
      return first === undefined ? [] : [[String(host_name), first]]
    }),
  )
}

function taintOf(
  { host, from, restored, slots }: TaintedHost,
  rows: readonly z.infer<typeof tellsFile>[],
  names: ReadonlyMap<string, string>,
  closure: Closure | undefined,
): Taint {
  const facts = rows.map(({ host_name: _host, all_files: _all, statuses, ...fact }) => {
    const reverified = judgementOf(statuses)
    return { ...fact, ...(reverified === undefined ? {} : { reverified }) }
  })
  const counted: Record<string, number> = {}
  for (const { reverified = 'unknown' } of facts) counted[reverified] = (counted[reverified] ?? 0) + 1
  const types = slots.map(
    slot => names.get(slot.toLowerCase().split('|').slice(0, 2).join('|')) ?? 'a provider that nobody knows',
  )
  return {
    host,
    from,
    ...(closure === undefined ? {} : { until: isoMicroseconds(closure.at) }),
    slots: [...slots],
    subject_types: [...new Set(types)].sort(),
    tainted_facts: facts,
    tainted_count: rows[0]?.all_files ?? 0,
    reverified: counted,
    because: `From ${from} on the host asked a provider that is not the one of Windows whether signatures are good, so what it called valid is unknown.`,
    closes_when: closesWhen(restored, closure),
  }
}

/** Undefined: the file was not given. A catalog of a later run upholds what looked unsigned in an earlier one. */
function judgementOf(statuses: readonly string[]): string | undefined {
  if (statuses.includes('valid')) return 'upheld'
  if (statuses.includes('digest-mismatch')) return 'refuted'
  const others = statuses.filter(status => !refuted.has(status))
  return others[0] ?? (statuses.length > 0 ? 'refuted' : undefined)
}

function closesWhen(restored: string | undefined, closure: Closure | undefined): string {
  if (closure?.by === 'started') return 'It is closed: all slots were put back, and the host started again after that.'
  if (closure?.by === 'taken')
    return 'It is closed: all slots were put back, and the registry that was taken after that has them as Windows sets them.'
  if (restored !== undefined)
    return 'All slots were put back. Processes keep the provider they loaded: it closes when the host starts again (System 6005, or 12 of Kernel-General), or when its registry is taken and is clean.'
  return 'It closes when all slots are put back and the host starts again after that, or when its registry is taken and is clean.'
}

function microseconds(iso: string): number {
  return Date.parse(`${iso.slice(0, 19)}Z`) * 1000 + Number(iso.slice(20, 26))
}

function isoMicroseconds(at: number): string {
  const seconds = new Date(Math.floor(at / 1_000_000) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(at % 1_000_000).padStart(6, '0')}Z`
}
