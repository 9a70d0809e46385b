import { networkOf } from '../network/index.ts'
import type { EvidenceRef, Rule } from './answer.ts'
import type { Facts, ReferenceEntry, Source } from './facts.ts'
import { holdsAt, listState, networksIn, rowRef } from './lists.ts'
import type { Clause } from './logic.ts'
import { any } from './logic.ts'
import { changesNear } from './question-change.ts'

/**
 * Question 2: a legitimate business purpose (specification T1596.003 §4.3)? Yes when what was ordered covers it, when the machine is of a team
 * whose work it is, or when a change names what was searched. No when it leaves the profile of its order, or when nothing of the kind is known
 * and all of it would be.
 */
export function questionPurpose(facts: Facts): Rule {
  const listed = listedPurposes(facts)
  const matching = listed.filter(one => facts.sources.some(source => isFor(one, source, facts.users)))
  return {
    yes_needs: 'any',
    no_when_none: true,
    yes: [ordered(facts, listed, matching), securityOwner(facts), changeNamesTarget(facts)],
    no: [outOfProfile(facts, matching)],
  }
}

/** Without the examples that ship. */
function listedPurposes({ purposes }: Facts): readonly ReferenceEntry[] {
  return purposes.filter(({ source }) => !source.startsWith('an example'))
}

function isFor({ keys }: ReferenceEntry, source: Source, users: readonly string[]): boolean {
  const networks = (keys.network ?? []).flatMap(one => networkOf(one) ?? [])
  const inNetwork = source.network !== undefined && networksIn(networks, source.network)
  return inNetwork || (keys.user ?? []).some(user => users.includes(user.toLowerCase()))
}

/** An order holds until its day of expiry, and for 180 days after it was last verified at most. */
function isInForce({ expires, last_verified }: ReferenceEntry, from: number): boolean {
  const longest = Date.parse(last_verified) + 181 * 86_400_000
  return from < Math.min(Date.parse(expires) + 86_400_000, longest)
}

const purposeRef = ({ catalogue, id }: ReferenceEntry): EvidenceRef => ({ source: 'reference', catalogue, entry: id })

const told = ({ attributes, id }: ReferenceEntry) =>
  [attributes.purpose ?? id, attributes.owner ?? '', attributes.ticket ?? '']
    .filter(one => one !== '')
    .join(', ')
    .slice(0, 200)

/** The finding itself, or one of the same source and day, says whether all of it was ordered and within what was agreed. */
function ordered(facts: Facts, listed: readonly ReferenceEntry[], matching: readonly ReferenceEntry[]): Clause {
  const clause = { code: 'ORDERED', weight: 0.5 }
  const sanctioned = [facts.finding, ...neighbours(facts)].find(({ contributions }) =>
    contributions.some(({ signal }) => signal === 'sanctioned'),
  )
  const inForce = matching.filter(one => isInForce(one, facts.from))
  if (sanctioned !== undefined) {
    const refs: readonly EvidenceRef[] = [
      { source: 'finding', finding_id: sanctioned.finding_id, title: sanctioned.title },
      ...inForce.map(purposeRef),
    ]
    return {
      ...clause,
      state: 'true',
      text: `it was ordered, within what was agreed${inForce[0] === undefined ? '' : ` (${told(inForce[0])})`}`,
      evidence: refs,
      missing: [],
    }
  }
  if (inForce[0] !== undefined)
    return {
      ...clause,
      state: 'false',
      text: `an order names the source (${told(inForce[0])}), and does not cover all of this`,
      evidence: inForce.map(purposeRef),
      missing: [],
    }
  if (matching[0] !== undefined)
    return {
      ...clause,
      state: 'false',
      text: `an order named the source (${told(matching[0])}), and has expired`,
      evidence: matching.map(purposeRef),
      missing: [],
    }
  if (listed.length === 0)
    return {
      ...clause,
      state: 'unknown',
      text: 'no orders are written down here',
      evidence: [],
      missing: ['what was ordered: intel/certificate-lookup-purposes.yaml in a directory of your own (--intel)'],
    }
  if (facts.sources.length + facts.users.length === 0)
    return {
      ...clause,
      state: 'unknown',
      text: 'the finding names nobody that an order could name',
      evidence: [],
      missing: ['a log that tells who acted'],
    }
  return {
    ...clause,
    state: 'false',
    text: `none of ${listed.length} orders names the source`,
    evidence: listed.slice(0, 20).map(purposeRef),
    missing: [],
  }
}

