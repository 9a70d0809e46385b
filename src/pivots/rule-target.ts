import type { NameFact } from './facts.ts'
import { readNameText, typeKey } from './name-text.ts'
import { normalText } from './normal-text.ts'
import type { IndexedCertificate } from './pivot-index.ts'

/** A certificate as rules see it: everything they ask for, taken apart once. */
export type RuleTarget = {
  /** `cn=plesk`: type and value as they are compared. */
  readonly subject: ReadonlySet<string>
  readonly issuer: ReadonlySet<string>
  /** All RDNs, sorted: the order of a name is its tool's. */
  readonly subject_dn: string
  readonly issuer_dn: string
  /** Distinct types of the subject, sorted: `c,cn,o`. */
  readonly subject_types: string
  /** Value by type, of the subject; the first where a type stands twice. */
  readonly subject_values: ReadonlyMap<string, string>
  readonly names: readonly string[]
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly certificate: IndexedCertificate
}

/** Names of one certificate that are compared with platforms' names. */
const mostNames = 1000

export function ruleTarget(certificate: IndexedCertificate): RuleTarget {
  const subject = readNameText(certificate.subject)
  const [subjectRdns, issuerRdns] = [rdnsOf(subject), rdnsOf(readNameText(certificate.issuer))]
  const values = new Map<string, string[]>()
  for (const { attribute, value } of certificate.values) {
    const of = values.get(attribute)
    if (of === undefined) values.set(attribute, [value])
    else of.push(value)
  }
  const types = [...new Set(subject.map(({ type }) => typeKey(type)))].sort()
  const byType = new Map<string, string>()
  for (const { type, value } of subject) if (!byType.has(typeKey(type))) byType.set(typeKey(type), normalText(value))
  return {
    subject: new Set(subjectRdns),
    issuer: new Set(issuerRdns),
    subject_dn: [...subjectRdns].sort().join(','),
    issuer_dn: [...issuerRdns].sort().join(','),
    subject_types: types.join(','),
    subject_values: byType,
    names: [...certificate.names.slice(0, mostNames), ...certificate.apexes.slice(0, mostNames)],
    values,
    certificate,
  }
}

/** `cn=plesk` of each attribute. */
export function rdnsOf(name: readonly NameFact[]): readonly string[] {
  return name.map(({ type, value }) => `${typeKey(type)}=${normalText(value)}`)
}

/** RDNs of a name that a rule writes, as {@link RuleTarget} has them. */
export function sortedName(text: string): string {
  return [...rdnsOf(readNameText(text))].sort().join(',')
}

/** `cn=Plesk ` as a rule writes it. */
export function normalRdn(text: string): string {
  const equals = text.indexOf('=')
  return equals < 0
    ? normalText(text)
    : `${typeKey(text.slice(0, equals).trim())}=${normalText(text.slice(equals + 1))}`
}
