import type { Finding } from '../model/index.ts'
import { networkOf } from '../network/index.ts'
import type { Answer, EvidenceRef, Reason } from './answer.ts'
import type { TriageDefinition } from './definition.ts'
import type { Facts, Source } from './facts.ts'
import { keysOf, ownRecord } from './facts.ts'
import { holdsAt, listState, networksIn, rowRef, textOf, wholeList } from './lists.ts'
import type { Clause, State } from './logic.ts'
import { any, together } from './logic.ts'
import { telemetryBetween } from './telemetry.ts'

type CoordinationClause = TriageDefinition['coordination']['clauses'][number]

/** One of the runbook's reasons to escalate. */
export type Ground = {
  readonly id: 'e1' | 'e2' | 'e3'
  /** In the runbook's own words. */
  readonly says: string
  readonly state: State
  readonly reasons: readonly Reason[]
  readonly missing: readonly string[]
}

export type Decision = {
  readonly decision: 'escalate' | 'monitor' | 'close'
  readonly grounds: readonly Ground[]
  /** A sentence. */
  readonly because: string
  /** Of a decision to monitor: when it has to be looked at again, ISO 8601. */
  readonly until?: string
  /** The setting that put an escalation off, with its value: printed on every case it touched. */
  readonly deferred_by?: string
}

/**
 * Escalates exactly when one of the runbook's three reasons holds (specification T1596.003 §4.4 with its errata). The score orders the queue and
 * decides nothing, unless the site set `defer_unknown_below`.
 */
export function decisionOf(facts: Facts, [q1, q2]: readonly [Answer, Answer, Answer]): Decision {
  const grounds = [unverifiable(facts, q1, q2), coordinated(facts), riskyPlace(facts)] as const
  const holding = grounds.filter(({ state }) => state === 'true')
  const words = facts.definition
  const untold = q1.verdict !== 'no' && q2.verdict !== 'no'
  const { defer_unknown_below: least } = words
  const isDeferred = holding.length === 1 && holding[0]?.id === 'e1' && untold && facts.finding.score < least
  const later = () => new Date(facts.until + words.monitor_hours * 3_600_000).toISOString()
  if (isDeferred)
    return {
      decision: 'monitor',
      grounds,
      because: `Nobody can say who it was or why, and its score of ${facts.finding.score} is below ${least}.`,
      until: later(),
      deferred_by: `defer_unknown_below: ${least}`,
    }
  if (holding.length > 0) return { decision: 'escalate', grounds, because: sentence(holding.map(({ says }) => says)) }
  const open = grounds.filter(({ state }) => state === 'unknown')
  if (open.length > 0)
    return {
      decision: 'monitor',
      grounds,
      because: `The source is known and has a purpose. Nobody can say: ${open.map(({ says }) => says).join('; ')}.`,
      until: later(),
    }
  return {
    decision: 'close',
    grounds,
    because:
      'The source is known and has a purpose, nothing else happened beside it, and it came from no place of high risk.',
  }
}

