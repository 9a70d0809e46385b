import type { Family, Grade, LocalItem } from './grade.ts'
import type { TimeJudgement } from './time-class.ts'

/** States of a lead (specification AN1972 §6.5). */
export const states = [
  'LEAD',
  'CANDIDATE_CONTACT',
  'CORROBORATED',
  'ESCALATED',
  'REFUTED',
  'UNANSWERABLE',
  'EXPIRED',
] as const
export type LeadState = (typeof states)[number]

export type JudgedItem = { readonly item: LocalItem; readonly grade: Grade; readonly time: TimeJudgement }

/** Something that the other side does, and not what it is. Never from a pivot or a label of our own. */
export type Behaviour = {
  readonly kind: 'beacon' | 'kit_trait' | 'alert' | 'egress' | 'verdict'
  readonly text: string
  /** event_uid of records, or the row of a feed. */
  readonly evidence: readonly string[]
}

export type Refutation = {
  readonly kind: 'own' | 'vendor' | 'exercise' | 'suppressed' | 'benign'
  readonly text: string
}

export type StateFacts = {
  /** 0 to 1: of the pivot. */
  readonly confidence: number
  readonly items: readonly JudgedItem[]
  /** The entity is on a list of platforms that strangers share. */
  readonly is_shared: boolean
  readonly refutations: readonly Refutation[]
  /** Machines of ours that had contact, and that were active at all in the time. */
  readonly prevalence: { readonly hosts: number; readonly active: number }
  readonly behaviours: readonly Behaviour[]
  /** Share of the time that the lead asks about, that the logs cover which could answer, 0 to 1. */
  readonly covered: number
  /** Who looked at it and agrees: nobody escalates by program. */
  readonly reviewer?: string
  /** Days since the lead was made. */
  readonly age_days: number
}

export type StateSettings = {
  readonly least_confidence: number
  readonly least_coverage: number
  readonly most_prevalence: number
  readonly least_fading: number
  readonly most_age_days: number
}

/** Of specification §6.5; the confidence of an edge that was scored anew, §6.5 REFUTED. */
export const usualStates: StateSettings = {
  least_confidence: 0.35,
  least_coverage: 0.8,
  most_prevalence: 0.05,
  least_fading: 0.5,
  most_age_days: 180,
}

export type StateDecision = {
  readonly state: LeadState
  /** Everything for an escalation is there but the name of a reviewer. */
  readonly ready_to_escalate: boolean
  /** Sentences: what the state stands on. */
  readonly because: readonly string[]
  /** Sentences: what the next state needs; empty at an end. */
  readonly needs: readonly string[]
}

/** A pure function of its facts: no certificate match alone leaves LEAD (invariant I1). */
export function decideState(facts: StateFacts, settings: StateSettings = usualStates): StateDecision {
  const { items, refutations, covered } = facts
  const at = (
    state: LeadState,
    because: readonly string[],
    needs: readonly string[] = [],
    ready_to_escalate = false,
  ): StateDecision => ({ state, ready_to_escalate, because, needs })
  if (refutations.length > 0)
    return at(
      'REFUTED',
      refutations.map(({ text }) => text),
    )
  if (facts.confidence < settings.least_confidence)
    return at('REFUTED', [
      `its confidence is ${facts.confidence}, below ${settings.least_confidence}, since it was scored anew`,
    ])
  const possible = items.filter(({ time }) => time.class !== 'PRE_REGISTRATION')
  if (items.length > 0 && possible.length === 0)
    return at('REFUTED', ['every contact was before the domain was registered: it was somebody else’s'])
  const contacts = possible.filter(({ grade }) => grade >= 2)
  if (contacts.length === 0) {
    if (covered < settings.least_coverage)
      return at(
        'UNANSWERABLE',
        [`the logs that could tell cover ${percent(covered)} of the time`],
        ['the logs of the rest of that time'],
      )
    if (facts.age_days > settings.most_age_days)
      return at('EXPIRED', [`no contact in ${facts.age_days} days, and the logs cover ${percent(covered)} of the time`])
    return at(
      'LEAD',
      [`no contact, and the logs cover ${percent(covered)} of the time`],
      ['a contact of a machine of ours, in any log'],
    )
  }
  const missing = missingFor(facts, contacts, settings)
  if (missing.length > 0) return at('CANDIDATE_CONTACT', [told(contacts)], missing)
  if (facts.behaviours.length === 0)
    return at(
      'CORROBORATED',
      [told(contacts)],
      ['what the other side does: a beacon, a trait of a kit, an alert, unusual egress, or an independent verdict'],
    )
  const shown = facts.behaviours.map(({ text }) => text)
  if (facts.reviewer === undefined || facts.reviewer.trim() === '')
    return at('CORROBORATED', [told(contacts), ...shown], ['the name of somebody who looked at it and agrees'], true)
  return at('ESCALATED', [told(contacts), ...shown, `${facts.reviewer} agrees`])
}

