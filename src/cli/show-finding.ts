import type { CertificateLead } from '../exports/index.ts'
import type { Finding } from '../model/index.ts'
import { verdictStyles } from './finding-style.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled } from './output.ts'
import { shortPath } from './show-readings.ts'

/** One finding whole, for a terminal. */
export function showFinding(output: Output, finding: Finding, leads: readonly CertificateLead[]): void {
  const { verdict, score, title, summary, contributions, first_seen, last_seen, event_count, correlation } = finding
  const word = styled(output, verdictStyles[verdict] ?? 'dim', verdict.toUpperCase())
  output.line(`${word}  ${styled(output, 'bold', printable(title))}`)
  output.line(printable(summary))
  output.line(
    styled(
      output,
      'dim',
      `${first_seen} to ${last_seen}, ${grouped(event_count)} ${event_count === 1 ? 'event' : 'events'}`,
    ),
  )
  heading(output, `Score ${score}`)
  for (const { rule, title: of, because } of correlation?.standalone ?? [])
    output.line(`  rule ${rule} is enough by itself: ${of}. ${because}`)
  for (const { points, signal, because } of contributions)
    output.line(`  ${String(points).padStart(6)}  ${signal}: ${printable(because)}`)
  if (correlation !== undefined) showCorrelation(output, finding, correlation)
  heading(output, 'Records')
  for (const { event_uid, file, record_number } of finding.evidence)
    output.line(`  ${event_uid}  ${printable(shortPath(file))} record ${record_number}`)
  if (event_count > finding.evidence.length) output.line(`  and ${grouped(event_count - finding.evidence.length)} more`)
  heading(output, 'Who and what')
  for (const { kind, value } of finding.entities) output.line(`  ${kind}: ${printable(value)}`)
  if (finding.blind.length > 0) heading(output, 'What nobody could see')
  for (const { what, why } of finding.blind) output.line(`  ${printable(what)}: ${printable(why)}`)
  heading(output, 'What to do next')
  showLeads(output, leads, '  ')
  for (const remedy of new Set(finding.blind.map(one => one.remedy))) output.line(`  ${printable(remedy)}`)
  for (const change of finding.would_change) output.line(`  ${printable(change)}`)
  const techniques = finding.techniques.map(({ id, name }) => `${id} ${name}`).join(', ')
  output.line(
    styled(
      output,
      'dim',
      `\n${finding.analytic}  ${finding.detection_id} v${finding.detection_version}  ${techniques}`,
    ),
  )
}

/** How to go on from the certificates of a finding. */
export function showLeads(output: Output, leads: readonly CertificateLead[], indent: string): void {
  for (const { kind, step } of leads)
    output.line(`${indent}${kind === 'pivot' ? 'what shares something with it: ' : ''}${printable(step)}`)
}

function showCorrelation(output: Output, finding: Finding, correlation: NonNullable<Finding['correlation']>): void {
  heading(output, 'Classes of evidence')
  for (const { title, state, why } of correlation.classes) {
    const word = { observed: 'observed', absent: 'not there', not_evaluable: 'UNKNOWN' }[state]
    output.line(`  ${word.padEnd(10)}${title}${why === '' ? '' : `: ${printable(why)}`}`)
  }
  heading(output, 'In order of time')
  for (const [nth, one] of correlation.observations.entries()) {
    const record = finding.evidence.find(({ event_uid }) => event_uid === one.event_uid)
    const place = record === undefined ? '' : `  ${printable(shortPath(record.file))} record ${record.record_number}`
    output.line(`  (${nth + 1}) ${one.first_seen.slice(0, 19)}Z  ${printable(one.summary)}`)
    output.line(
      styled(output, 'dim', `      ${one.points} points, ${one.detection_id}, evidence ${one.event_uid}${place}`),
    )
  }
  const more = correlation.observation_count - correlation.observations.length
  if (more > 0) output.line(`  and ${grouped(more)} more`)
  if (correlation.joins.length > 0) heading(output, 'What holds it together')
  for (const { because, value, strength, observations } of correlation.joins)
    output.line(
      `  ${because}, strength ${strength}: ${printable(value)} in ${observations.map(nth => `(${nth + 1})`).join(' ')}`,
    )
  const { approvals = [], without_approval: without } = correlation
  if (approvals.length > 0) heading(output, 'Approvals')
  for (const { ticket, approver, match, differs } of approvals) {
    output.line(`  ${match.padEnd(8)} ${printable(ticket)}, approved by ${printable(approver)}`)
    for (const { what, approved, actual } of differs)
      output.line(`           ${what}: approved ${printable(approved)}, done ${printable(actual)}`)
  }
  if (without !== undefined) output.line(`  without approval: ${without.verdict}, score ${without.score}`)
}

function heading(output: Output, text: string): void {
  output.line(`\n${styled(output, 'bold', text)}`)
}
