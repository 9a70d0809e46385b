import { assert } from '../base/index.ts'
import type { Evidence, EvidenceClass, Setting, Witness } from './evidence.ts'
import type { HostSilence } from './host-time.ts'
import type { Period, Runs } from './hours.ts'
import { hourOf, hourText, without } from './hours.ts'
import { anyEvent, everydayEvent, type Probe, probeKey, provingEvent, shownEvent, usableEvent } from './probes.ts'
import type { SeenSign } from './signs.ts'
import { silencesOf } from './silence.ts'

/** Somebody who spoke on a host: a channel, or the answers to a probe. */
export type Speaker = {
  /** Rows as stored: an event that was read twice counts twice. */
  readonly events: number
  /** ISO 8601 UTC. */
  readonly first_seen: string
  readonly last_seen: string
  readonly runs: Runs
  /** More than 0: only the newest hours are known. */
  readonly runs_left_out: number
}

/** All that was asked of one host. */
export type Told = {
  /** Hours of all channels together, without what was picked. */
  readonly hours: Runs
  /** By name, without what was picked. */
  readonly channels: ReadonlyMap<string, Speaker>
  /** By {@link probeKey}, without what was picked. */
  readonly probes: ReadonlyMap<string, Speaker>
  /** Rows that a rule or a query picked: they say what was, and nothing of what was not. */
  readonly picked: {
    /** Events by name of the channel. */
    readonly channels: ReadonlyMap<string, number>
    /** Events by {@link probeKey}. */
    readonly probes: ReadonlyMap<string, number>
  }
  readonly signs: readonly SeenSign[]
  /** When it said nothing at all, in order of time. */
  readonly silences: readonly HostSilence[]
}

/**
 * `on`; `selective`: there are such events, and rules, SACLs or whoever picked them may leave out those that matter;
 * `incomplete`: there are such events without what is needed of them; `not_seen`: off, or not collected.
 */
export type SettingState = {
  readonly setting: string
  readonly state: 'on' | 'selective' | 'incomplete' | 'not_seen'
  readonly proof: string
  readonly events: number
  /** Only when it is not on. */
  readonly remedy?: string
}

/** Why something cannot be answered, and what would change that. */
export type Obstacle = {
  /**
   * `missing`: its witness never spoke here. `partial`: it spoke, and tells only part of what happens, so that its silence
   * proves nothing. `silent`: the witness was silent while the host spoke on. `hidden`: a log was cleared, or events were
   * lost. `host`: the whole host was silent, and nothing says that it was off.
   */
  readonly kind: 'missing' | 'partial' | 'silent' | 'hidden' | 'host'
  /** Which part of the class; empty when it has none. */
  readonly part: string
  /** Empty when it is the host itself that said nothing. */
  readonly setting: string
  readonly why: string
  readonly remedy: string
}

/** Hours ISO 8601 UTC; `until` is the first hour after it. */
export type AnswerablePeriod = { readonly from: string; readonly until: string }

export type ClassState = {
  readonly analytic: string
  readonly class: string
  /**
   * `seen`: there are events of the class. `answerable`: there are none, and would be, had it happened while this host's
   * logs speak. `not_answerable`: nobody can say.
   */
  readonly state: 'seen' | 'answerable' | 'not_answerable'
  /** Of witnesses that can answer. */
  readonly events: number
  readonly obstacles: readonly Obstacle[]
  /** When a "no" holds: the 20 newest, and none when an obstacle has no time. */
  readonly answerable: readonly AnswerablePeriod[]
}

/** Whether it is a question at all for this host: the setting of a product is one only where the product spoke. */
export function isOffered({ product }: Setting, { channels, picked }: Told): boolean {
  if (product === undefined) return true
  return [...channels.keys(), ...picked.channels.keys()].some(name => name.startsWith(`${product}/`))
}

