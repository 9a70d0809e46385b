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
  /** Hours of all channels together. */
  readonly hours: Runs
  /** By name. */
  readonly channels: ReadonlyMap<string, Speaker>
  /** By {@link probeKey}. */
  readonly probes: ReadonlyMap<string, Speaker>
  readonly signs: readonly SeenSign[]
  /** When it said nothing at all, in order of time. */
  readonly silences: readonly HostSilence[]
}

/**
 * `on`; `selective`: there are such events, and rules or SACLs may leave out those that matter; `incomplete`: there are
 * such events without what is needed of them; `not_seen`: off, or not collected.
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
   * `missing`: its witness never spoke here. `silent`: the witness was silent while the host spoke on. `hidden`: a log was
   * cleared, or events were lost. `host`: the whole host was silent, and nothing says that it was off.
   */
  readonly kind: 'missing' | 'silent' | 'hidden' | 'host'
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

export function settingState(setting: Setting, told: Told): SettingState {
  const any = told.probes.get(probeKey(anyEvent(setting)))
  const usable = told.probes.get(probeKey(usableEvent(setting)))
  const events = any?.events ?? 0
  const remedy = setting.remedy
  const state = (one: SettingState['state'], proof: string, more = {}): SettingState => ({
    setting: setting.id,
    state: one,
    proof,
    events,
    ...more,
  })
  if (setting.proof === 'channel') {
    const channel = told.channels.get(setting.channel)
    if (channel === undefined) return state('not_seen', `nothing was read of ${setting.channel}`, { remedy })
    return state('on', `${setting.channel} has ${channel.events} events, ${events} of these kinds`)
  }
  if (any === undefined)
    return state('not_seen', `no event ${idsOf(setting)} of ${setting.channel} was read`, { remedy })
  if (usable === undefined)
    return state('incomplete', `${events} events ${idsOf(setting)}, none with ${setting.subject}`, { remedy })
  if (setting.proof === 'events') return state('on', `${usable.events} events ${idsOf(setting)}`)
  const everyday = told.probes.get(probeKey(everydayEvent(setting)))
  return everyday === undefined
    ? state('selective', `${events} events ${idsOf(setting)}, none of which nobody selects on purpose`, { remedy })
    : state('on', `${events} events ${idsOf(setting)}, ${everyday.events} of which nobody selects on purpose`)
}

export function classState(one: EvidenceClass, { settings }: Evidence, told: Told): ClassState | undefined {
  const spoke = (probe: Probe) => told.probes.get(probeKey(probe))
  const applies = one.applies_when?.some(id => spoke(anyEvent(settingNamed(settings, id))) !== undefined) ?? true
  if (!applies) return undefined
  const answering = one.witnesses.filter(({ adds }) => adds === undefined)
  const events = answering.reduce(
    (sum, witness) => sum + (spoke(shownEvent(settingNamed(settings, witness.setting), witness))?.events ?? 0),
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
  if (speaker === undefined) {
    const { state, proof } = settingState(setting, told)
    const elsewhere = state === 'not_seen' || state === 'incomplete' ? '' : ', and none from these places'
    return {
      obstacles: [obstacle('missing', `${setting.title}: ${proof}${elsewhere}`, setting.remedy)],
      holes: undefined,
    }
  }
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

function idsOf({ event_ids }: Setting): string {
  return event_ids.length > 6 ? `${event_ids.slice(0, 5).join(', ')} and others` : event_ids.join(', ')
}

function settingNamed(settings: Evidence['settings'], id: string): Setting {
  const found = settings.get(id)
  assert(found !== undefined, `the setting ${id} is nowhere, and loadEvidence did not say so`)
  return found
}
