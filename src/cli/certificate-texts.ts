import type { AccessDescription, Certificate, Extensions, GeneralName, PublicKey } from '../x509/index.ts'

/** Parts of a certificate in a line for a person. All of it was written by its maker: whoever prints it makes it printable. */

export function publicKeyText({ kind, bits, curve, exponent }: PublicKey): string {
  const parts = [
    kind,
    curve,
    bits === undefined ? undefined : `${bits} bits`,
    exponent === undefined ? undefined : `exponent ${exponent}`,
  ]
  return parts.filter(part => part !== undefined).join(', ')
}

export function generalNameText(name: GeneralName): string {
  if (name.type === 'directory') return name.value.text
  return name.type === 'other' ? `${name.oid} ${name.value}` : name.value
}

const list = (values: readonly string[]): string => values.join(', ')
const generalNames = (names: readonly GeneralName[]): string =>
  list(names.slice(0, 20).map(name => `${name.type} ${generalNameText(name)}`))
const locations = (descriptions: readonly AccessDescription[]): string =>
  list(descriptions.map(({ method, location }) => `${method} ${generalNameText(location)}`))

/** What an extension says, by the name its RFC gives it; undefined where it could not be read. */
const texts: Readonly<Record<string, (extensions: Extensions) => string | undefined>> = {
  subjectAltName: ({ subject_alt_name: names }) => names && (names.length === 1 ? '1 name' : `${names.length} names`),
  issuerAltName: ({ issuer_alt_name: names }) => names && generalNames(names),
  subjectKeyIdentifier: ({ subject_key_identifier }) => subject_key_identifier,
  authorityKeyIdentifier: ({ authority_key_identifier: one }) =>
    one && list([one.key_identifier, one.serial].filter(part => part !== undefined)),
  keyUsage: ({ key_usage }) => key_usage && list(key_usage),
  extKeyUsage: ({ extended_key_usage }) => extended_key_usage && list(extended_key_usage),
  basicConstraints: ({ basic_constraints: one }) =>
    one &&
    `${one.ca ? '' : 'no '}certification authority${one.path_length === undefined ? '' : `, path length ${one.path_length}`}`,
  certificatePolicies: ({ certificate_policies: policies }) =>
    policies && list(policies.map(({ oid, cps }) => [oid, ...cps].join(' '))),
  policyMappings: ({ policy_mappings: pairs }) => pairs && list(pairs.map(([theirs, ours]) => `${theirs} = ${ours}`)),
  inhibitAnyPolicy: ({ inhibit_any_policy: skipped }) => skipped?.toString(),
  nameConstraints: ({ name_constraints: one }) =>
    one && `permitted: ${generalNames(one.permitted) || 'all'}; excluded: ${generalNames(one.excluded) || 'none'}`,
  authorityInfoAccess: ({ authority_information_access: some }) => some && locations(some),
  subjectInfoAccess: ({ subject_information_access: some }) => some && locations(some),
  cRLDistributionPoints: ({ crl_distribution_points }) => crl_distribution_points && list(crl_distribution_points),
  freshestCRL: ({ freshest_crl }) => freshest_crl && list(freshest_crl),
  signedCertificateTimestampList: ({ signed_certificate_timestamps: scts }) =>
    scts && `${scts.length} promises of logs, not verified`,
  precertificatePoison: ({ precertificate_poison }) => precertificate_poison && 'this is a precertificate',
  tlsFeature: ({ tls_feature }) =>
    tls_feature && list(tls_feature.map(one => (one === 5 ? 'OCSP must be stapled' : String(one)))),
  microsoftTemplateName: ({ microsoft_template_name }) => microsoft_template_name,
  microsoftTemplate: ({ microsoft_template: one }) =>
    one && `${one.oid}${one.major === undefined ? '' : ` version ${one.major}.${one.minor ?? 0}`}`,
  microsoftCaVersion: ({ microsoft_ca_version: one }) => one && `certificate ${one.certificate}, key ${one.key}`,
  microsoftPreviousCaCertificate: ({ microsoft_previous_ca_certificate }) => microsoft_previous_ca_certificate,
  microsoftSid: ({ microsoft_sid }) => microsoft_sid,
  netscapeCertificateType: ({ netscape_certificate_type }) =>
    netscape_certificate_type && list(netscape_certificate_type),
  netscapeComment: ({ netscape_comment }) => netscape_comment,
}

export type ExtensionText = { readonly name: string; readonly critical: boolean; readonly text: string }

/** Every extension in its order; what is not read is shown by its size. */
export function extensionTexts({ extension_list, extensions }: Certificate): readonly ExtensionText[] {
  return extension_list.map(({ name, critical, value }) => {
    const said = Object.hasOwn(texts, name) ? texts[name]?.(extensions) : undefined
    return { name, critical, text: said ?? `${value.length} bytes, not read` }
  })
}