export function settingState(setting: Setting, told: Told): SettingState {
  const any = told.probes.get(probeKey(anyEvent(setting)))
  const usable = told.probes.get(probeKey(usableEvent(setting)))
  const events = any?.events ?? 0
  const remedy = setting.remedy
  const named = eventsOf(setting)
  const state = (one: SettingState['state'], proof: string, more = {}): SettingState => ({
    setting: setting.id,
    state: one,
    proof,
    events,
    ...more,
  })
  const off = (nothing: string, picked: number) =>
    picked === 0
      ? state('not_seen', nothing, { remedy })
      : state('selective', `${nothing} but ${picked} events that a rule or a query picked`, { events: picked, remedy })
  if (setting.proof === 'channel') {
    const channel = told.channels.get(setting.channel)
    if (channel === undefined)
      return off(`nothing was read of ${setting.channel}`, told.picked.channels.get(setting.channel) ?? 0)
    return state('on', `${setting.channel} has ${channel.events} events, ${events} of these kinds`)
  }
  if (any === undefined) return off(`there are no ${named} of ${setting.channel}`, pickedOf(anyEvent(setting), told))
  if (usable === undefined) return state('incomplete', `${events} ${named}, none with ${setting.subject}`, { remedy })
  if (setting.proof === 'events') return state('on', `${usable.events} ${named}`)
  // Without places nobody selects on purpose, an event says nothing of what is left out.
  const everyday = setting.everyday.length === 0 ? undefined : told.probes.get(probeKey(everydayEvent(setting)))
  return everyday === undefined
    ? state('selective', `${events} ${named}, none of which nobody selects on purpose`, { remedy })
    : state('on', `${events} ${named}, ${everyday.events} of which nobody selects on purpose`)
}

function pickedOf(probe: Probe, { picked }: Told): number {
  return picked.probes.get(probeKey(probe)) ?? 0
}

export function classState(one: EvidenceClass, { settings }: Evidence, told: Told): ClassState | undefined {
  const count = (probe: Probe) => (told.probes.get(probeKey(probe))?.events ?? 0) + pickedOf(probe, told)
  const applies = one.applies_when?.some(id => count(anyEvent(settingNamed(settings, id))) > 0) ?? true
  if (!applies) return undefined
  const answering = one.witnesses.filter(
    ({ adds, setting }) => adds === undefined && isOffered(settingNamed(settings, setting), told),
  )
  const events = answering.reduce(
    (sum, witness) => sum + count(shownEvent(settingNamed(settings, witness.setting), witness)),
    0,
  )
  const best = [...new Set(answering.map(({ part = '' }) => part))].map(part =>
    bestOf(answering.filter(witness => (witness.part ?? '') === part).map(witness => judge(witness, settings, told))),
  )
  const unexplained = told.silences.filter(({ why }) => why === 'unknown')
  const obstacles = [...best.flatMap(judged => judged.obstacles), ...unexplained.map(wholeSilence)]
  const clear = obstacles.length === 0 ? 'answerable' : 'not_answerable'
  return {
    analytic: one.analytic,
    class: one.id,
    state: events > 0 ? 'seen' : clear,
    events,
    obstacles,
    answerable: periodsOf(told, [unexplained, ...best.map(({ holes }) => holes)]),
  }
}

function wholeSilence({ from, until }: Period): Obstacle {
  const why = `the host said nothing at all from ${hourText(from)} to ${hourText(until)}, and nothing says that it was off`
  const remedy = 'see whether its logs of that time were collected; its System log tells shutdowns and starts'
  return { kind: 'host', part: '', setting: '', why, remedy }
}

/** `holes`: when it cannot answer; undefined for never. */
type Judgement = { readonly obstacles: readonly Obstacle[]; readonly holes: readonly Period[] | undefined }

/** Those of one part stand in for each other: the one that can answer longest. Those that never can are all told. */
function bestOf(judgements: readonly Judgement[]): Judgement {
  const able = judgements.filter(({ holes }) => holes !== undefined)
  const length = ({ holes = [] }: Judgement) => holes.reduce((sum, { from, until }) => sum + until - from, 0)
  const [best] = able.sort((a, b) => length(a) - length(b) || a.obstacles.length - b.obstacles.length)
  return best ?? { obstacles: judgements.flatMap(({ obstacles }) => obstacles), holes: undefined }
}

