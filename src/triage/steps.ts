import { registrableDomain } from '../hostname/index.ts'
import type { EventStore, Params } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { EvidenceRef } from './answer.ts'
import type { Facts } from './facts.ts'
import { instantText } from './facts.ts'
import { listState, rowRef, textOf, wholeList } from './lists.ts'
import { feedHits, inFeed } from './question-source.ts'

/** A line of what a step found out. */
export type StepLine = { readonly text: string; readonly evidence: readonly EvidenceRef[] }

/** A step of the runbook, as far as it can be computed. */
export type Step = {
  readonly id: string
  /** In the runbook's own words. */
  readonly says: string
  /** `computed`: what the records and lists can say is said. `open`: somebody has to do it; what is known stands in the lines. */
  readonly state: 'computed' | 'open'
  /** At most 60, and `more` says how many were left out. */
  readonly lines: readonly StepLine[]
  readonly more: number
  readonly missing: readonly string[]
}

export type StepSources = {
  readonly store: EventStore
  /** Snapshot of the reference data. */
  readonly intel: string
  readonly signal?: AbortSignal
}

const mostLines = 60
const hour = 3_600_000

/** Steps of level 1 and actions of tier 2, in the runbook's order. */
export async function stepsOf(facts: Facts, sources: StepSources): Promise<readonly Step[]> {
  const { level_1, tier_2, containment } = facts.definition.words.steps
  const step = (id: string, says: string | undefined, made: Made): Step => ({
    ...{ id, says: says ?? '', state: made.state, missing: made.missing },
    lines: made.lines.slice(0, mostLines),
    more: Math.max(0, made.lines.length - mostLines),
  })
  return [
    step('l1-1', level_1[0], await services(facts, sources)),
    step('l1-2', level_1[1], feeds(facts)),
    step('l1-3', level_1[2], timeline(facts)),
    step('t2-1', tier_2[0], await profile(facts, sources)),
    step('t2-2', tier_2[1], enrichment(facts)),
    step('t2-3', tier_2[2], certificates(facts)),
    step('c-1', containment[0], block(facts)),
    step('c-2', containment[1], toDo(['counterseal checklist t1596-003'])),
    step(
      'c-3',
      containment[2],
      toDo([
        `counterseal sandbox FILE… --finding ${facts.finding.finding_id} --reference CASE --because "…" --out bundles`,
      ]),
    ),
  ]
}

type Made = Pick<Step, 'state' | 'lines' | 'missing'>

function toDo(texts: readonly string[]): Made {
  return { state: 'open', lines: texts.map(text => ({ text, evidence: [] })), missing: [] }
}

async function ask({ store, signal }: StepSources, name: string, facts: Facts, more: Params = {}) {
  const addresses = facts.sources.flatMap(({ kind, value }) => (kind === 'address' ? [value] : []))
  if (addresses.length === 0) return []
  const params = {
    addresses,
    from: instantText(facts.from - 24 * hour),
    until: instantText(facts.until + 24 * hour),
    ...more,
  }
  return await rowsOf(store, name, { params, ...(signal === undefined ? {} : { signal }) })
}

/** L1-1: what was accessed, for somebody of IT to say whether it is known. */
async function services(facts: Facts, sources: StepSources): Promise<Made> {
  const rows = await ask(sources, 'triage-services', facts, { intel: sources.intel })
  const isOrdered = facts.finding.contributions.some(({ signal }) => signal === 'sanctioned')
  const lines = rows.map(({ address, host, entry, category, contacts, first_seen, last_seen, event_uid }) => ({
    text: `${address} → ${host} (${entry}${category === '' ? '' : `, ${category}`}): ${contacts} minutes from ${first_seen} to ${last_seen}`,
    evidence: [{ source: 'record' as const, event_uid: String(event_uid) }],
  }))
  if (isOrdered) return { state: 'computed', lines, missing: [] }
  const ask_whom =
    'IT says which of these are known; what is, goes into intel/certificate-lookup-purposes.yaml with an owner and a day of expiry'
  return {
    state: 'open',
    lines,
    missing: [lines.length === 0 ? 'logs of DNS, TLS or a proxy with the source: no contact is in them' : ask_whom],
  }
}

/** L1-2: addresses against feeds. */
function feeds(facts: Facts): Made {
  const lines = facts.sources.flatMap(source =>
    (['indicators', 'scanners'] as const).map(kind => {
      const told = inFeed(facts, source, kind)
      return { text: told.text, evidence: told.evidence, state: told.state, missing: told.missing }
    }),
  )
  const missing = [...new Set(lines.flatMap(one => (one.state === 'unknown' ? one.missing : [])))]
  return {
    state: missing.length === 0 && lines.length > 0 ? 'computed' : 'open',
    lines: lines.map(({ text, evidence }) => ({ text, evidence })),
    missing,
  }
}

