import type { Lead, PivotResult } from '../pivots/index.ts'
import { labelOf } from '../search/index.ts'
import type { Output } from './output.ts'
import { printable, styled, table } from './output.ts'

export type Asked = {
  /** As it was given, and as it was understood. */
  readonly text: string
  readonly understood: string
  readonly more: boolean
  /** Weak leads are shown, too. */
  readonly weak: boolean
}

/** Lines of explanation below the table. */
const explained = 10

/** A pivot for a person: the seeds, the leads, what is shared with strangers, and what was not seen. */
export function showPivot(output: Output, result: PivotResult, asked: Asked): void {
  const { seeds, leads, related, refused, coverage, unknown_seeds } = result
  const line = (text = '') => output.line(text)
  if (seeds.length === 0) line(`Nothing in this store is meant by ${printable(asked.text)}.`)
  else line(`From ${printable(asked.understood)}${asked.more ? `, of which ${seeds.length} are followed` : ''}:`)
  for (const { certificate, hosts, rules } of seeds) {
    const met =
      hosts.length === 0
        ? ''
        : `, met at ${hosts
            .slice(0, 3)
            .map(({ ip }) => ip)
            .join(', ')}${hosts.length > 3 ? ` and ${hosts.length - 3} more` : ''}`
    line(
      `  ${certificate.certificate_id.slice(0, 16)}  ${printable(labelOf(certificate))}${met}${rules.length === 0 ? '' : ` [${rules.join(', ')}]`}`,
    )
  }
  for (const id of unknown_seeds) line(`  ${id}  is not in this store`)
  const shown = leads.filter(({ band }) => asked.weak || band !== 'weak')
  line()
  if (shown.length === 0) line('No leads.')
  else showLeads(output, shown)
  const weak = leads.length - leads.filter(({ band }) => band !== 'weak').length
  if (weak > 0 && !asked.weak) line(`${weak} weak leads are not shown (--weak shows them).`)
  if (related.length > 0) {
    line()
    line(styled(output, 'bold', 'Shared with strangers: says nothing of an operator, and is not followed'))
    const rows = related
      .slice(0, 20)
      .map(({ certificate, edge }) => [
        edge.relation,
        edge.suppressions.map(({ id }) => id).join(', '),
        labelOf(certificate),
      ])
    for (const text of table(['relation', 'by rule', 'certificate'], rows, 60)) line(text)
    if (related.length > 20) line(`and ${related.length - 20} more.`)
  }
  if (refused.length > 0) {
    line()
    line(styled(output, 'bold', 'Not followed'))
    for (const { attribute, value, owners } of refused.slice(0, 8))
      line(`  ${attribute} ${printable(value).slice(0, 60)}: ${owners} owners share it`)
    if (refused.length > 8) line(`  and ${refused.length - 8} more values.`)
  }
  line()
  line(styled(output, 'bold', 'What this answer rests on'))
  const { snapshot } = coverage
  line(
    `  Frequencies of ${snapshot.made_at.slice(0, 16)}Z over ${snapshot.certificates} certificates of ${snapshot.owners} owners${snapshot.arrived_since > 0 ? `; ${snapshot.arrived_since} came since (--recount)` : ''}.`,
  )
  line(
    `  ${coverage.values_followed} values followed over ${coverage.hops} hops, ${coverage.compared} certificates compared, ${coverage.dropped} related too weakly to be told.`,
  )
  for (const blind of coverage.blind_spots) line(`  Not seen: ${blind}`)
  if (coverage.rules_expired.length > 0) line(`  Expired and not used: ${coverage.rules_expired.join(', ')}.`)
  line(
    '  Every match is a lead. Only telemetry of your own makes more of it: who resolved these names, who connected to these addresses?',
  )
}

function showLeads(output: Output, leads: readonly Lead[]): void {
  const rows = leads.map(({ confidence, hop, edge, certificate, hosts }) => [
    confidence.toFixed(2),
    String(hop),
    edge.relation,
    certificate.certificate_id.slice(0, 16),
    labelOf(certificate),
    hosts
      .slice(0, 2)
      .map(({ ip }) => ip)
      .join(', '),
  ])
  for (const text of table(['lead', 'hop', 'relation', 'certificate', 'name', 'met at'], rows, 44)) output.line(text)
  output.line('')
  for (const { certificate, edge } of leads.slice(0, explained))
    output.line(`  ${certificate.certificate_id.slice(0, 16)}  ${printable(edge.explanation)}`)
  if (leads.length > explained)
    output.line(`  and ${leads.length - explained} more (--json has every one with its contributions).`)
}

/** The same for machines: a record for each seed and lead, and one for what the answer rests on, last. */
export function* pivotRecords(result: PivotResult, asked: Asked): Generator<unknown> {
  const { seeds, leads, related, refused, capped, coverage, unknown_seeds } = result
  for (const seed of seeds) yield { type: 'seed', ...seed }
  for (const lead of leads) if (asked.weak || lead.band !== 'weak') yield { type: 'lead', ...lead }
  for (const lead of related) yield { type: 'related', ...lead }
  yield {
    type: 'coverage',
    asked: asked.text,
    understood: asked.understood,
    unknown_seeds,
    refused,
    capped,
    ...coverage,
  }
}
