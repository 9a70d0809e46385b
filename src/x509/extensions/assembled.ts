import type { Extensions } from './index.ts'

/** A place for what each reader gives. */
export type ExtensionValues = { [Field in keyof Required<Extensions>]: Extensions[Field] | undefined }

/**
 * The values that are there, as one record, always in this order. Written out, because a loop that sets properties by name
 * takes ten times as long: V8 cannot foresee which they are.
 */
export function assembled(values: ExtensionValues): Extensions {
  const extensions: { -readonly [Field in keyof Extensions]: Extensions[Field] } = {}
  if (values.subject_alt_name !== undefined) extensions.subject_alt_name = values.subject_alt_name
  if (values.issuer_alt_name !== undefined) extensions.issuer_alt_name = values.issuer_alt_name
  if (values.subject_key_identifier !== undefined) extensions.subject_key_identifier = values.subject_key_identifier
  if (values.authority_key_identifier !== undefined)
    extensions.authority_key_identifier = values.authority_key_identifier
  if (values.key_usage !== undefined) extensions.key_usage = values.key_usage
  if (values.extended_key_usage !== undefined) extensions.extended_key_usage = values.extended_key_usage
  if (values.basic_constraints !== undefined) extensions.basic_constraints = values.basic_constraints
  if (values.certificate_policies !== undefined) extensions.certificate_policies = values.certificate_policies
  if (values.policy_mappings !== undefined) extensions.policy_mappings = values.policy_mappings
  if (values.policy_constraints !== undefined) extensions.policy_constraints = values.policy_constraints
  if (values.inhibit_any_policy !== undefined) extensions.inhibit_any_policy = values.inhibit_any_policy
  if (values.name_constraints !== undefined) extensions.name_constraints = values.name_constraints
  if (values.authority_information_access !== undefined)
    extensions.authority_information_access = values.authority_information_access
  if (values.subject_information_access !== undefined)
    extensions.subject_information_access = values.subject_information_access
  if (values.crl_distribution_points !== undefined) extensions.crl_distribution_points = values.crl_distribution_points
  if (values.freshest_crl !== undefined) extensions.freshest_crl = values.freshest_crl
  if (values.signed_certificate_timestamps !== undefined)
    extensions.signed_certificate_timestamps = values.signed_certificate_timestamps
  if (values.precertificate_poison !== undefined) extensions.precertificate_poison = values.precertificate_poison
  if (values.tls_feature !== undefined) extensions.tls_feature = values.tls_feature
  if (values.microsoft_template_name !== undefined) extensions.microsoft_template_name = values.microsoft_template_name
  if (values.microsoft_template !== undefined) extensions.microsoft_template = values.microsoft_template
  if (values.microsoft_ca_version !== undefined) extensions.microsoft_ca_version = values.microsoft_ca_version
  if (values.microsoft_previous_ca_certificate !== undefined)
    extensions.microsoft_previous_ca_certificate = values.microsoft_previous_ca_certificate
  if (values.microsoft_sid !== undefined) extensions.microsoft_sid = values.microsoft_sid
  if (values.netscape_certificate_type !== undefined)
    extensions.netscape_certificate_type = values.netscape_certificate_type
  if (values.netscape_comment !== undefined) extensions.netscape_comment = values.netscape_comment
  return extensions
}

/** Places that are all empty. */
export function noValues(): ExtensionValues {
  return {
    subject_alt_name: undefined,
    issuer_alt_name: undefined,
    subject_key_identifier: undefined,
    authority_key_identifier: undefined,
    key_usage: undefined,
    extended_key_usage: undefined,
    basic_constraints: undefined,
    certificate_policies: undefined,
    policy_mappings: undefined,
    policy_constraints: undefined,
    inhibit_any_policy: undefined,
    name_constraints: undefined,
    authority_information_access: undefined,
    subject_information_access: undefined,
    crl_distribution_points: undefined,
    freshest_crl: undefined,
    signed_certificate_timestamps: undefined,
    precertificate_poison: undefined,
    tls_feature: undefined,
    microsoft_template_name: undefined,
    microsoft_template: undefined,
    microsoft_ca_version: undefined,
    microsoft_previous_ca_certificate: undefined,
    microsoft_sid: undefined,
    netscape_certificate_type: undefined,
    netscape_comment: undefined,
  }
}
