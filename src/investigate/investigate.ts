import type { Assertion, Behaviour, JudgedItem, Refutation, StateDecision, TimeSettings } from '../corroborate/index.ts'
import { assertionsOf, beaconOf, decideState, usualTimes } from '../corroborate/index.ts'
import type { SiteInputs } from '../inputs/index.ts'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf, overlaps } from '../network/index.ts'
import type { Contact } from './contact.ts'
import { contactsOf, judgeContacts } from './contact.ts'
import type { GapAnswer } from './gap.ts'
import { gapsOf } from './gap.ts'
import type { Subject } from './subject.ts'
import { enriched } from './subject.ts'

/** What became of one certificate that was asked about. */
export type LeadReport = {
  readonly subject: Subject
  readonly decision: StateDecision
  /** The best first; at most 50, and `item_count` says how many there are. */
  readonly items: readonly JudgedItem[]
  readonly item_count: number
  readonly behaviours: readonly Behaviour[]
  readonly assertions: readonly Assertion[]
  readonly prevalence: { readonly hosts: number; readonly active: number }
  /** Each question against the logs, over the time that the lead asks about. */
  readonly gaps: readonly GapAnswer[]
  /** ISO 8601. */
  readonly from: string
  readonly until: string
}

export type InvestigateOptions = {
  readonly inputs: SiteInputs
  /** Names that are ours, in lower case. */
  readonly owned: readonly string[]
  /** Networks that strangers share, in CIDR notation: content delivery networks, platforms. */
  readonly shared: readonly string[]
  /** Who looked at it and agrees. */
  readonly reviewer?: string
  readonly times?: TimeSettings
  readonly signal?: AbortSignal
}

const day = 86_400_000
const mostItems = 50
/** A beacon that counts as a behaviour (specification AN1972 §6.5). */
const beaconFrom = { score: 0.8, span_seconds: 12 * 3600 }

/** Every subject against what machines of ours did. The time asked about runs from 7 days before the first of it to the newest event. */
export async function investigate(
  store: EventStore,
  known: readonly Subject[],
  options: InvestigateOptions,
): Promise<readonly LeadReport[]> {
  const { signal } = options
  const subjects = known.map(one => enriched(one, options.inputs))
  const ask = signal === undefined ? {} : { signal }
  const [range] = await rowsOf(store, 'traffic-seen', { params: { days: 1 }, ...ask })
  const until =
    range?.until === '' || range === undefined ? undefined : Date.parse(`${String(range.until).replace(' ', 'T')}Z`)
  const beginnings = subjects.map(beginOf)
  const from = Math.min(...beginnings, until ?? Number.POSITIVE_INFINITY)
  if (until === undefined || !Number.isFinite(from)) return subjects.map(one => unseen(one))
  const window = { from, until }
  const params = { from: instantText(from), until: instantText(until) }
  const contacts = await contactsOf(store, subjects, { ...window, ...ask })
  const addresses = [...new Set(subjects.flatMap(one => one.addresses.map(({ ip }) => ip)))].sort()
  const rhythm = await rowsOf(store, 'lead-rhythm', { params: { addresses, ...params }, ...ask })
  const [active] = await rowsOf(store, 'active-assets', { params, ...ask })
  const telemetry = await rowsOf(store, 'triage-telemetry', { params, ...ask })
  const days = new Map(telemetry.map(row => [String(row.kind), new Set((row.days as readonly unknown[]).map(String))])) // an array of days, by the query
  const beacons = rhythm.flatMap(row => beaconFor(row, window))
  const listed = options.inputs.rows.shared_networks.flatMap(({ value }) => value.networks)
  const shared = [...options.shared.flatMap(one => networkOf(one) ?? []), ...listed]
  const isShared = (address: string) => isIn(shared, address)
  return subjects.map(subject => {
    const items = judgeContacts(subject, contacts, { isShared, times: options.times ?? usualTimes })
    const hosts = new Set(items.filter(({ grade }) => grade >= 2).map(({ item }) => item.asset)).size
    const behaviours = [...behavioursOf(subject, items, beacons), ...reportedOf(subject, items, options.inputs)]
    const begin = beginOf(subject)
    const gaps = gapsOf(days, begin, until)
    const prevalence = { hosts, active: Number(active?.assets ?? 0) }
    const decision = decideState({
      ...{ confidence: subject.confidence, items, prevalence, behaviours },
      is_shared: subject.addresses.length > 0 && subject.addresses.every(({ ip }) => isShared(ip)),
      refutations: refutationsOf(subject, options),
      covered: Math.min(...gaps.filter(({ id }) => id === 'Q1' || id === 'Q2').map(({ share }) => share)),
      age_days: Math.max(0, Math.floor((until - begin) / day)),
      ...(options.reviewer === undefined ? {} : { reviewer: options.reviewer }),
    })
    return {
      ...{ subject, decision, behaviours, prevalence, gaps },
      items: [...items].sort((a, b) => b.grade - a.grade || a.item.time - b.item.time).slice(0, mostItems),
      item_count: items.length,
      assertions: assertionsOf({
        state: decision.state,
        ...seenOf(subject, contacts),
        behaviours: behaviours.flatMap(({ evidence }) => evidence),
      }),
      from: new Date(begin).toISOString(),
      until: new Date(until).toISOString(),
    }
  })
}