function judge(witness: Witness, settings: Evidence['settings'], told: Told): Judgement {
  const setting = settingNamed(settings, witness.setting)
  const { part = '' } = witness
  const obstacle = (kind: Obstacle['kind'], why: string, remedy: string): Obstacle => ({
    kind,
    part,
    setting: setting.id,
    why,
    remedy,
  })
  const speaker =
    setting.proof === 'channel'
      ? told.channels.get(setting.channel)
      : told.probes.get(probeKey(provingEvent(setting, witness)))
  const never = (one: Obstacle) => ({ obstacles: [one], holes: undefined })
  if (speaker === undefined) {
    const { state, proof } = settingState(setting, told)
    const onlyPicked = state === 'selective' && !told.probes.has(probeKey(usableEvent(setting)))
    const elsewhere = (state === 'on' || state === 'selective') && !onlyPicked ? ', and none from these places' : ''
    return never(obstacle(onlyPicked ? 'partial' : 'missing', `${setting.title}: ${proof}${elsewhere}`, setting.remedy))
  }
  if (witness.yes_only !== undefined)
    return never(obstacle('partial', `${setting.title}: ${witness.yes_only}`, 'have another witness beside it'))
  const silent = silencesOf(speaker.runs, told.hours, 'edges').filter(({ real }) => real)
  const hidden = hiddenIn(setting.channel, told)
  const obstacles = [
    ...silent.map(gap =>
      obstacle(
        'silent',
        `${setting.title}: silent from ${hourText(gap.from)} to ${hourText(gap.until)}, while the host spoke elsewhere in ${gap.meanwhile} of these hours`,
        `find out why ${setting.channel} has nothing of that time, and give what was kept elsewhere`,
      ),
    ),
    ...hidden.map(({ why }) =>
      obstacle(
        'hidden',
        `${setting.title}: ${why}`,
        `give what was collected of ${setting.channel} before; forward events as they are written`,
      ),
    ),
  ]
  return { obstacles, holes: [...silent, ...hidden] }
}

/** What a cleared log or lost events hide: from the last hour in which the channel spoke before, to the sign itself. */
function hiddenIn(channel: string, { signs, channels }: Told): readonly (Period & { readonly why: string })[] {
  const runs = channels.get(channel)?.runs ?? []
  const events = signs.filter(({ effect }) => effect === 'cleared' || effect === 'lost')
  return events.flatMap(({ title, seen }) =>
    seen
      .filter(event => event.channel === '' || event.channel.toLowerCase() === channel.toLowerCase())
      .map(event => {
        const until = hourOf(event.event_time) + 1
        const before = runs.filter(([first]) => first < until - 1).at(-1)
        const from = before === undefined ? until - 1 : Math.min(before[1], until - 1)
        const which = event.channel === '' ? ' (the record does not say which)' : ''
        return { from, until, why: `${title}${which} at ${event.event_time}` }
      }),
  )
}

function periodsOf({ hours }: Told, parts: readonly (readonly Period[] | undefined)[]): readonly AnswerablePeriod[] {
  const [first, last] = [hours[0], hours.at(-1)]
  const holes = parts.flatMap(part => part ?? [])
  if (first === undefined || last === undefined || parts.includes(undefined)) return []
  const left = without({ from: first[0], until: last[1] + 1 }, holes)
  return left.slice(-20).map(({ from, until }) => ({ from: hourText(from), until: hourText(until) }))
}

/** `events 12, 13`; `events` where the product has tables and no ids. */
function eventsOf({ event_ids }: Setting): string {
  if (event_ids.every(id => id === 0)) return 'events'
  return `events ${idsOf(event_ids)}`
}

function idsOf(event_ids: readonly number[]): string {
  return event_ids.length > 6 ? `${event_ids.slice(0, 5).join(', ')} and others` : event_ids.join(', ')
}

function settingNamed(settings: Evidence['settings'], id: string): Setting {
  const found = settings.get(id)
  assert(found !== undefined, `the setting ${id} is nowhere, and loadEvidence did not say so`)
  return found
}
