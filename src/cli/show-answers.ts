import type { Answer, Coverage } from '../detect/index.ts'
import { describeTelemetry } from '../detect/index.ts'
import type { Finding, Verdict } from '../model/index.ts'
import type { Output, Style } from './output.ts'
import { grouped, printable, styled } from './output.ts'
import { shortPath } from './show-readings.ts'

const verdictStyles: Readonly<Partial<Record<Verdict, Style>>> = {
  incident: 'red',
  alert: 'red',
  review: 'yellow',
  lead: 'cyan',
}

/** Evidence lines shown for a finding; `--json` and `counterseal evidence` have the rest. */
const shownEvidence = 3

/** Everything the detections say: what was found with what it stands on, what was looked for in vain, what could not be seen. */
export function showAnswers(output: Output, answers: readonly Answer[]): void {
  if (output.json) {
    for (const answer of answers) {
      for (const finding of answer.findings) output.record({ type: 'finding', ...finding })
      output.record({
        type: 'answer',
        detection_id: answer.detection.id,
        analytic: answer.detection.analytic,
        answer: answer.answer,
        coverage: answer.coverage,
      })
    }
    return
  }
  const findings = answers.flatMap(answer => answer.findings)
  output.line(styled(output, 'bold', findings.length === 0 ? 'No findings' : `${findings.length} findings`))
  for (const analytic of ['AN1246', 'AN1972', 'T1596.003']) {
    for (const finding of findings.filter(one => one.analytic === analytic)) showFinding(output, finding)
  }
  showSilence(output, answers)
}

function showFinding(output: Output, finding: Finding): void {
  const { verdict, score, analytic, title, detection_id, finding_id } = finding
  output.line('')
  output.line(
    `${styled(output, verdictStyles[verdict] ?? 'dim', verdict.toUpperCase())}  ${styled(output, 'bold', title)}`,
  )
  output.line(`  ${printable(finding.summary)}`)
  const techniques = finding.techniques.map(({ id, name }) => `${id} ${name}`).join(', ')
  output.line(styled(output, 'dim', `  ${analytic} ${detection_id} v${finding.detection_version}  ${techniques}`))
  output.line(
    `  score ${score} = ${finding.contributions.map(({ points, signal }) => `${points} ${signal}`).join(' + ')}`,
  )
  for (const { points, because } of finding.contributions)
    output.line(styled(output, 'dim', `    ${String(points).padStart(3)}  ${because}`))
  output.line(`  from ${finding.first_seen} to ${finding.last_seen}, ${grouped(finding.event_count)} events`)
  for (const { event_uid, file, record_number } of finding.evidence.slice(0, shownEvidence)) {
    output.line(`    evidence ${event_uid}  ${printable(shortPath(file))} record ${record_number}`)
  }
  const more = finding.event_count - Math.min(shownEvidence, finding.evidence.length)
  if (more > 0) output.line(styled(output, 'dim', `    and ${grouped(more)} more`))
  for (const { what, why, remedy } of finding.blind)
    output.line(styled(output, 'dim', `  not seen: ${what} (${why}); ${remedy}`))
  for (const change of finding.would_change) output.line(styled(output, 'dim', `  would change it: ${change}`))
  output.line(styled(output, 'dim', `  finding ${finding_id}`))
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
    output.line(styled(output, 'bold', 'Unknown: nothing was read that could say'))
    for (const { detection, coverage } of unknown) {
      output.line(`  ${detection.id}`)
      for (const { telemetry } of coverage)
        output.line(styled(output, 'dim', `    no ${describeTelemetry(telemetry)}; ${telemetry.remedy}`))
    }
  }
}

function extent({ telemetry, events, first_seen, last_seen }: Coverage): string {
  return `${grouped(events)} × ${describeTelemetry(telemetry)} from ${first_seen} to ${last_seen}`
}
