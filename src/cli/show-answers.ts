import type { Answer, CaseAnswer, Coverage } from '../detect/index.ts'
import { describeTelemetry } from '../detect/index.ts'
import type { Finding } from '../model/index.ts'
import { urgencies, urgency } from '../model/index.ts'
import { verdictStyles } from './finding-style.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled } from './output.ts'
import { type FindingLeads, showCases } from './show-cases.ts'
import { shortPath } from './show-readings.ts'

/** Evidence lines shown for a finding; `--json` and `counterseal evidence` have the rest. */
const shownEvidence = 2

/** Findings shown of one detection; `--json` has the rest. */
const shownFindings = 10

/**
 * Everything the detections say: what was found with what it stands on, what was looked for in vain, what could not be
 * seen. What is the same for all findings of a detection is said once.
 */
export function showAnswers(
  output: Output,
  answers: readonly Answer[],
  cases: readonly CaseAnswer[],
  leads: FindingLeads = new Map(),
): void {
  if (output.json) {
    for (const answer of answers) {
      for (const finding of answer.findings) output.record({ type: 'finding', ...finding })
      const { detection, answer: said, coverage, absent, learning, observations } = answer
      output.record({
        type: 'answer',
        detection_id: detection.id,
        analytic: detection.analytic,
        answer: said,
        ...(detection.observes === undefined ? {} : { observations: observations.length }),
        coverage,
        absent,
        ...(detection.baselines.length === 0 ? {} : { learning }),
      })
    }
    showCases(output, cases, leads)
    return
  }
  for (const shard of new Set(answers.flatMap(({ absent }) => absent)))
    output.line(styled(output, 'red', `PARTIAL: the shard ${shard} did not answer; what it holds is in none of this`))
  output.line(styled(output, 'bold', countOf([...cases, ...answers].flatMap(({ findings }) => findings))))
  showCases(output, cases, leads)
  for (const answer of answers.filter(({ findings }) => findings.length > 0).sort(byUrgency))
    showDetection(output, answer)
  showSilence(output, answers)
}

function countOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'No findings'
  const counts = urgencies
    .toReversed()
    .map(verdict => [verdict, findings.filter(finding => finding.verdict === verdict).length] as const)
  const parts = counts.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`)
  return `${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}: ${parts.join(', ')}`
}

function byUrgency(a: Answer, b: Answer): number {
  const most = ({ findings }: Answer) =>
    Math.max(...findings.map(({ verdict, score }) => urgency(verdict) * 1000 + score))
  return most(b) - most(a)
}

function showDetection(output: Output, { detection, findings }: Answer): void {
  const techniques = detection.techniques.map(({ id, name }) => `${id} ${name}`).join(', ')
  output.line('')
  output.line(styled(output, 'bold', detection.title))
  output.line(styled(output, 'dim', `  ${detection.analytic}  ${detection.id} v${detection.version}  ${techniques}`))
  for (const finding of findings.slice(0, shownFindings)) showFinding(output, finding)
  if (findings.length > shownFindings)
    output.line(`  and ${findings.length - shownFindings} more findings: --json lists them all`)
  const said = new Set(
    findings.flatMap(finding =>
      finding.contributions.map(({ signal, points, because }) => `${signal} ${points}: ${because}`),
    ),
  )
  for (const line of said) output.line(styled(output, 'dim', `  ${line}`))
  for (const { what, why, remedy } of findings[0]?.blind ?? [])
    output.line(styled(output, 'dim', `  Not seen: ${what} (${why}). ${remedy}`))
  for (const change of detection.would_change) output.line(styled(output, 'dim', `  ${change}`))
}

function showFinding(output: Output, finding: Finding): void {
  const { verdict, score, contributions, event_count, evidence } = finding
  const word = styled(output, verdictStyles[verdict] ?? 'dim', verdict.toUpperCase().padEnd(13))
  output.line(`  ${word} ${printable(finding.summary)}`)
  const sum = contributions.map(({ points, signal }) => `${points} ${signal}`).join(' + ')
  output.line(
    `    score ${score} = ${sum}; ${shortTime(finding.first_seen)} to ${shortTime(finding.last_seen)}, ${grouped(event_count)} ${event_count === 1 ? 'event' : 'events'}`,
  )
  if (verdict === 'informational') return
  for (const { event_uid, file, record_number } of evidence.slice(0, shownEvidence)) {
    output.line(`    evidence ${event_uid}  ${printable(shortPath(file))} record ${record_number}`)
  }
  const more = event_count - Math.min(shownEvidence, evidence.length)
  if (more > 0) output.line(styled(output, 'dim', `    and ${grouped(more)} more`))
}

/** Seconds are enough to read; JSON has the microseconds. */
function shortTime(time: string): string {
  return `${time.slice(0, 19)}Z`
}

function showSilence(output: Output, answers: readonly Answer[]): void {
  const quiet = answers.filter(({ answer }) => answer === 'quiet')
  const unknown = answers.filter(({ answer }) => answer === 'unknown')
  if (quiet.length > 0) {
    output.line('')
    output.line(styled(output, 'bold', 'Looked for, not found'))
    for (const { detection, coverage } of quiet)
      output.line(
        `  ${detection.id}: ${coverage
          .filter(({ events }) => events > 0)
          .map(extent)
          .join('; ')}`,
      )
  }
  if (unknown.length > 0) {
    output.line('')
    output.line(styled(output, 'bold', 'Unknown: what was read cannot say'))
    for (const { detection, coverage, absent, learning } of unknown) {
      output.line(`  ${detection.id}`)
      for (const shard of absent)
        output.line(styled(output, 'dim', `    the shard ${shard} did not answer; bring it back and hunt again`))
      for (const { baseline, because } of learning)
        output.line(styled(output, 'dim', `    the baseline ${baseline}: ${because}`))
      for (const { telemetry } of coverage.filter(({ events }) => events === 0))
        output.line(styled(output, 'dim', `    no ${describeTelemetry(telemetry)}; ${telemetry.remedy}`))
    }
  }
}

function extent({ telemetry, events, first_seen, last_seen }: Coverage): string {
  return `${grouped(events)} × ${describeTelemetry(telemetry)} from ${first_seen} to ${last_seen}`
}
