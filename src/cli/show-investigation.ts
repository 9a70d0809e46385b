import type { LeadReport } from '../investigate/index.ts'
import type { PivotResult } from '../pivots/index.ts'
import type { Output } from './output.ts'
import { printable, styled } from './output.ts'

const colours = {
  LEAD: 'dim',
  CANDIDATE_CONTACT: 'yellow',
  CORROBORATED: 'red',
  ESCALATED: 'red',
  REFUTED: 'green',
  UNANSWERABLE: 'yellow',
  EXPIRED: 'dim',
} as const

export function investigationRecords(
  { coverage }: PivotResult,
  reports: readonly LeadReport[],
): readonly ({ readonly type: string } & Readonly<Record<string, unknown>>)[] {
  const told = reports.map(({ items, subject, ...report }) => ({
    type: 'lead_report',
    ...subject,
    ...report,
    items: items.map(({ item, grade, time }) => ({
      ...item,
      shares: [...item.shares].sort(),
      grade: `E${grade}`,
      time_class: time.class,
      weight: time.weight,
    })),
  }))
  return [...told, { type: 'investigation', certificates: reports.length, blind_spots: coverage.blind_spots }]
}

export function showInvestigation(
  output: Output,
  { coverage, seeds, leads }: PivotResult,
  reports: readonly LeadReport[],
): void {
  output.line(
    styled(
      output,
      'bold',
      `${seeds.length} certificates to begin with, ${leads.length} leads, ${reports.length} asked about`,
    ),
  )
  for (const one of reports) showReport(output, one)
  const [first] = reports
  if (first !== undefined) {
    output.line('')
    output.line(
      styled(
        output,
        'bold',
        `What the logs could answer, from ${first.from.slice(0, 10)} to ${first.until.slice(0, 10)}`,
      ),
    )
    for (const { id, question, state, share, missing } of first.gaps)
      output.line(
        `  ${id}  ${question}  ${state}${state === 'covered' ? '' : ` (${Math.round(share * 100)} %; without: ${missing})`}`,
      )
  }
  output.line('')
  for (const spot of coverage.blind_spots)
    output.line(styled(output, 'dim', `not seen in this way: ${printable(spot)}`))
}

function showReport(
  output: Output,
  { subject, decision, items, item_count, behaviours, assertions, prevalence }: LeadReport,
): void {
  output.line('')
  const what = subject.is_seed ? 'seed' : `${subject.because} ${subject.confidence.toFixed(2)}`
  output.line(
    `${styled(output, colours[decision.state], decision.state)}  ${printable(subject.subject === '' ? subject.certificate_id : subject.subject)}  (${what})`,
  )
  output.line(
    styled(
      output,
      'dim',
      `  ${[...subject.names.slice(0, 5), ...subject.addresses.slice(0, 5).map(({ ip }) => ip)].map(printable).join(', ')}`,
    ),
  )
  for (const text of decision.because) output.line(`  ${printable(text)}`)
  if (prevalence.hosts > 0) output.line(`  ${prevalence.hosts} of ${prevalence.active} machines that were active`)
  for (const { text } of behaviours) if (!decision.because.includes(text)) output.line(`  ${printable(text)}`)
  for (const { item, grade, time } of items.slice(0, 5))
    output.line(
      styled(
        output,
        'dim',
        `    E${grade} ${item.family} ${item.asset} ${new Date(item.time).toISOString().slice(0, 16)}Z ${time.class}  record ${item.event_uid}`,
      ),
    )
  if (item_count > 5) output.line(styled(output, 'dim', `    and ${item_count - 5} more (--json)`))
  for (const { technique, state, because } of assertions)
    if (state === 'observed') output.line(`  ${technique}: ${printable(because)}`)
  for (const text of decision.needs) output.line(styled(output, 'dim', `  needs: ${printable(text)}`))
}
