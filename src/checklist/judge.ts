import type { Finding } from '../model/index.ts'
import type { Check, Checklist, ChecklistItem, Need } from './definition.ts'
import type { HostFacts, ValueSeen } from './facts.ts'
import { eventKinds, seenKey } from './facts.ts'

/**
 * `done` and `not_done` stand on records or on coverage; `unknown` says why. Nothing is done because nothing speaks
 * against it.
 */
export type State = 'done' | 'not_done' | 'unknown'

export type Judged = {
  readonly item: ChecklistItem
  readonly host_name: string
  readonly state: State
  /** Sentences. */
  readonly because: readonly string[]
  /** event_uid of records that show it, at most 20. */
  readonly records: readonly string[]
  /** finding_id of findings that show it. */
  readonly findings: readonly string[]
}

/** So much of each is told. */
const most = { records: 20, told: 8 }

/** Every item for every host, in the order of the checklist within each host. */
export function judgeAll(checklist: Checklist, hosts: readonly HostFacts[]): readonly Judged[] {
  return hosts.flatMap(facts => checklist.items.map(item => judge(item, facts)))
}

export function judge(item: ChecklistItem, facts: HostFacts): Judged {
  const { state, because, records = [], findings = [] } = judgement(item.check, facts)
  return {
    item,
    host_name: facts.host_name,
    state,
    because: because.slice(0, most.told),
    records: [...new Set(records)].slice(0, most.records),
    findings,
  }
}

type Judgement = {
  readonly state: State
  readonly because: readonly string[]
  readonly records?: readonly string[]
  readonly findings?: readonly string[]
}

function judgement(check: Check, facts: HostFacts): Judgement {
  switch (check.kind) {
    case 'registry_events':
      return watched(check, facts)
    case 'settings':
      return switchedOn(check.settings, facts)
    case 'events':
      return happened(check, facts)
    case 'values':
      return standing(check.needs, facts)
    case 'hive':
      return collected(check.hives, facts)
    case 'observed':
      return observed(check, facts)
    case 'certificates':
      return fetched(check.none, facts)
    case 'person':
      return { state: 'unknown', because: [check.because] }
  }
}

const viewWord = { native: '', x86: 'x86' } as const

function watched(check: Extract<Check, { kind: 'registry_events' }>, { registryEvents }: HostFacts): Judgement {
  const asked = check.places.flatMap(place => check.views.map(view => ({ place, view })))
  const told = asked.map(one => ({
    ...one,
    seen: registryEvents.get(seenKey(check.by, one.place, viewWord[one.view])),
  }))
  const missing = told.filter(({ seen }) => seen === undefined)
  const records = told.flatMap(({ seen }) => seen?.event_uid ?? [])
  const nameOf = ({ place, view }: (typeof asked)[number]) => `${place}${view === 'x86' ? ' (32-bit view)' : ''}`
  if (missing.length > 0)
    return {
      state: 'unknown',
      because: missing.map(
        one => `no ${check.by} event of ${nameOf(one)}: nothing was changed there, or nobody writes it down`,
      ),
      records,
    }
  return {
    state: 'done',
    because: told.map(one => `${one.seen?.events} events of ${nameOf(one)}, the last ${one.seen?.last_seen} UTC`),
    records,
  }
}

function switchedOn(wanted: readonly string[], { settings }: HostFacts): Judgement {
  const told = wanted.map(
    id =>
      settings.find(({ setting }) => setting === id) ?? {
        setting: id,
        state: 'not_seen',
        proof: 'nothing was read of it',
      },
  )
  const isOn = told.every(({ state }) => state === 'on')
  return {
    state: isOn ? 'done' : 'unknown',
    because: told.map(({ setting, state, proof }) => `${setting} (${state.replace('_', ' ')}): ${proof}`),
  }
}

function happened(check: Extract<Check, { kind: 'events' }>, { events }: HostFacts): Judgement {
  const found = eventKinds(check).flatMap(kind => events.get(seenKey(kind)) ?? [])
  const named = `event ${check.event_ids.join(', ')} of ${check.channel}`
  if (found.length === 0) return { state: 'unknown', because: [`there is no ${named}`] }
  const count = found.reduce((sum, one) => sum + one.events, 0)
  return { state: 'done', because: [`${count} times ${named}`], records: found.map(({ event_uid }) => event_uid) }
}

