import type { Finding } from '../model/index.ts'
import { markdownTable, prose, quoted } from './markdown-text.ts'
import type { Ticket, TicketExport } from './ticket-export.ts'

/** Markdown for a ticket: everything a finding must explain (specification AN1246 §2.7), in the order one reads it. */
export const ticketMarkdown: TicketExport = {
  name: 'markdown',
  title: 'Markdown for a ticket',
  mediaType: 'text/markdown',
  *write({ finding, leads }) {
    yield* head(finding)
    yield* arithmetic(finding)
    yield* classes(finding)
    yield* timeline(finding)
    yield* joins(finding)
    yield* approvals(finding)
    yield* entities(finding)
    yield* gaps(finding)
    yield* nextSteps(finding, leads)
    yield section('What would change the verdict')
    yield* list(finding.would_change.map(prose))
    yield* origin(finding)
  },
}

function* head({ finding_id, verdict, title, summary, first_seen, last_seen, event_count, entities }: Finding) {
  const hosts = entities.filter(({ kind }) => kind === 'host_name').map(({ value }) => quoted(value))
  yield `# ${verdict.toUpperCase()}: ${prose(title)}\n\n`
  yield `${hosts.length === 0 ? '' : `On ${hosts.join(', ')}, `}${first_seen} to ${last_seen} (UTC), ${event_count} ${event_count === 1 ? 'event' : 'events'}.\n\n`
  yield `${quoted(summary)}\n\n`
  yield `Finding ${quoted(finding_id)}. Text in ${quoted('this form')} comes from evidence; an attacker may have chosen it.\n`
}

function* arithmetic({ verdict, score, contributions, correlation }: Finding) {
  yield section('Verdict and score')
  for (const { rule, title, because } of correlation?.standalone ?? [])
    yield `Rule ${prose(rule)} is enough by itself: ${prose(title)}. ${prose(because)}\n\n`
  const sum = contributions.reduce((total, { points }) => total + points, 0)
  const cut = Math.abs(sum - score) < 0.005 ? '' : ` (the sum is ${sum}, and a score has at most 100)`
  yield `**${verdict}**, score ${score} = ${contributions.map(({ points }) => String(points)).join(' + ')}${cut}\n\n`
  yield markdownTable(
    ['points', 'signal', 'because'],
    contributions.map(({ points, signal, because }) => [String(points), prose(signal), prose(because)]),
  )
  const rarest = correlation?.rarest_on_hosts
  if (rarest !== undefined) yield `\nThe rarest part of it is on ${rarest} ${rarest === 1 ? 'host' : 'hosts'}.\n`
  else if (correlation !== undefined) yield '\nHow rare it is cannot be said: there is too little history.\n'
}

const states = { observed: 'observed', absent: 'looked for, not there', not_evaluable: 'NOT EVALUABLE' } as const

function* classes({ correlation }: Finding) {
  if (correlation === undefined) return
  yield section('Classes of evidence')
  for (const { title, state, why, remedy } of correlation.classes) {
    yield `- **${prose(title)}**: ${states[state]}${why === '' ? '' : `, ${quoted(why)}`}\n`
    if (remedy !== '') yield `  - To see it: ${quoted(remedy)}\n`
  }
}

function* timeline({ correlation, evidence, event_count }: Finding) {
  yield section('Timeline')
  const places = new Map(evidence.map(one => [one.event_uid, `${quoted(one.file)} record ${one.record_number}`]))
  const record = (uid: string) => `  - evidence ${quoted(uid)}${places.has(uid) ? `, ${places.get(uid)}` : ''}\n`
  for (const [nth, one] of (correlation?.observations ?? []).entries()) {
    const until = one.last_seen === one.first_seen ? '' : ` to ${one.last_seen}`
    yield `- (${nth + 1}) ${one.first_seen}${until}, ${quoted(one.summary)}\n`
    yield `  - ${prose(one.detection_id)}, class ${prose(one.class)}, ${one.points} points\n`
    yield record(one.event_uid)
  }
  const more = (correlation?.observation_count ?? 0) - (correlation?.observations.length ?? 0)
  if (more > 0) yield `- and ${more} more observations: the JSON of the hunt counts them\n`
  const told = new Set(correlation?.observations.map(({ event_uid }) => event_uid))
  const others = evidence.filter(({ event_uid }) => !told.has(event_uid))
  if (others.length > 0) yield `- ${correlation === undefined ? 'records' : 'further records of these'}:\n`
  for (const { event_uid } of others) yield record(event_uid)
  if (event_count > evidence.length) yield `- ${event_count - evidence.length} more records are not listed\n`
}

