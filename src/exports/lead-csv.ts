import type { ExportedLead, LeadExport } from './lead-export.ts'

const columns = [
  'state',
  'confidence',
  'sha256',
  'sha1',
  'serial',
  'subject',
  'issuer',
  'not_before',
  'not_after',
  'names',
  'addresses',
  'asserted',
  'because',
  'valid_until',
] as const

/** RFC 4180, with lists joined by spaces. What a spreadsheet would take for a formula is written as text. */
export const leadCsv: LeadExport = {
  name: 'csv',
  title: 'CSV: a row for each certificate',
  file: 'counterseal-leads.csv',
  *write({ leads, expires_at }) {
    yield `${columns.join(',')}\r\n`
    for (const lead of leads) yield `${rowOf(lead, expires_at).map(cell).join(',')}\r\n`
  },
}

function rowOf(
  {
    state,
    confidence,
    sha256 = '',
    sha1 = '',
    serial,
    subject,
    issuer,
    not_before,
    not_after,
    names,
    addresses,
    asserted,
    because,
  }: ExportedLead,
  expires_at: Date,
): readonly string[] {
  const time = (at: number | undefined) => (at === undefined ? '' : new Date(at).toISOString())
  const lists = [names.join(' '), addresses.join(' '), asserted.join(' ')]
  return [
    state,
    String(confidence),
    sha256,
    sha1,
    serial,
    subject,
    issuer,
    time(not_before),
    time(not_after),
    ...lists,
    because,
    expires_at.toISOString(),
  ]
}

/** OWASP, CSV injection: a leading = + - @, tab or return is taken for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
