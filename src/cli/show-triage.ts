import type { SiteInputs } from '../inputs/index.ts'
import type { Finding, KeptEntry } from '../model/index.ts'
import type { Answer, EvidenceRef, Ground, Reason, Step, Triage } from '../triage/index.ts'
import type { Output } from './output.ts'
import { printable, styled, table } from './output.ts'

type Told = { readonly finding: Finding; readonly triage: Triage; readonly entries: readonly KeptEntry<'triage'>[] }

export function triageRecord({
  finding,
  triage,
  entries,
}: Told): { readonly type: 'triage' } & Readonly<Record<string, unknown>> {
  const { finding_id, detection_id, title, verdict, score, first_seen, last_seen } = finding
  const log = entries.map(({ entry_id, recorded_at, entry }) => ({
    entry_id,
    recorded_at: recorded_at.toISOString(),
    ...entry,
  }))
  return {
    type: 'triage',
    finding_id,
    detection_id,
    title,
    verdict,
    score,
    first_seen,
    last_seen,
    answers: triage.answers,
    decision: triage.decision,
    log,
  }
}

const colours = { escalate: 'red', monitor: 'yellow', close: 'green' } as const

/** What somebody made of it last. */
function stateOf(entries: readonly KeptEntry<'triage'>[]): string {
  const last = entries.filter(({ entry }) => entry.action === 'escalate' || entry.action === 'close').at(-1)
  return last === undefined ? 'open' : `${last.entry.action === 'close' ? 'closed' : 'escalated'} by ${last.entry.by}`
}

export function showTriageList(output: Output, told: readonly Told[], inputs: SiteInputs): void {
  const rows = told.map(({ finding, triage, entries }) => [
    finding.finding_id,
    triage.decision.decision,
    ...triage.answers.map(({ verdict }) => verdict),
    finding.verdict,
    String(finding.score),
    `${finding.last_seen.slice(0, 16)}Z`,
    stateOf(entries),
    finding.title,
  ])
  if (rows.length === 0) output.line('The last hunt found nothing of T1596.003 that is for level 1.')
  else
    for (const line of table(
      ['finding', 'computed', 'known?', 'purpose?', 'change?', 'verdict', 'score', 'last seen', 'state', 'what'],
      rows,
      50,
    ))
      output.line(line)
  showInputs(output, inputs)
}

function showInputs(output: Output, { files }: SiteInputs): void {
  if (files.length === 0) {
    output.line(
      styled(
        output,
        'yellow',
        'No lists of the site were given (--inputs DIR): most answers are unknown. docs/triage.md says what to name in inputs.yaml.',
      ),
    )
    return
  }
  for (const { file, input, refused, refusals } of files)
    if (refused > 0)
      output.line(
        styled(
          output,
          'yellow',
          `${file} (${input}): ${refused} rows could not be read; ${printable(refusals[0] ?? '')}`,
        ),
      )
}

type Shown = Told & { readonly steps: readonly Step[]; readonly inputs: SiteInputs }

export function showTriage(output: Output, { finding, triage, entries, steps, inputs }: Shown): void {
  const { decision } = triage
  output.line(`${styled(output, 'bold', finding.title)}  ${finding.finding_id}`)
  output.line(printable(finding.summary))
  output.line('')
  output.line(`${styled(output, colours[decision.decision], decision.decision)}  ${printable(decision.because)}`)
  if (decision.until !== undefined) output.line(`  look at it again by ${decision.until}`)
  if (decision.deferred_by !== undefined)
    output.line(styled(output, 'yellow', `  put off by a setting of the site: ${decision.deferred_by}`))
  for (const one of decision.grounds) showGround(output, one)
  for (const one of triage.answers) showAnswer(output, one)
  output.line('')
  for (const one of steps) showStep(output, one)
  if (entries.length > 0) output.line('')
  for (const { recorded_at, entry } of entries)
    output.line(
      printable(
        `${recorded_at.toISOString().slice(0, 19)}Z ${entry.action} by ${entry.by}${entry.second === undefined ? '' : ` and ${entry.second}`}: ${entry.because}`,
      ),
    )
  showInputs(output, inputs)
}

const marks = { true: '+', false: '-', unknown: '?' } as const

function showGround(output: Output, { says, state, reasons }: Ground): void {
  output.line(`  ${marks[state]} ${says}`)
  for (const one of reasons) if (state !== 'false' || one.state !== 'false') showReason(output, one, '      ')
}

function showAnswer(output: Output, { question, verdict, confidence, reasons, missing }: Answer): void {
  output.line('')
  output.line(`${styled(output, 'bold', printable(question))}  ${verdict}, ${Math.round(100 * confidence)} % known`)
  for (const one of reasons) showReason(output, one, '  ')
  for (const one of missing) output.line(`    would tell: ${printable(one)}`)
}

function showReason(output: Output, { code, state, text, evidence }: Reason, indent: string): void {
  const refs = [...new Set(evidence.map(refText))]
  const more = refs.length > 3 ? ` and ${refs.length - 3} more` : ''
  const told = refs.length === 0 ? '' : styled(output, 'dim', `  [${refs.slice(0, 3).join('; ')}${more}]`)
  output.line(`${indent}${marks[state]} ${code}  ${printable(text)}${told}`)
}

function refText(ref: EvidenceRef): string {
  switch (ref.source) {
    case 'record':
      return `record ${ref.event_uid}`
    case 'finding':
      return `finding ${ref.finding_id}`
    case 'input':
      return ref.row === 0 ? `${ref.file} ${ref.version}` : `${ref.file} row ${ref.row}`
    case 'certificate':
      return `certificate ${ref.certificate.slice(0, 16)}`
    case 'reference':
      return `${ref.catalogue}: ${ref.entry}`
    case 'telemetry':
      return `${ref.kind} on ${ref.days_seen} of ${ref.days} days`
  }
}

function showStep(output: Output, { id, says, state, lines, more, missing }: Step): void {
  output.line(`[${state === 'computed' ? 'x' : ' '}] ${id.toUpperCase()}  ${printable(says)}`)
  for (const { text } of lines.slice(0, 12)) output.line(`      ${printable(text)}`)
  const left = more + Math.max(0, lines.length - 12)
  if (left > 0) output.line(styled(output, 'dim', `      and ${left} more (--json)`))
  for (const one of missing) output.line(styled(output, 'dim', `      open: ${printable(one)}`))
}
