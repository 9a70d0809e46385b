import type { CaseAnswer } from '../detect/index.ts'
import type { CertificateLead } from '../exports/index.ts'
import type { Finding, Taint, Verdict } from '../model/index.ts'
import { verdictStyles } from './finding-style.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled } from './output.ts'
import { showApprovals, showSuppressed } from './show-approvals.ts'
import { showLeads } from './show-finding.ts'
import { shortPath } from './show-readings.ts'

/** Of a case; `--json` and `counterseal evidence` have the rest. */
const shown = { cases: 10, observations: 8, joins: 6 }

/** How to go on from the certificates of a finding, by finding_id. */
export type FindingLeads = ReadonlyMap<string, readonly CertificateLead[]>

/** Findings that were put together of several observations, with what holds them together and what nobody can say. */
export function showCases(output: Output, answers: readonly CaseAnswer[], leads: FindingLeads = new Map()): void {
  for (const { correlation, findings, withoutCompany } of answers) {
    if (output.json) {
      for (const finding of findings) output.record({ type: 'finding', ...finding })
      const without_company = withoutCompany.map(({ detection_id, host, summary }) => ({ detection_id, host, summary }))
      output.record({ type: 'correlation', analytic: correlation.analytic, cases: findings.length, without_company })
      continue
    }
    if (findings.length === 0 && withoutCompany.length === 0) continue
    output.line('')
    output.line(styled(output, 'bold', `${correlation.title} (${correlation.analytic})`))
    for (const finding of findings.slice(0, shown.cases)) showCase(output, finding, leads)
    for (const change of new Set(findings.flatMap(({ would_change }) => would_change)))
      output.line(styled(output, 'dim', `  ${change}`))
    if (findings.length > shown.cases)
      output.line(`  and ${grouped(findings.length - shown.cases)} more cases: --json lists them all`)
    showSuppressed(output, findings)
    if (withoutCompany.length > 0)
      output.line(
        styled(
          output,
          'dim',
          `  ${grouped(withoutCompany.length)} observed that count for nothing alone, because nothing of another class is joined to them: --json lists them`,
        ),
      )
  }
}

function showCase(output: Output, finding: Finding, leads: FindingLeads): void {
  const { verdict, score, contributions, correlation } = finding
  if (correlation === undefined) return
  const word = styled(output, styleOf(verdict), verdict.toUpperCase().padEnd(13))
  output.line(`  ${word} ${printable(headline(finding))}`)
  showApprovals(output, finding)
  for (const { rule, title, because } of correlation.standalone) output.line(`    rule ${rule}: ${title}. ${because}`)
  output.line(`    score ${score} = ${contributions.map(({ points, signal }) => `${points} ${signal}`).join(' + ')}`)
  for (const one of correlation.observations.slice(0, shown.observations)) {
    const record = finding.evidence.find(({ event_uid }) => event_uid === one.event_uid)
    const place = record === undefined ? '' : `  ${printable(shortPath(record.file))} record ${record.record_number}`
    output.line(`    ${shortTime(one.first_seen)}  ${printable(one.summary)}`)
    output.line(styled(output, 'dim', `      evidence ${one.event_uid}${place}`))
  }
  const more = correlation.observation_count - Math.min(shown.observations, correlation.observations.length)
  if (more > 0) output.line(styled(output, 'dim', `    and ${grouped(more)} more observations`))
  for (const { because, value, observations } of distinctJoins(correlation).slice(0, shown.joins))
    output.line(`    joined: ${because}, ${printable(value)} (${observations.length} observations)`)
  if (correlation.taint !== undefined) showTaint(output, correlation.taint)
  for (const { title, state, why } of correlation.classes) {
    if (state === 'observed') continue
    const [first, ...others] = why.split('; ')
    const more = others.length > 0 ? ` (and ${others.length} more reasons)` : ''
    const said = state === 'absent' ? `not seen: ${why}` : `UNKNOWN: ${first}${more}`
    output.line(styled(output, 'dim', `    ${title}: ${printable(said)}`))
  }
  showLeads(output, leads.get(finding.finding_id) ?? [], '    ')
  if (finding.blind.length > 0)
    output.line(
      styled(output, 'dim', `    what would mend that: counterseal coverage --host ${printable(hostOf(finding))}`),
    )
}

/** What the host called valid while somebody else answered for it. */
function showTaint(
  output: Output,
  { from, until, subject_types, tainted_count, reverified, closes_when }: Taint,
): void {
  const span = `${shortTime(from)} to ${until === undefined ? 'now' : shortTime(until)}`
  const done = Object.entries(reverified).map(([state, count]) => `${grouped(count)} ${state}`)
  output.line(
    `    in doubt ${span}: what this host says of signatures (${printable(subject_types.join(', '))}); ${grouped(tainted_count)} files it called valid${done.length === 0 ? '' : `: ${done.join(', ')}`}`,
  )
  output.line(styled(output, 'dim', `      ${printable(closes_when)}`))
}

/** Two processes that have one above them mostly have those above it, too: one of them says it. */
function distinctJoins({ joins }: NonNullable<Finding['correlation']>) {
  return [...new Map(joins.toReversed().map(one => [`${one.kind} ${one.observations.join()}`, one])).values()].reverse()
}

function hostOf({ entities }: Finding): string {
  return entities.find(({ kind }) => kind === 'host_name')?.value ?? '(not logged)'
}

function headline(finding: Finding): string {
  const { title, correlation, first_seen, last_seen } = finding
  const observed = correlation?.classes.filter(({ state }) => state === 'observed').map(one => one.title) ?? []
  return `${hostOf(finding)}: ${title} [${observed.join(' + ')}] ${shortTime(first_seen)} to ${shortTime(last_seen)}`
}

function styleOf(verdict: Verdict) {
  return verdictStyles[verdict] ?? 'dim'
}

/** Seconds are enough to read; JSON has the microseconds. */
function shortTime(time: string): string {
  return `${time.slice(0, 19)}Z`
}