/** What keeps contacts from corroborating. */
function missingFor(
  { is_shared, prevalence }: StateFacts,
  contacts: readonly JudgedItem[],
  settings: StateSettings,
): readonly string[] {
  const fitting = contacts.filter(({ time, grade }) => isInTime(time, grade, settings))
  const pairs = grouped(fitting)
  const isPaired = [...pairs.values()].some(own => familiesOf(own).size >= 2 && own.some(({ grade }) => grade >= 3))
  // In a small house one machine is a large share, and still one machine.
  const isUsual = prevalence.hosts > Math.max(1, settings.most_prevalence * prevalence.active)
  return [
    ...(fitting.length === 0 ? ['a contact at a time at which it was the lead’s'] : []),
    ...(isPaired
      ? []
      : [
          'two kinds of telemetry that do not come of the same packets, of one machine and one name or address, one of them more than a DNS question',
        ]),
    ...(is_shared && !contacts.some(({ grade }) => grade >= 4)
      ? ['the certificate itself, or name and address together: strangers share the network']
      : []),
    ...(isUsual ? [`why ${prevalence.hosts} of ${prevalence.active} machines go there`] : []),
  ]
}

function isInTime({ class: kind, weight }: JudgedItem['time'], grade: Grade, { least_fading }: StateSettings): boolean {
  if (kind === 'IN_SIGHTING' || kind === 'IN_VALIDITY_UNSIGHTED') return true
  return (kind === 'POST_SIGHTING' && weight >= least_fading) || (kind === 'POST_EXPIRY' && grade === 5)
}

function grouped(items: readonly JudgedItem[]): ReadonlyMap<string, readonly JudgedItem[]> {
  const pairs = new Map<string, JudgedItem[]>()
  for (const one of items) {
    const key = JSON.stringify([one.item.asset, one.item.entity])
    pairs.set(key, [...(pairs.get(key) ?? []), one])
  }
  return pairs
}

/** Two logs of the same packets count once: a family counts when it has packets of its own, or none that any log names. */
function familiesOf(items: readonly JudgedItem[]): ReadonlySet<Family> {
  const seen = new Map<string, Family>()
  const counted = new Set<Family>()
  for (const { item } of [...items].sort((a, b) => b.grade - a.grade)) {
    const before = item.packet === '' ? undefined : seen.get(item.packet)
    if (before !== undefined && before !== item.family) continue
    if (item.packet !== '') seen.set(item.packet, item.family)
    counted.add(item.family)
  }
  return counted
}

function told(contacts: readonly JudgedItem[]): string {
  const assets = new Set(contacts.map(({ item }) => item.asset)).size
  const kinds = [...new Set(contacts.map(({ item }) => item.family))].sort()
  const best = Math.max(...contacts.map(({ grade }) => grade))
  return `${contacts.length} records of ${assets} ${assets === 1 ? 'machine' : 'machines'} in ${kinds.join(', ')}, the best of grade E${best}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
