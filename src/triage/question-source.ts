import type { Asset, Indicator, InputRow } from '../inputs/index.ts'
import { networkOf } from '../network/index.ts'
import type { EvidenceRef, Rule } from './answer.ts'
import type { Facts, Source } from './facts.ts'
import { ownRecord } from './facts.ts'
import { covers, holdsAt, listState, networksIn, rowRef, textOf } from './lists.ts'
import type { Clause, State } from './logic.ts'
import { not, together } from './logic.ts'
import { telemetryBetween, witnesses } from './telemetry.ts'

/**
 * Question 1: known and trusted addresses, or new and unusual ones (specification T1596.003 §4.3)? Yes when every source is in the
 * inventory, in a trusted zone, known for long, used by whom it should be, and in no feed. No when one is missing in an inventory that
 * covers it, is new, is used by somebody else, or comes from outside and is known to scan, to threaten, or to nobody.
 */
export function questionSource(facts: Facts): Rule {
  const each = (
    code: string,
    weight: number,
    how: 'all' | 'any',
    of: (source: Source) => Omit<Clause, 'code' | 'weight'>,
  ): Clause => {
    const nothing: Clause = {
      ...{ code, weight, state: 'unknown', evidence: [] },
      text: 'the finding names neither an address nor a host that acted',
      missing: ['a log that tells who acted: an address or a host'],
    }
    return together(
      facts.sources.map(one => ({ ...of(one), code, weight })),
      how,
      nothing,
    )
  }
  return {
    yes_needs: 'all',
    no_when_none: false,
    yes: [
      each('IN_INVENTORY', 0.25, 'all', one => inInventory(facts, one)),
      each('ZONE_TRUSTED', 0.1, 'all', one => zoneTrusted(facts, one)),
      each('LONG_KNOWN', 0.15, 'all', one => longKnown(facts, one)),
      each('USUAL_USER', 0.1, 'all', one => usualUser(facts, one)),
      each('NOT_IN_A_FEED', 0.1, 'all', one => opposite(inFeed(facts, one, 'indicators'))),
    ],
    no: [
      each('NOT_IN_INVENTORY', 0.1, 'any', one => opposite(inInventory(facts, one))),
      each('NEW_HERE', 0.1, 'any', one => newHere(facts, one)),
      each('ANOTHER_USER', 0.05, 'any', one => opposite(usualUser(facts, one))),
      each('OUTSIDE_AND_SUSPECT', 0.05, 'any', one => outsideAndSuspect(facts, one)),
    ],
  }
}

type Told = Omit<Clause, 'code' | 'weight'>

const opposite = (told: Told): Told => ({ ...told, state: not(told.state) })

const isAre = (source: Source) => (source.kind === 'address' ? source.value : `host ${source.value}`)

function assetsOf({ inputs, from, until }: Facts, { network, value }: Source): readonly InputRow<Asset>[] {
  return inputs.rows.assets.filter(({ value: one }) => {
    const isMeant =
      network === undefined ? one.names.some(name => sameHost(name, value)) : networksIn(one.addresses, network)
    return isMeant && holdsAt(one, from, until)
  })
}