function sentence(parts: readonly string[]): string {
  const text = parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function ground(id: Ground['id'], says: string, clauses: readonly Clause[]): Ground {
  const missing = [...new Set(clauses.flatMap(one => (one.state === 'unknown' ? one.missing : [])))]
  const reasons = clauses.map(({ code, state, text, weight, evidence }) => ({ code, state, text, weight, evidence }))
  return { id, says, state: any(clauses.map(({ state }) => state)), reasons, missing }
}

/** E1: not both questions are answered with yes. It is never unknown: what nobody can say is not verified. */
export function unverifiable({ definition }: Facts, q1: Answer, q2: Answer): Ground {
  const clause = (code: string, answer: Answer, what: string): Clause => ({
    code,
    state: answer.verdict === 'yes' ? 'false' : 'true',
    text: `${what}: ${answer.verdict}`,
    weight: 0.5,
    evidence: answer.reasons.flatMap(one => one.evidence).slice(0, 20),
    missing: [],
  })
  const clauses = [
    clause('SOURCE_NOT_VERIFIED', q1, 'a known and trusted source'),
    clause('PURPOSE_NOT_VERIFIED', q2, 'a legitimate purpose'),
  ]
  return {
    ...ground('e1', definition.words.escalate_when[0], clauses),
    missing: [...new Set([...q1.missing, ...q2.missing])],
  }
}

/** E2: something else near it shares an address, a host, a user or a domain. */
function coordinated(facts: Facts): Ground {
  const { definition, finding, others } = facts
  const own = keysOf([
    ...finding.entities.filter(({ kind }) => joining.has(kind)).map(({ value }) => value),
    ...facts.targets,
  ])
  const clauses = definition.coordination.clauses.map((clause): Clause => {
    const { code, says, detections, by_itself } = clause
    const beside = others.filter(
      other =>
        detections.includes(other.detection_id) &&
        isNear(facts, Date.parse(other.first_seen), Date.parse(other.last_seen)) &&
        shares(own, other),
    )
    const isItself = by_itself && detections.includes(finding.detection_id)
    const told = isItself ? [finding, ...beside] : beside
    const refs = told
      .slice(0, 20)
      .map((one): EvidenceRef => ({ source: 'finding', finding_id: one.finding_id, title: one.title }))
    if (told.length > 0)
      return {
        code,
        state: 'true',
        text: `${says}: ${told
          .slice(0, 3)
          .map(one => one.summary.slice(0, 200))
          .join('; ')}`,
        weight: 0.2,
        evidence: refs,
        missing: [],
      }
    return quietDetections(facts, clause)
  })
  return ground('e2', definition.words.escalate_when[1], [
    ...clauses,
    unsanctioned(facts, own),
    reported(facts, own, 'phishing'),
    reported(facts, own, 'alerts'),
  ])
}

/** Of a finding that was itself a reason, the fields that say who and about what. */
const joining: ReadonlySet<string> = new Set([
  'source_address',
  'host_name',
  'user_name',
  'user_id',
  'certificate_names',
  'destination_address',
])

/** A hunt that found nothing of the kind says something where its logs were there on every day of it. */
function quietDetections(facts: Facts, { code, says, telemetry: wanted }: CoordinationClause): Clause {
  const seen = telemetryBetween(facts.telemetry, wanted, facts.from, facts.until)
  if (seen.isHealthy)
    return {
      code,
      state: 'false',
      text: `the hunt found nothing of this kind beside it: ${says}`,
      weight: 0.2,
      evidence: [seen.ref],
      missing: [],
    }
  return {
    ...{ code, weight: 0.2, state: 'unknown', evidence: [] },
    text: `nobody can say whether there was ${says}`,
    missing: [`logs of the days of it: ${wanted.join(' or ')}`],
  }
}

function isNear({ definition, from, until }: Facts, start: number, end: number): boolean {
  const reach = definition.coordination.hours * 3_600_000
  return start <= until + reach && end >= from - reach
}

function shares(own: ReadonlySet<string>, other: Finding): boolean {
  const theirs = keysOf(other.entities.filter(({ kind }) => joining.has(kind)).map(({ value }) => value))
  return [...theirs].some(one => own.has(one))
}

/** A new certificate that nobody let be issued: for the domain it is about, or soon after it turned to an authority. */
function unsanctioned(facts: Facts, own: ReadonlySet<string>): Clause {
  const clause = { code: 'UNSANCTIONED_CERTIFICATE', weight: 0.2 }
  const { certificates, missing } = facts.issued
  const { orders } = facts.definition
  const isOrder = orders.detections.includes(facts.finding.detection_id)
  const reach = orders.hours * 3_600_000
  const found = certificates.filter(({ state, names, not_before }) => {
    if (state !== 'unsanctioned' || !isNear(facts, not_before, not_before)) return false
    const isAbout = [...keysOf(names)].some(one => own.has(one))
    return isAbout || (isOrder && not_before >= facts.from - reach && not_before <= facts.until + reach)
  })
  const says = 'a certificate for a name of ours, or one that looks like it, that nobody let be issued'
  if (found.length > 0) {
    const told = found.slice(0, 3).map(one => `${one.names.slice(0, 2).join(', ')} (${one.verdict}: ${one.because})`)
    const refs = found
      .slice(0, 20)
      .map(
        (one): EvidenceRef => ({ source: 'certificate', certificate: one.certificate, names: one.names.slice(0, 5) }),
      )
    return { ...clause, state: 'true', text: `${says}: ${told.join('; ')}`, evidence: refs, missing: [] }
  }
  const logs = telemetryBetween(facts.telemetry, ['certificate_sighting'], facts.from, facts.until)
  if (missing !== '' || !logs.isHealthy)
    return {
      ...{ ...clause, state: 'unknown', evidence: [] },
      text: `nobody can say whether there was ${says}`,
      missing: [missing === '' ? 'the logs of Certificate Transparency of those days: counterseal ct watch' : missing],
    }
  return { ...clause, state: 'false', text: `there was not ${says}`, evidence: [logs.ref], missing: [] }
}

function reported(facts: Facts, own: ReadonlySet<string>, kind: 'alerts' | 'phishing'): Clause {
  const [code, word] =
    kind === 'alerts'
      ? ['ALERT_BESIDE', 'an alert of medium severity or more']
      : ['PHISHING_BESIDE', 'reported phishing']
  const clause = { code, weight: 0.2 }
  const found = facts.inputs.rows[kind].filter(
    ({ value: { time, severity, entities } }) =>
      isNear(facts, time, time) &&
      (kind === 'phishing' || (severity !== 'informational' && severity !== 'low')) &&
      [...keysOf(entities)].some(one => own.has(one)),
  )
  if (found.length > 0) {
    const told = found.slice(0, 3).map(({ value }) => `${value.title.slice(0, 160)} of ${textOf(value.time)}`)
    return {
      ...clause,
      state: 'true',
      text: `${word}: ${told.join('; ')}`,
      evidence: found.slice(0, 20).map(rowRef),
      missing: [],
    }
  }
  const list = listState(facts.inputs, kind, facts.until)
  const files = list.files.filter(({ as_of }) => as_of >= facts.until)
  if (files.length === 0)
    return {
      ...clause,
      state: 'unknown',
      text: `nobody can say whether there was ${word}`,
      evidence: [],
      missing: [list.missing === '' ? `${kind} of after ${textOf(facts.until)}` : list.missing],
    }
  const latest = Math.max(...files.map(({ as_of }) => as_of))
  return {
    ...clause,
    state: 'false',
    text: `no ${word} has to do with it, as of ${textOf(latest)}`,
    evidence: files.map(wholeList),
    missing: [],
  }
}

/** E3: where it came from. */
function riskyPlace(facts: Facts): Ground {
  const nothing: Clause = {
    ...{ code: 'HIGH_RISK_PLACE', weight: 1, state: 'unknown', evidence: [] },
    text: 'the finding names no address that acted',
    missing: ['a log that tells the address'],
  }
  const clauses = facts.sources.map(
    (source): Clause => ({ code: 'HIGH_RISK_PLACE', weight: 1, ...placeOf(facts, source) }),
  )
  return ground('e3', facts.definition.words.escalate_when[2], [together(clauses, 'any', nothing)])
}

function placeOf(facts: Facts, source: Source): Omit<Clause, 'code' | 'weight'> {
  if (source.is_ours) return ownPlace(facts, source)
  const list = listState(facts.inputs, 'locations', facts.until)
  const told = facts.inputs.locate(source.value)
  const risky = told.flatMap(({ location, from }) => {
    const { countries, systems, traits } = from.high_risk
    const why = [
      countries.includes(location.country) ? `country ${location.country}` : '',
      systems.includes(location.asn) ? `AS${location.asn} ${location.as_name}` : '',
      ...location.traits.filter(one => traits.includes(one)),
    ].filter(one => one !== '')
    return why.length === 0 ? [] : [{ why, from }]
  })
  const evidence = told.map(({ from }) => wholeList(from))
  if (risky.length > 0)
    return {
      state: 'true',
      text: `${source.value} is of high risk here: ${[...new Set(risky.flatMap(({ why }) => why))].join(', ')}`,
      evidence,
      missing: [],
    }
  if (list.state !== 'healthy')
    return { state: 'unknown', text: `nobody can say where ${source.value} is`, evidence: [], missing: [list.missing] }
  if (told.length === 0)
    return {
      state: 'unknown',
      text: `no database knows where ${source.value} is`,
      evidence: list.evidence,
      missing: [`a database that knows ${source.value}`],
    }
  const where = told
    .map(({ location }) =>
      [location.country, location.asn === 0 ? '' : `AS${location.asn} ${location.as_name}`]
        .filter(one => one !== '')
        .join(' '),
    )
    .join(', ')
  return {
    state: 'false',
    text: `${source.value} is in ${where}, which is of no high risk here`,
    evidence,
    missing: [],
  }
}

/** One of our networks is no risky place, unless people come to it from elsewhere. */
function ownPlace(facts: Facts, source: Source): Omit<Clause, 'code' | 'weight'> {
  const rows = facts.inputs.rows.assets.filter(
    ({ value }) =>
      source.network !== undefined &&
      networksIn(value.addresses, source.network) &&
      holdsAt(value, facts.from, facts.until),
  )
  const roles = [
    ...rows.map(({ value }) => `${value.role} ${value.zone}`.toLowerCase()),
    ...segmentRoles(facts, source),
  ]
  if (roles.some(one => /\bvpn\b|\bremote\b/.test(one)))
    return {
      state: 'unknown',
      text: `${source.value} is handed out to those who come from elsewhere`,
      evidence: rows.map(rowRef),
      missing: ['the logs of the VPN: from which address the session came'],
    }
  return {
    state: 'false',
    text: `${source.value} is one of our own`,
    evidence: ownRecord(facts),
    missing: [],
  }
}

function segmentRoles({ segments }: Facts, { network }: Source): readonly string[] {
  if (network === undefined) return []
  return segments.flatMap(({ keys, attributes, source }) => {
    const isMeant =
      !source.startsWith('an example') &&
      networksIn(
        (keys.network ?? []).flatMap(one => networkOf(one) ?? []),
        network,
      )
    return isMeant ? [attributes.role ?? ''] : []
  })
}