/** From when on logs would have to reach: a week before the first of its line of renewals, or before it was first seen somewhere. */
function beginOf({ validity, lineage, addresses }: Subject): number {
  const first = Math.min(lineage ?? validity?.from ?? Number.POSITIVE_INFINITY, ...addresses.map(({ from }) => from))
  return first - 7 * day
}

function unseen(subject: Subject): LeadReport {
  const decision = decideState({
    confidence: subject.confidence,
    items: [],
    is_shared: false,
    refutations: [],
    prevalence: { hosts: 0, active: 0 },
    behaviours: [],
    covered: 0,
    age_days: 0,
  })
  return {
    subject,
    decision,
    items: [],
    item_count: 0,
    behaviours: [],
    assertions: [],
    prevalence: { hosts: 0, active: 0 },
    gaps: [],
    from: '',
    until: '',
  }
}

function isIn(networks: readonly Network[], address: string): boolean {
  const own = networkOf(address)
  return own !== undefined && networks.some(one => overlaps(one, own))
}

type FoundBeacon = { readonly asset: string; readonly address: string; readonly behaviour: Behaviour }

function beaconFor(
  row: Readonly<Record<string, unknown>>,
  { from, until }: { readonly from: number; readonly until: number },
): readonly FoundBeacon[] {
  const times = (row.times as readonly unknown[]).map(Number) // arrays of numbers, by the query
  const sizes = (row.sizes as readonly unknown[]).map(Number)
  const first = Math.min(...times)
  const last = Math.max(...times)
  // The day that it is looked at in begins with the first connection: a beacon that was installed yesterday is one.
  const span = { from: Math.max(from / 1000, first), until: Math.min(until / 1000, Math.max(last, first + 86_400)) }
  const told = beaconOf({ times, sizes, ...span })
  if (told.score === undefined || told.score < beaconFrom.score || last - first < beaconFrom.span_seconds) return []
  const text = `${String(row.asset)} connects to ${String(row.address)} every ${Math.round(told.period)} s (${times.length} times, beacon score ${told.score})`
  return [
    {
      asset: String(row.asset),
      address: String(row.address),
      behaviour: { kind: 'beacon', text, evidence: [String(row.first_uid)] },
    },
  ]
}

function behavioursOf(
  { addresses }: Subject,
  items: readonly JudgedItem[],
  beacons: readonly FoundBeacon[],
): readonly Behaviour[] {
  const assets = new Set(items.map(({ item }) => item.asset))
  return beacons
    .filter(one => assets.has(one.asset) && addresses.some(({ ip }) => ip === one.address))
    .map(({ behaviour }) => behaviour)
}

/** Alerts of other systems about one of the machines and one of the addresses or names, and feeds that list it: neither comes of a pivot. */
function reportedOf(
  { addresses, names }: Subject,
  items: readonly JudgedItem[],
  { rows }: SiteInputs,
): readonly Behaviour[] {
  const assets = new Set(items.map(({ item }) => item.asset.toLowerCase()))
  const own = new Set([...addresses.map(({ ip }) => ip), ...names])
  const alerts = rows.alerts.filter(
    ({ value }) => value.entities.some(one => own.has(one)) && value.entities.some(one => assets.has(one)),
  )
  const listed = rows.indicators.filter(({ value }) => own.has(value.value))
  return [
    ...alerts.map(
      ({ value, from, row }): Behaviour => ({
        kind: 'alert',
        text: `an alert: ${value.title.slice(0, 200)}`,
        evidence: [`${from.file} row ${row}`],
      }),
    ),
    ...listed.map(
      ({ value, from, row }): Behaviour => ({
        kind: 'verdict',
        text: `${value.source || from.file} lists ${value.value}`,
        evidence: [`${from.file} row ${row}`],
      }),
    ),
  ]
}

function refutationsOf(
  { names, addresses, is_seed }: Subject,
  { owned, inputs }: InvestigateOptions,
): readonly Refutation[] {
  const isOurs = (name: string) => owned.some(one => name.replace(/^\*\./, '') === one || name.endsWith(`.${one}`))
  const mine = names.filter(isOurs)
  const exercise = inputs.rows.assets.find(
    ({ value }) =>
      /red.?team|pen.?test/i.test(`${value.role} ${value.zone}`) &&
      addresses.some(({ ip }) => isIn(value.addresses, ip)),
  )
  return [
    ...(!is_seed && mine.length > 0 && mine.length === names.length
      ? [{ kind: 'own' as const, text: `its names are ours (${mine.slice(0, 3).join(', ')})` }]
      : []),
    ...(exercise === undefined
      ? []
      : [
          {
            kind: 'exercise' as const,
            text: `its address is of an exercise (${exercise.from.file} row ${exercise.row})`,
          },
        ]),
  ]
}

/** What the gates of ATT&CK ask for. */
function seenOf({ names, addresses, hashes }: Subject, contacts: readonly Contact[]) {
  const own = contacts.filter(
    one => addresses.some(({ ip }) => ip === one.address) || names.includes(one.name) || hashes.includes(one.hash),
  )
  return {
    web: own.filter(one => one.family === 'web' && one.answered > 0).map(one => one.event_uid),
    handshakes: own.filter(one => one.family === 'tls' && one.completed > 0).map(one => one.event_uid),
    identified: own
      .filter(one => one.family === 'tls' && one.completed > 0 && one.hash !== '')
      .map(one => one.event_uid),
  }
}

function instantText(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '')
}