function* joins({ correlation }: Finding) {
  if (correlation === undefined) return
  yield section('What holds it together')
  if (correlation.joins.length === 0) yield 'Nothing is joined: there is one observation.\n'
  for (const { because, value, strength, observations } of correlation.joins) {
    const which = observations.map(nth => `(${nth + 1})`).join(' ')
    yield `- ${prose(because)}, strength ${strength}: ${quoted(value)}${which === '' ? '' : ` in ${which}`}\n`
  }
}

const matches = {
  exact: 'approved exactly this',
  partial: 'DOES NOT FIT: approved nearly this',
  expired: 'had expired',
  refused: 'names exactly this, and this may not be approved',
} as const

function* approvals({ correlation }: Finding) {
  const { approvals: consulted, without_approval: without, exercises = [] } = correlation ?? {}
  if (consulted === undefined && exercises.length === 0) return
  yield section('Approvals')
  yield 'Names are what was entered; nobody checked them.\n\n'
  for (const { ticket, approver, kind, because, match, differs, observations } of consulted ?? []) {
    const which = observations.map(nth => `(${nth + 1})`).join(' ')
    yield `- ${prose(kind)} ${quoted(ticket)}, approved by ${quoted(approver)}: **${matches[match]}**${which === '' ? '' : `, ${which}`}\n`
    if (because !== '') yield `  - because ${quoted(because)}\n`
    for (const { what, approved, actual } of differs)
      yield `  - ${prose(what)}: approved ${quoted(approved)}, done ${quoted(actual)}\n`
  }
  if (without !== undefined)
    yield `- without approval it would have been **${without.verdict}**, score ${without.score}\n`
  for (const ticket of exercises) yield `- falls into the declared exercise ${quoted(ticket)}\n`
}

function* entities({ entities: named }: Finding) {
  yield section('Who and what')
  yield* list(named.map(({ kind, value }) => `${prose(kind)}: ${quoted(value)}`))
}

function* gaps({ blind }: Finding) {
  yield section('What nobody could see')
  if (blind.length === 0) yield 'Nothing that is known of.\n'
  for (const { what, why } of blind) yield `- ${quoted(what)}: ${quoted(why)}\n`
}

function* nextSteps({ blind, evidence, entities }: Finding, leads: Ticket['leads']) {
  yield section('What to collect and do next')
  for (const { fingerprint, kind, step } of leads)
    yield kind === 'pivot'
      ? `- Which infrastructure shares something with certificate ${quoted(fingerprint)}: ${quoted(step)}\n`
      : `- ${prose(step)}\n`
  for (const remedy of new Set(blind.map(one => one.remedy))) yield `- ${quoted(remedy)}\n`
  const host = entities.find(({ kind, value }) => kind === 'host_name' && /^[\w.-]{1,255}$/.test(value))
  if (blind.length > 0 && host !== undefined)
    yield `- What this host can answer, and how to mend it: ${quoted(`counterseal coverage --host ${host.value}`)}\n`
  const [first] = evidence
  if (first !== undefined)
    yield `- The original record behind any event: ${quoted(`counterseal evidence ${first.event_uid}`)}\n`
}

function* origin({ analytic, detection_id, detection_version, techniques, intel_snapshot }: Finding) {
  yield section('Where this comes from')
  yield `- ${prose(analytic)}, ${prose(detection_id)} version ${detection_version}\n`
  for (const { id, name } of techniques) yield `- ATT&CK ${prose(id)} ${prose(name)}\n`
  yield `- reference data ${quoted(intel_snapshot)}\n`
}

function* list(lines: readonly string[]) {
  for (const line of lines) yield `- ${line}\n`
}

function section(title: string): string {
  return `\n## ${title}\n\n`
}