/** L1-3: what else there was, 72 hours before and after. */
function timeline(facts: Facts): Made {
  const reach = 72 * hour
  const isNear = (start: number, end = start) => start <= facts.until + reach && end >= facts.from - reach
  const { rows } = facts.inputs
  const told = [
    ...(['alerts', 'phishing'] as const).flatMap(kind =>
      rows[kind].flatMap(row =>
        isNear(row.value.time)
          ? [{ at: row.value.time, text: `${kind}: ${row.value.severity} ${row.value.title}`, evidence: [rowRef(row)] }]
          : [],
      ),
    ),
    ...(['changes', 'deployments'] as const).flatMap(kind =>
      rows[kind].flatMap(row =>
        isNear(row.value.start, row.value.end)
          ? [
              {
                at: row.value.start,
                text: `${kind}: ${row.value.ticket} ${row.value.summary} ${row.value.scope.slice(0, 5).join(', ')}`,
                evidence: [rowRef(row)],
              },
            ]
          : [],
      ),
    ),
    ...facts.others.flatMap(one =>
      isNear(Date.parse(one.first_seen), Date.parse(one.last_seen))
        ? [
            {
              at: Date.parse(one.first_seen),
              text: `finding (${one.verdict}): ${one.summary.slice(0, 200)}`,
              evidence: [{ source: 'finding' as const, finding_id: one.finding_id, title: one.title }],
            },
          ]
        : [],
    ),
  ].sort((a, b) => a.at - b.at || (a.text < b.text ? -1 : 1))
  const missing = (['alerts', 'deployments'] as const)
    .flatMap(kind => listState(facts.inputs, kind, facts.until).missing)
    .filter(one => one !== '')
  return {
    state: missing.length === 0 ? 'computed' : 'open',
    lines: told.map(({ at, text, evidence }) => ({ text: `${textOf(at)} ${text.trim()}`, evidence })),
    missing,
  }
}

/** T2-1: what the source did on the network. */
async function profile(facts: Facts, sources: StepSources): Promise<Made> {
  const rows = await ask(sources, 'triage-profile', facts)
  const lines = rows.map(row => {
    const names = (row.names as readonly unknown[]).map(String) // arrays of texts, by the query
    const prints = [...(row.ja4 as readonly unknown[]), ...(row.ja3 as readonly unknown[])].map(String)
    const regular =
      row.gap_variation !== null && Number(row.gap_variation) < 0.2 ? `, regular: every ${row.gap_seconds} s` : ''
    const said = names.length === 0 ? '' : ` (${names.join(', ')})`
    return {
      text: `${row.address} → ${row.peer}:${row.port}${said}: ${row.sessions} sessions, ${row.bytes_out} bytes out, ${row.bytes_in} in${regular}${prints.length === 0 ? '' : `; ${prints.slice(0, 3).join(', ')}`}`,
      evidence: [{ source: 'record' as const, event_uid: String(row.event_uid) }],
    }
  })
  const filter = facts.sources.flatMap(({ kind, value }) => (kind === 'address' ? [`host ${value}`] : [])).join(' or ')
  const packets = {
    text: `packets to pull: ${filter} from ${textOf(facts.from)} to ${textOf(facts.until)}`,
    evidence: [],
  }
  if (filter === '') return { state: 'open', lines: [], missing: ['a log that tells the address of the source'] }
  return {
    state: 'open',
    lines: [...lines, packets],
    missing:
      lines.length === 0
        ? ['logs of flows, TLS or HTTP with the source on these days']
        : ['the packets, where a sensor keeps them'],
  }
}

/** T2-2: what can be said of the addresses and domains here, and what to ask elsewhere. */
function enrichment(facts: Facts): Made {
  const outside = facts.sources.filter(({ is_ours }) => !is_ours)
  const known = outside.flatMap(source => [
    ...(['indicators', 'scanners'] as const).flatMap(kind =>
      feedHits(facts, source, kind).map(row => ({
        text: `${source.value}: ${row.value.source} ${row.value.what}`.trim(),
        evidence: [rowRef(row)],
      })),
    ),
    ...facts.inputs.locate(source.value).map(({ location, from }) => ({
      text: `${source.value}: ${location.country} AS${location.asn} ${location.as_name} ${location.traits.join(' ')}`.trim(),
      evidence: [wholeList(from)],
    })),
  ])
  const domains = [...new Set(facts.targets.flatMap(one => registrableDomain(one) ?? []))]
  const queries = [
    ...outside.map(({ value }) => `ask elsewhere: RDAP of ${value}, its reverse name, and passive DNS`),
    ...domains.map(domain => `counterseal pivot ${domain}`),
    ...domains.map(domain => `ask elsewhere: RDAP of ${domain} (when it was registered, by whom)`),
  ]
  return { state: 'open', lines: [...known, ...queries.map(text => ({ text, evidence: [] }))], missing: [] }
}

/** T2-3 */
function certificates(facts: Facts): Made {
  const domains = [...new Set(facts.targets.flatMap(one => registrableDomain(one) ?? []))]
  return toDo([
    `counterseal cert review --since ${new Date(facts.from).toISOString().slice(0, 10)}${domains.map(one => ` ${one}`).join('')}`,
  ])
}

/** C-1: only what is outside can be blocked, and only what somebody found to be malicious should be. */
function block(facts: Facts): Made {
  const outside = facts.sources.filter(({ is_ours }) => !is_ours).map(({ value }) => value)
  if (outside.length === 0)
    return {
      state: 'open',
      lines: [
        {
          text: 'the source is one of ours: isolate it on the host, or take its access away; there is nothing outside to block',
          evidence: [],
        },
      ],
      missing: [],
    }
  return toDo([`counterseal contain --finding ${facts.finding.finding_id} --reference CASE --because "…"`])
}
