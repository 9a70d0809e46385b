import type { CertificateSummary, FacetCounts } from '../search/index.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled, table } from './output.ts'

/** For `--json`. */
export function summaryRecord(summary: CertificateSummary): Record<string, unknown> {
  return { type: 'certificate', ...summary }
}

/** One line for a certificate. */
export function summaryTable(summaries: readonly CertificateSummary[]): readonly string[] {
  const rows = summaries.map(one => [
    one.certificate_id.slice(0, 16),
    one.has_der ? '' : 'hash only',
    (one.not_before ?? '').slice(0, 10),
    (one.not_after ?? '').slice(0, 10),
    one.subject,
    one.issuer,
    one.names.length > 2 ? `${one.names.slice(0, 2).join(' ')} +${one.names.length - 2}` : one.names.join(' '),
  ])
  return table(['certificate', '', 'from', 'to', 'subject', 'issuer', 'names'], rows, 48)
}

/** Where the next page begins; nothing on the last. */
export function showNext(output: Output, next: string | undefined): void {
  if (next === undefined) return
  if (output.json) output.record({ type: 'page', next })
  else output.line(styled(output, 'dim', `There are more: --after ${next}, or --all.`))
}

export function showCounts(output: Output, counts: FacetCounts): void {
  if (output.json) {
    const { facets, ...totals } = counts
    output.record({ type: 'count', ...totals })
    for (const facet of facets) output.record({ type: 'facet', ...facet })
    return
  }
  const { certificates, issuances, facets } = counts
  output.line(`${grouped(certificates)} certificates of ${grouped(issuances)} issuances`)
  for (const { title, distinct, values } of facets) {
    output.line('')
    const shown = distinct > values.length ? `, the ${values.length} most frequent` : ''
    output.line(styled(output, 'bold', `${title} (${grouped(distinct)}${shown})`))
    for (const { value, issuances } of values) output.line(`  ${grouped(issuances).padStart(12)}  ${printable(value)}`)
  }
}