/** `ws-1` and `ws-1.corp.example` are the same host. */
function sameHost(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`)
}

function inInventory(facts: Facts, source: Source): Told {
  const list = listState(facts.inputs, 'assets', facts.until)
  const [found] = assetsOf(facts, source)
  if (found !== undefined) {
    const { owner, role } = found.value
    const told = [role, owner === '' ? '' : `of ${owner}`].filter(one => one !== '').join(', ')
    const text = `${isAre(source)} is in the inventory${told === '' ? '' : ` (${told})`}`
    if (list.state === 'healthy') return { state: 'true', text, evidence: [rowRef(found)], missing: [] }
    return { state: 'unknown', text: `${text}, which is too old`, evidence: [rowRef(found)], missing: [list.missing] }
  }
  if (list.state !== 'healthy')
    return {
      state: 'unknown',
      text: `nobody can say whether ${isAre(source)} is in the inventory`,
      evidence: [],
      missing: [list.missing],
    }
  const isCovered =
    source.network === undefined ? list.files.some(one => one.covers.length > 0) : covers(list.files, source.network)
  if (isCovered)
    return {
      state: 'false',
      text: `${isAre(source)} is not in the inventory, which covers its network`,
      evidence: list.evidence,
      missing: [],
    }
  if (!source.is_ours)
    return { state: 'false', text: `${isAre(source)} is no address of ours`, evidence: list.evidence, missing: [] }
  return {
    state: 'unknown',
    text: `${isAre(source)} is not in the inventory, which does not say that it covers its network`,
    evidence: list.evidence,
    missing: [`an inventory that covers ${isAre(source)} (covers of assets in inputs.yaml)`],
  }
}

function zoneTrusted(facts: Facts, source: Source): Told {
  const found = assetsOf(facts, source)
  const zones = [...new Set(found.map(({ value }) => value.zone.toLowerCase()).filter(zone => zone !== ''))]
  const trusted = facts.inputs.files.flatMap(one => one.trusted_zones)
  const missing = (what: string): Told => ({
    state: 'unknown',
    text: `the zone of ${isAre(source)} is not known to be trusted or not`,
    evidence: [],
    missing: [what],
  })
  if (!source.is_ours && found.length === 0)
    return { state: 'false', text: `${isAre(source)} is outside`, evidence: ownRecord(facts), missing: [] }
  const list = listState(facts.inputs, 'assets', facts.until)
  if (list.state !== 'healthy') return missing(list.missing)
  if (trusted.length === 0) return missing('which zones are trusted (trusted_zones of assets in inputs.yaml)')
  const [zone] = zones
  if (zone === undefined) return missing(`the zone of ${isAre(source)} in the inventory`)
  const state: State = zones.every(one => trusted.includes(one)) ? 'true' : 'false'
  return {
    state,
    text: `${isAre(source)} lies in the zone ${zones.join(', ')}, which is ${state === 'true' ? '' : 'not '}trusted`,
    evidence: found.map(rowRef),
    missing: [],
  }
}

const day = 86_400_000

function sighting({ event_uid }: Source): readonly EvidenceRef[] {
  return event_uid === undefined ? [] : [{ source: 'record', event_uid }]
}

function longKnown(facts: Facts, source: Source): Told {
  const { known_after_days: days } = facts.definition
  const { first_seen } = source
  const since = facts.from - days * day
  if (first_seen !== undefined && first_seen <= since)
    return {
      state: 'true',
      text: `${isAre(source)} is known here since ${textOf(first_seen)}`,
      evidence: sighting(source),
      missing: [],
    }
  return unseenBefore(facts, source, since, days, 'false')
}

function newHere(facts: Facts, source: Source): Told {
  const { new_until_days: days } = facts.definition
  const { first_seen } = source
  const since = facts.from - days * day
  if (first_seen !== undefined && first_seen <= since)
    return {
      state: 'false',
      text: `${isAre(source)} is known here since ${textOf(first_seen)}`,
      evidence: sighting(source),
      missing: [],
    }
  return unseenBefore(facts, source, since, days, 'true')
}

/** That something was not seen before is known only where there were logs that would have shown it. */
function unseenBefore(facts: Facts, source: Source, since: number, days: number, known: State): Told {
  const telemetry = telemetryBetween(facts.telemetry, witnesses[source.kind], since, facts.from)
  const when = source.first_seen === undefined ? 'in no log' : `first at ${textOf(source.first_seen)}`
  if (telemetry.isHealthy)
    return {
      state: known,
      text: `${isAre(source)} was seen ${when}, and the ${days} days before were logged`,
      evidence: [...sighting(source), telemetry.ref],
      missing: [],
    }
  return {
    state: 'unknown',
    text: `${isAre(source)} was seen ${when}, and of the ${days} days before there are logs of ${telemetry.ref.days_seen}`,
    evidence: [...sighting(source), telemetry.ref],
    missing: [`logs of the ${days} days before the activity, without gaps`],
  }
}

function usualUser(facts: Facts, source: Source): Told {
  const users = [...new Set(assetsOf(facts, source).flatMap(({ value }) => value.users))]
  const rows = assetsOf(facts, source).map(rowRef)
  const evidence = rows.length > 0 ? rows : ownRecord(facts)
  const bare = (name: string) => name.split('\\').at(-1)?.split('@')[0] ?? name
  if (users.length === 0 || facts.users.length === 0) {
    const what = users.length === 0 ? 'the inventory names no user of it' : 'the logs name no user'
    return {
      state: 'true',
      text: `nothing contradicts who uses ${isAre(source)}: ${what}`,
      evidence,
      missing: [users.length === 0 ? `users of ${isAre(source)} in the inventory` : 'logs with names of users'],
    }
  }
  const strangers = facts.users.filter(one => !users.some(usual => bare(usual) === bare(one)))
  return {
    state: strangers.length === 0 ? 'true' : 'false',
    text:
      strangers.length === 0
        ? `${isAre(source)} was used by whom it belongs to (${facts.users.join(', ')})`
        : `${isAre(source)} was used by ${strangers.join(', ')}, and is of ${users.slice(0, 5).join(', ')}`,
    evidence,
    missing: [],
  }
}

/** Whether an address is in a feed. One of ours may be: somebody who lists it knows something. */
export function inFeed(facts: Facts, source: Source, kind: 'indicators' | 'scanners'): Told {
  const list = listState(facts.inputs, kind, facts.until)
  const word = kind === 'indicators' ? 'a feed of threats' : 'a feed of scanners'
  const [hit] = feedHits(facts, source, kind)
  if (hit !== undefined) {
    const { source: feed, confidence, what } = hit.value
    const told = [
      feed,
      kind === 'scanners' ? hit.from.tier : '',
      what,
      confidence === undefined ? '' : `confidence ${confidence}`,
    ].filter(one => one !== '')
    return {
      state: 'true',
      text: `${isAre(source)} is in ${word} (${told.join('; ').slice(0, 300)})`,
      evidence: [rowRef(hit)],
      missing: [],
    }
  }
  if (source.network === undefined)
    return {
      state: 'false',
      text: `${isAre(source)} is a host: feeds name addresses`,
      evidence: ownRecord(facts),
      missing: [],
    }
  if (list.state !== 'healthy')
    return {
      state: 'unknown',
      text: `nobody can say whether ${isAre(source)} is in ${word}`,
      evidence: [],
      missing: [list.missing],
    }
  return {
    state: 'false',
    text: `${isAre(source)} is in no feed of ${kind === 'indicators' ? 'threats' : 'scanners'} (${list.files.map(({ file }) => file).join(', ')})`,
    evidence: list.evidence,
    missing: [],
  }
}

export function feedHits(
  facts: Facts,
  { network }: Source,
  kind: 'indicators' | 'scanners',
): readonly InputRow<Indicator>[] {
  if (network === undefined) return []
  return facts.inputs.rows[kind].filter(({ value }) => {
    const listed = /^[0-9a-f.:/]+$/.test(value.value) ? networkOf(value.value) : undefined
    return (
      listed !== undefined &&
      listed.first <= network.first &&
      network.last <= listed.last &&
      holdsAt(value, facts.from, facts.until)
    )
  })
}

function outsideAndSuspect(facts: Facts, source: Source): Told {
  if (source.is_ours) {
    const text = `${isAre(source)} is one of ours`
    return {
      state: 'false',
      text,
      evidence: sighting(source).length > 0 ? sighting(source) : ownRecord(facts),
      missing: [],
    }
  }
  const { memory_days } = facts.definition
  const since = facts.from - memory_days * day
  const isFirst: Told =
    source.first_seen !== undefined && source.first_seen < facts.from
      ? {
          state: 'false',
          text: `${isAre(source)} was here before, at ${textOf(source.first_seen)}`,
          evidence: sighting(source),
          missing: [],
        }
      : unseenBefore(facts, source, since, memory_days, 'true')
  const clauses = [inFeed(facts, source, 'scanners'), inFeed(facts, source, 'indicators'), isFirst].map(one => ({
    code: '',
    weight: 0,
    ...one,
  }))
  const [first] = clauses
  return first === undefined ? isFirst : together(clauses, 'any', first)
}
