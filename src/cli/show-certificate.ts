import { describeProblem } from '../base/index.ts'
import type { CertificateKnowledge } from '../search/index.ts'
import type { Certificate, Fingerprints } from '../x509/index.ts'
import { extensionTexts, generalNameText, publicKeyText } from './certificate-texts.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled, table } from './output.ts'
import type { ShownCertificate } from './shown-certificates.ts'

/** Names and places that are shown; `--json` has all names. */
const mostNames = 50
const mostPlaces = 20

/** RFC 7468. */
export function pemOf(der: Uint8Array): string {
  const text = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64')
  return ['-----BEGIN CERTIFICATE-----', ...(text.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----'].join('\n')
}

/** For `--json`: what the store says, and beside it what the bytes say, each under its own name. */
export function certificateRecord({ decoded, unreadable, der, knowledge }: ShownCertificate): Record<string, unknown> {
  const stored = knowledge === undefined ? {} : withoutBytes(knowledge)
  return {
    type: 'certificate',
    stored: knowledge !== undefined,
    ...stored,
    ...(decoded === undefined ? {} : { decoded: decodedRecord(decoded.certificate, decoded.fingerprints) }),
    ...(unreadable === undefined ? {} : { problem: unreadable }),
    ...(der === undefined ? {} : { der: Buffer.from(der).toString('base64') }),
  }
}

function withoutBytes({ summary, der: _der, key_use, ...rest }: CertificateKnowledge): Record<string, unknown> {
  return { ...summary, ...rest, ...(key_use === undefined ? {} : { key_use }) }
}

function decodedRecord(certificate: Certificate, fingerprints: Fingerprints): Record<string, unknown> {
  const { version, serial, subject, issuer, public_key, signature_algorithm, extensions, extension_list, problems } =
    certificate
  return {
    ...fingerprints,
    version,
    serial,
    subject: subject?.text,
    issuer: issuer?.text,
    not_before: timeText(certificate.not_before),
    not_after: timeText(certificate.not_after),
    key: public_key === undefined ? undefined : publicKeyText(public_key),
    signature_algorithm: signature_algorithm?.name,
    names: extensions.subject_alt_name?.map(name => ({ type: name.type, value: generalNameText(name) })),
    extensions: extension_list.map(({ oid, name, critical }) => ({ oid, name, critical })),
    problems,
  }
}

/** A certificate for a person. */
export function showCertificate(output: Output, shown: ShownCertificate): void {
  const { decoded, unreadable, knowledge } = shown
  const summary = knowledge?.summary
  const subject = decoded?.certificate.subject?.text ?? summary?.subject ?? ''
  output.line(styled(output, 'bold', subject === '' ? 'a certificate without a subject' : printable(subject)))
  if (unreadable !== undefined)
    output.line(styled(output, 'red', `  its bytes cannot be read: ${printable(describeProblem(unreadable))}`))
  if (knowledge === undefined)
    output.line(styled(output, 'yellow', '  not in this store: what follows is from the file alone'))
  else if (!knowledge.summary.has_der) output.line(styled(output, 'yellow', hashesOnly(shown)))
  for (const [label, text] of factsOf(shown)) if (text !== '') output.line(`  ${label.padEnd(16)}${printable(text)}`)
  showNames(output, decoded === undefined ? (summary?.names ?? []) : namesOf(decoded.certificate))
  if (decoded !== undefined) showExtensions(output, decoded.certificate)
  const problems = decoded?.certificate.problems.map(describeProblem) ?? summary?.problems ?? []
  showList(output, 'problems', problems, mostNames)
  if (knowledge !== undefined) showKnowledge(output, knowledge)
  output.line('')
}

function hashesOnly({ decoded }: ShownCertificate): string {
  return decoded === undefined
    ? '  hash only: the bytes were never seen; this is what sensors and lists said'
    : '  the store knows it from sensors alone; the bytes are those of the file'
}

function factsOf({ decoded, knowledge }: ShownCertificate): readonly (readonly [label: string, text: string])[] {
  const certificate = decoded?.certificate
  const hashes = decoded?.fingerprints
  const summary = knowledge?.summary
  const from = timeText(certificate?.not_before) ?? summary?.not_before ?? ''
  const to = timeText(certificate?.not_after) ?? summary?.not_after ?? ''
  const spki = hashes?.spki_sha256 ?? summary?.spki_sha256 ?? ''
  const use = knowledge?.key_use
  return [
    ['certificate_id', summary?.certificate_id ?? ''],
    ['known before as', knowledge?.known_as.join(', ') ?? ''],
    ['sha256', hashes?.sha256 ?? summary?.sha256 ?? 'not known'],
    ['sha1', hashes?.sha1 ?? summary?.sha1 ?? 'not known'],
    ['md5', hashes?.md5 ?? summary?.md5 ?? ''],
    ['serial', certificate?.serial ?? summary?.serial ?? ''],
    ['issuer', certificate?.issuer?.text ?? summary?.issuer ?? ''],
    ['valid', from === '' && to === '' ? '' : `${from || '?'} to ${to || '?'}${daysText(from, to)}`],
    ['key', certificate?.public_key === undefined ? keyOf(summary) : publicKeyText(certificate.public_key)],
    ['spki_sha256', spki],
    ['key used by', use === undefined ? '' : useText(use)],
    ['signature', signatureText(certificate?.signature_algorithm?.name ?? summary?.signature_algorithm ?? '')],
    ['is', kindsOf(knowledge, certificate).join(', ')],
  ]
}

function keyOf(summary: CertificateKnowledge['summary'] | undefined): string {
  return [summary?.key_algorithm ?? '', summary?.key_bits === undefined ? '' : `${summary.key_bits} bits`]
    .filter(part => part !== '')
    .join(', ')
}

function useText({ certificates, owners, some_owners }: NonNullable<CertificateKnowledge['key_use']>): string {
  if (certificates <= 1) return 'this certificate alone'
  const more = owners > some_owners.length ? ' and others' : ''
  return `${grouped(certificates)} certificates of ${grouped(owners)} owners: ${some_owners.join(', ')}${more}`
}

function signatureText(algorithm: string): string {
  return algorithm === '' ? '' : `${algorithm} (not verified)`
}

function kindsOf(knowledge: CertificateKnowledge | undefined, certificate: Certificate | undefined): readonly string[] {
  const summary = knowledge?.summary
  const selfIssued =
    summary?.self_issued ??
    (certificate?.subject !== undefined && certificate.subject.text === certificate.issuer?.text)
  return [
    ...((certificate?.extensions.precertificate_poison ?? summary?.is_precertificate) ? ['a precertificate'] : []),
    ...((certificate?.extensions.basic_constraints?.ca ?? summary?.is_ca) ? ['a certification authority'] : []),
    ...(selfIssued ? ['issued by itself'] : []),
  ]
}

function namesOf({ extensions }: Certificate): readonly string[] {
  return (extensions.subject_alt_name ?? []).map(name =>
    name.type === 'dns' ? name.value : `${name.type} ${generalNameText(name)}`,
  )
}

function showNames(output: Output, names: readonly string[]): void {
  showList(output, `names (${grouped(names.length)})`, names, mostNames)
}

function showList(output: Output, title: string, texts: readonly string[], most: number): void {
  if (texts.length === 0) return
  output.line(styled(output, 'dim', `  ${title}`))
  for (const text of texts.slice(0, most)) output.line(`    ${printable(text)}`)
  if (texts.length > most)
    output.line(styled(output, 'dim', `    and ${grouped(texts.length - most)} more: --json lists them all`))
}

function showExtensions(output: Output, certificate: Certificate): void {
  if (certificate.extension_list.length === 0) return
  output.line(styled(output, 'dim', '  extensions'))
  const rows = extensionTexts(certificate).map(({ name, critical, text }) => [name, critical ? 'critical' : '', text])
  for (const line of table(['', '', ''], rows, 100).slice(1)) output.line(`    ${line}`)
}

function showKnowledge(output: Output, { met, places, sightings, twins }: CertificateKnowledge): void {
  for (const { certificate_id, is_precertificate } of twins)
    output.line(
      `  same issuance   ${certificate_id}${is_precertificate === true ? ', a precertificate' : is_precertificate === false ? ', the certificate' : ''}`,
    )
  if (met.length > 0) {
    output.line(styled(output, 'dim', `  met at (${grouped(places)})`))
    const rows = met
      .slice(0, mostPlaces)
      .map(one => [
        one.address,
        String(one.port),
        one.server_name,
        one.first_seen,
        one.last_seen,
        one.sightings.join(' '),
      ])
    for (const line of table(['address', 'port', 'server name', 'first seen', 'last seen', 'by'], rows, 60))
      output.line(`    ${line}`)
    if (places > mostPlaces)
      output.line(
        styled(output, 'dim', `    and ${grouped(places - mostPlaces)} more: \`counterseal pivot\` follows them`),
      )
  }
  if (sightings.length === 0) return
  output.line(styled(output, 'dim', '  seen'))
  const rows = sightings.map(one => [one.sighting, one.source, grouped(one.sightings), one.first_seen, one.last_seen])
  for (const line of table(['how', 'source', 'times', 'first', 'last'], rows, 60)) output.line(`    ${line}`)
}

/** ISO 8601, UTC; a time that no calendar has is left out. */
function timeText(ms: number | undefined): string | undefined {
  if (ms === undefined || Number.isNaN(new Date(ms).getTime())) return undefined
  return new Date(ms).toISOString()
}

function daysText(from: string, to: string): string {
  const days = Math.floor((Date.parse(to) - Date.parse(from) + 1_000) / 86_400_000)
  return Number.isNaN(days) ? '' : `, ${grouped(days)} days`
}
