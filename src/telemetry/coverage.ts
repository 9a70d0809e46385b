import type { EventStore, Params, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { ClassState, SettingState, Speaker, Told } from './answers.ts'
import { classState, isOffered, settingState } from './answers.ts'
import type { Evidence } from './evidence.ts'
import type { HostSilence } from './host-time.ts'
import { hostSilences, shiftedSysmon } from './host-time.ts'
import type { Runs } from './hours.ts'
import { hourText, runsFrom, unionOf } from './hours.ts'
import { type Probe, pickedParams, probeKey, probeParams, probesOf } from './probes.ts'
import type { SeenSign } from './signs.ts'
import { signParams, signsFrom } from './signs.ts'
import { silencesOf } from './silence.ts'

export type ChannelCoverage = {
  /** Of an event log its name; of a product with tables, `product/table`. */
  readonly channel: string
  /** Rows that a rule or a query picked stand apart: there may be two of one channel. Their silences mean nothing. */
  readonly picked: boolean
  /** Entries under sources/ that brought the rows: at most 20, by name. */
  readonly sources: readonly string[]
  readonly events: number
  readonly first_seen: string
  readonly last_seen: string
  /** Days and hours, UTC, with at least one event. */
  readonly days: number
  readonly hours: number
  /** On the days that have any. */
  readonly events_per_day: number
  /** The 8 longest, those in which the host spoke most first. `until` is the hour in which it spoke again. */
  readonly silences: readonly ChannelSilence[]
}

export type ChannelSilence = {
  readonly from: string
  readonly until: string
  readonly hours: number
  /** Hours in it in which the host spoke in other channels. */
  readonly meanwhile: number
  /** The host spoke on for so long that this is no chance. */
  readonly real: boolean
}

export type HostCoverage = {
  readonly host_name: string
  readonly events: number
  readonly first_seen: string
  readonly last_seen: string
  readonly channels: readonly ChannelCoverage[]
  /** When the host said nothing at all: the 20 longest, longest first. */
  readonly silences: readonly ToldSilence[]
  readonly signs: readonly SeenSign[]
  /** What shows that a clock was wrong, as sentences. */
  readonly clocks: readonly string[]
  /** Settings of products that said nothing here are left out. */
  readonly settings: readonly SettingState[]
  /** What was not looked at because there is too much of it, and what was picked by others: sentences. */
  readonly limits: readonly string[]
  /** Classes that are no question for this host are left out. */
  readonly classes: readonly ClassState[]
}

/** Hours ISO 8601 UTC; `until` is the hour in which the host spoke again. */
export type ToldSilence = {
  readonly from: string
  readonly until: string
  readonly hours: number
  readonly why: HostSilence['why']
}

export type CoverageOptions = {
  /** Whole name, or what stands before a dot. Every host when left out. */
  readonly host?: string
  readonly signal?: AbortSignal
}

/** How many silences are told, of a channel and of a host. */
const mostSilences = 8
const mostHostSilences = 20

/** So many hosts are asked about at once: more would take memory, fewer would read the table more often. */
const hostsAtOnce = 1000

/** What each Windows host of the store has to say of itself, in the order of names. */
export async function* coverageOfHosts(
  store: EventStore,
  evidence: Evidence,
  options: CoverageOptions = {},
): AsyncGenerator<HostCoverage> {
  const probes = probesOf(evidence)
  const ask = (name: string, params: Params) =>
    rowsOf(store, name, { params, ...(options.signal === undefined ? {} : { signal: options.signal }) })
  const names = await ask('telemetry-hosts', { host: (options.host ?? '').toLowerCase() })
  for (let at = 0; at < names.length; at += hostsAtOnce) {
    const hosts = names.slice(at, at + hostsAtOnce).map(({ host_name }) => String(host_name))
    const picked = pickedParams(evidence.picked)
    const channels = byHost(await ask('telemetry-channels', { hosts, ...picked }))
    const witnesses = byHost(await ask('telemetry-witnesses', { hosts, ...picked, ...probeParams(probes) }))
    const signs = byHost(await ask('telemetry-signs', { hosts, ...signParams(evidence.signs) }))
    const clocks = byHost(await ask('telemetry-clocks', { hosts }))
    for (const host of hosts) {
      const rows = channels.get(host) ?? []
      const told = toldFrom(
        rows,
        probeRows(witnesses.get(host) ?? [], probes),
        signsFrom(signs.get(host) ?? [], evidence.signs),
      )
      yield hostCoverage(host, rows, told, evidence, clocks.get(host) ?? [])
    }
  }
}

function probeRows(rows: readonly Row[], probes: readonly Probe[]): readonly (readonly [string, Row])[] {
  return rows.flatMap(row => {
    const probe = probes[Number(row.probe) - 1]
    return probe === undefined ? [] : [[probeKey(probe), row] as const]
  })
}

function toldFrom(rows: readonly Row[], probes: readonly (readonly [string, Row])[], signs: readonly SeenSign[]): Told {
  const named = rows.map(row => [String(row.channel), row] as const)
  const apart = (all: readonly (readonly [string, Row])[]) => ({
    whole: new Map(all.flatMap(([name, row]) => (wasPicked(row) ? [] : [[name, speakerFrom(row)] as const]))),
    picked: new Map(all.flatMap(([name, row]) => (wasPicked(row) ? [[name, Number(row.events)] as const] : []))),
  })
  const [byChannel, byProbe] = [apart(named), apart(probes)]
  // Picked rows stay out: with them a time of which no log was read would look like one in which the host spoke.
  const hours = unionOf([...byChannel.whole.values()].map(({ runs }) => runs))
  return {
    hours,
    silences: hostSilences(hours, signs),
    channels: byChannel.whole,
    probes: byProbe.whole,
    picked: { channels: byChannel.picked, probes: byProbe.picked },
    signs,
  }
}

function wasPicked(row: Row): boolean {
  return Number(row.picked) === 1
}

function byHost(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const hosts = new Map<string, Row[]>()
  for (const row of rows) {
    const host = String(row.host_name)
    const before = hosts.get(host)
    if (before === undefined) hosts.set(host, [row])
    else before.push(row)
  }
  return hosts
}

function hostCoverage(
  host_name: string,
  rows: readonly Row[],
  told: Told,
  evidence: Evidence,
  clockRows: readonly Row[],
): HostCoverage {
  const channels = rows.map(row => channelCoverage(row, told.hours))
  const early = rows.filter(row => Number(row.before_2000) > 0)
  return {
    host_name,
    events: channels.reduce((sum, { events }) => sum + events, 0),
    // Times of one form sort as texts.
    first_seen: channels.map(({ first_seen }) => first_seen).sort()[0] ?? '',
    last_seen:
      channels
        .map(({ last_seen }) => last_seen)
        .sort()
        .at(-1) ?? '',
    channels,
    silences: longestFirst(told.silences).slice(0, mostHostSilences),
    signs: told.signs,
    clocks: [
      ...clockRows.map(
        row =>
          `an event of ${instant(row.latest)} is in evidence that was read at ${instant(row.read_at)}, in ${Number(row.evidence)} pieces of evidence the like`,
      ),
      ...early.map(row => `${Number(row.before_2000)} events of ${String(row.channel)} are from before 2000`),
      ...shiftedSysmon(told.channels),
    ],
    limits: [...pickedLimits(channels, evidence), ...limitsOf(told)],
    settings: [...evidence.settings.values()]
      .filter(setting => isOffered(setting, told))
      .map(setting => settingState(setting, told)),
    classes: evidence.classes.flatMap(one => classState(one, evidence, told) ?? []),
  }
}

function longestFirst(silences: readonly HostSilence[]): readonly ToldSilence[] {
  return [...silences]
    .sort((a, b) => b.until - b.from - (a.until - a.from) || a.from - b.from)
    .map(({ from, until, why }) => ({ from: hourText(from), until: hourText(until), hours: until - from, why }))
}

function pickedLimits(channels: readonly ChannelCoverage[], { picked }: Evidence): readonly string[] {
  const chosen = channels.filter(channel => channel.picked)
  const events = chosen.reduce((sum, channel) => sum + channel.events, 0)
  if (events === 0) return []
  const named = picked.filter(({ id }) => chosen.some(({ sources }) => sources.includes(id)))
  const why = named.map(({ id, because }) => `${id}: ${because}`).join('; ')
  return [`${events} events can say what was, and not what was not (${why})`]
}

function limitsOf({ channels, probes, signs }: Told): readonly string[] {
  const cut = [...channels].filter(([, { runs_left_out }]) => runs_left_out > 0)
  const cutProbes = [...probes.values()].filter(({ runs_left_out }) => runs_left_out > 0).length
  return [
    ...cut.map(([name, one]) => `of ${name} the ${one.runs_left_out} oldest stretches of hours were not looked at`),
    ...(cutProbes === 0 ? [] : [`of ${cutProbes} kinds of events the oldest hours were not looked at`]),
    ...signs
      .filter(({ events, seen }) => events > seen.length)
      .map(({ title, events, seen }) => `${title}: the ${seen.length} newest of ${events}`),
  ]
}

function channelCoverage(row: Row, host: Runs): ChannelCoverage {
  const { events, first_seen, last_seen, runs } = speakerFrom(row)
  const picked = wasPicked(row)
  const silences = picked
    ? []
    : [...silencesOf(runs, host, 'not')].sort(
        (a, b) => b.meanwhile - a.meanwhile || b.until - b.from - (a.until - a.from) || a.from - b.from,
      )
  const days = Number(row.days)
  return {
    channel: String(row.channel),
    picked,
    sources: (row.sources as readonly unknown[]).map(String), // an array of names, by the query
    events,
    first_seen,
    last_seen,
    days,
    hours: Number(row.hours),
    events_per_day: Math.round((10 * events) / Math.max(1, days)) / 10,
    silences: silences.slice(0, mostSilences).map(({ from, until, meanwhile, real }) => ({
      from: hourText(from),
      until: hourText(until),
      hours: until - from,
      meanwhile,
      real,
    })),
  }
}

function speakerFrom(row: Row): Speaker {
  const numbers = (value: unknown) => (value as readonly unknown[]).map(Number) // an array of hours, by the query
  return {
    events: Number(row.events),
    first_seen: instant(row.first_seen),
    last_seen: instant(row.last_seen),
    runs: runsFrom(numbers(row.run_starts), numbers(row.run_ends)),
    runs_left_out: Number(row.runs_left_out),
  }
}

function instant(time: unknown): string {
  return `${String(time).replace(' ', 'T')}Z`
}