function neighbours({ finding, others, sources }: Facts) {
  return others.filter(
    other =>
      other.first_seen.slice(0, 10) === finding.first_seen.slice(0, 10) &&
      other.entities.some(({ value }) => sources.some(source => source.value === value.toLowerCase())),
  )
}

function securityOwner(facts: Facts): Clause {
  const clause = { code: 'OWNER_IS_SECURITY', weight: 0.25 }
  const list = listState(facts.inputs, 'assets', facts.until)
  const rows = facts.sources.map(source =>
    facts.inputs.rows.assets.find(
      ({ value }) =>
        holdsAt(value, facts.from, facts.until) &&
        (source.network === undefined
          ? value.names.includes(source.value)
          : networksIn(value.addresses, source.network)),
    ),
  )
  const found = rows.flatMap(one => one ?? [])
  const owners = [...new Set(found.map(({ value }) => value.owner).filter(one => one !== ''))]
  if (list.state !== 'healthy')
    return {
      ...clause,
      state: 'unknown',
      text: 'nobody can say whose machine it is',
      evidence: [],
      missing: [list.missing],
    }
  const isSecurity = (owner: string) =>
    facts.definition.security_owners.some(word =>
      owner
        .toLowerCase()
        .split(/[^a-z0-9]+/)
        .includes(word),
    )
  const against = facts.finding.contributions.filter(({ signal }) =>
    facts.definition.contradicting_signals.includes(signal),
  )
  const isTheirs = owners.length > 0 && found.length === facts.sources.length && owners.every(isSecurity)
  if (isTheirs && against.length === 0)
    return {
      ...clause,
      state: 'true',
      text: `it is a machine of ${owners.join(', ')}, whose work it is`,
      evidence: found.map(rowRef),
      missing: [],
    }
  if (isTheirs)
    return {
      ...clause,
      state: 'false',
      text: `it is a machine of ${owners.join(', ')}, but ${against.map(one => one.because).join(' ')}`,
      evidence: found.map(rowRef),
      missing: [],
    }
  const whose =
    owners.length === 0 ? 'no owner whose work it is, is known' : `it is a machine of ${owners.slice(0, 5).join(', ')}`
  return {
    ...clause,
    state: 'false',
    text: whose,
    evidence: found.length > 0 ? found.map(rowRef) : list.evidence,
    missing: [],
  }
}

/** The searched names only: a change of the machine itself is no reason to search. */
function changeNamesTarget(facts: Facts): Clause {
  const clause = { code: 'CHANGE_NAMES_TARGET', weight: 0.15 }
  if (facts.targets.length === 0)
    return {
      ...clause,
      ...{ state: 'unknown', text: 'what was searched is in no log', evidence: [] },
      missing: ['the searched names: a log of a proxy that opens TLS, or the owner of the source'],
    }
  const near = [changesNear(facts, 'changes', facts.targets, []), changesNear(facts, 'deployments', facts.targets, [])]
  const state = any(near.map(one => one.state))
  const deciding = near.filter(one => one.state === state)
  return {
    ...clause,
    state,
    text: deciding.map(one => one.text).join('; '),
    evidence: deciding.flatMap(one => one.evidence),
    missing: state === 'true' ? [] : near.flatMap(one => one.missing),
  }
}

function outOfProfile(facts: Facts, matching: readonly ReferenceEntry[]): Clause {
  const clause = { code: 'OUT_OF_PROFILE', weight: 0.1 }
  const signal = facts.finding.contributions.find(one => one.signal === 'out_of_profile')
  const own: EvidenceRef = { source: 'finding', finding_id: facts.finding.finding_id, title: facts.finding.title }
  if (signal !== undefined)
    return { ...clause, state: 'true', text: signal.because, evidence: [own, ...matching.map(purposeRef)], missing: [] }
  return { ...clause, state: 'false', text: 'no order was left', evidence: [own], missing: [] }
}