/** One value that is wrong is enough; one that nobody knows leaves it open. */
function standing(needs: readonly Need[], facts: HostFacts): Judgement {
  const told = needs.flatMap(need => need.views.map(view => judgeValue(need, view, facts)))
  const states = told.map(({ state }) => state)
  const state = states.includes('not_done') ? 'not_done' : states.includes('unknown') ? 'unknown' : 'done'
  return { state, because: told.flatMap(one => one.because), records: told.flatMap(({ records = [] }) => records) }
}

function judgeValue(need: Need, view: 'native' | 'x86', { values, hives }: HostFacts): Judgement {
  const named = `${need.place}${view === 'x86' ? ' (32-bit view)' : ''}`
  const value = values.get(seenKey(need.place, viewWord[view]))
  const hive = hives.get(need.place.startsWith('hklm/system/') ? 'system' : 'software')
  if (value !== undefined && !value.deleted) {
    const told = `${named} is ${value.data === '' ? '(not in the record)' : value.data}, told by ${value.told_by} at ${value.event_time} UTC`
    return { state: isGood(need, value), because: [told], records: [value.event_uid] }
  }
  if (value !== undefined)
    return {
      state: need.absent,
      because: [`${named} was deleted at ${value.event_time} UTC`],
      records: [value.event_uid],
    }
  if (hive !== undefined && need.place.startsWith('hklm/'))
    return {
      state: need.absent,
      because: [`${named} is not in the hive as it was at ${hive.last_seen} UTC`],
      records: [hive.event_uid],
    }
  return { state: 'unknown', because: [`nothing tells ${named}`] }
}

function isGood({ equals, not, any_bits, at_least }: Need, { data }: ValueSeen): State {
  const text = data.trim().toLowerCase()
  if (text === '') return 'unknown'
  if (equals !== undefined) return equals.includes(text) ? 'done' : 'not_done'
  if (not !== undefined) return not.includes(text) ? 'not_done' : 'done'
  if (!/^\d{1,15}$/.test(text)) return 'unknown'
  const number = Number(text)
  if (any_bits !== undefined) return number <= 0xffffffff && (number & any_bits) >>> 0 > 0 ? 'done' : 'not_done'
  return number >= (at_least ?? 0) ? 'done' : 'not_done'
}

function collected(wanted: readonly string[], { hives }: HostFacts): Judgement {
  const told = wanted.map(hive => ({ hive, seen: hives.get(seenKey(hive)) }))
  const because = told.map(({ hive, seen }) =>
    seen === undefined
      ? `no whole ${hive} hive of this host was read`
      : `the ${hive} hive was read, as it was at ${seen.last_seen} UTC`,
  )
  const state = told.every(({ seen }) => seen !== undefined) ? 'done' : 'unknown'
  return { state, because, records: told.flatMap(({ seen }) => seen?.event_uid ?? []) }
}

function observed(check: Extract<Check, { kind: 'observed' }>, { findings }: HostFacts): Judgement {
  if (findings === undefined)
    return { state: 'unknown', because: ['no hunt was kept here: run `counterseal hunt --data DIR`'] }
  const seen = findings.flatMap(finding => observationsOf(finding, check.detections))
  if (seen.length === 0) return { state: 'unknown', because: [check.none] }
  return {
    state: 'not_done',
    because: seen.map(({ summary, first_seen }) => `since ${first_seen}: ${summary}`),
    records: seen.map(({ event_uid }) => event_uid),
    findings: [...new Set(seen.map(({ finding_id }) => finding_id))],
  }
}

function observationsOf(
  { finding_id, detection_id, summary, first_seen, evidence, correlation }: Finding,
  detections: readonly string[],
) {
  const own = correlation?.observations.filter(one => detections.includes(one.detection_id)) ?? []
  const event_uid = evidence[0]?.event_uid ?? ''
  const itself = detections.includes(detection_id) ? [{ summary, first_seen, event_uid }] : []
  return [...itself, ...own].map(one => ({ ...one, finding_id }))
}

function fetched(none: string, { findings, certificates }: HostFacts): Judgement {
  if (findings === undefined)
    return { state: 'unknown', because: ['no hunt was kept here: run `counterseal hunt --data DIR`'] }
  if (certificates.length === 0) return { state: 'unknown', because: [none] }
  const missing = certificates.filter(({ known }) => !known)
  const named = (missing.length > 0 ? missing : certificates).map(({ fingerprint }) => fingerprint)
  return {
    state: missing.length > 0 ? 'not_done' : 'done',
    because: named.map(fingerprint =>
      missing.length > 0 ? `fetch the Blob for ${fingerprint.toUpperCase()}` : `the evidence has ${fingerprint}`,
    ),
    findings: [...new Set(certificates.map(({ finding_id }) => finding_id))],
  }
}
