import type { GeneralName } from '../certificate.ts'

/** What the readers make of the extensions they know, by name. Absent: the extension is not there or cannot be read. */
export type Extensions = {
  /** 2.5.29.17 */
  readonly subject_alt_name?: readonly GeneralName[]
  /** 2.5.29.18 */
  readonly issuer_alt_name?: readonly GeneralName[]
  /** 2.5.29.14, lower-case hexadecimal. */
  readonly subject_key_identifier?: string
  /** 2.5.29.35 */
  readonly authority_key_identifier?: AuthorityKeyIdentifier
  /** 2.5.29.15: digitalSignature, nonRepudiation, keyEncipherment … in the order of their bits. */
  readonly key_usage?: readonly string[]
  /** 2.5.29.37: serverAuth, clientAuth, codeSigning …; the OID where there is no name. */
  readonly extended_key_usage?: readonly string[]
  /** 2.5.29.19 */
  readonly basic_constraints?: { readonly ca: boolean; readonly path_length: number | undefined }
  /** 2.5.29.32 */
  readonly certificate_policies?: readonly CertificatePolicy[]
  /** 2.5.29.33: OID pairs. */
  readonly policy_mappings?: readonly (readonly [issuer: string, subject: string])[]
  /** 2.5.29.36 */
  readonly policy_constraints?: {
    readonly require_explicit_policy: number | undefined
    readonly inhibit_policy_mapping: number | undefined
  }
  /** 2.5.29.54 */
  readonly inhibit_any_policy?: number
  /** 2.5.29.30 */
  readonly name_constraints?: { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] }
  /** 1.3.6.1.5.5.7.1.1 */
  readonly authority_information_access?: readonly AccessDescription[]
  /** 1.3.6.1.5.5.7.1.11 */
  readonly subject_information_access?: readonly AccessDescription[]
  /** 2.5.29.31: the URIs; names of other kinds are left to extension_list. */
  readonly crl_distribution_points?: readonly string[]
  /** 2.5.29.46 */
  readonly freshest_crl?: readonly string[]
  /** 1.3.6.1.4.1.11129.2.4.2 */
  readonly signed_certificate_timestamps?: readonly Sct[]
  /** 1.3.6.1.4.1.11129.2.4.3: present means precertificate. */
  readonly precertificate_poison?: true
  /** 1.3.6.1.5.5.7.1.24: 5 is OCSP must-staple. */
  readonly tls_feature?: readonly number[]
  /** 1.3.6.1.4.1.311.20.2: name of the template (version 1). */
  readonly microsoft_template_name?: string
  /** 1.3.6.1.4.1.311.21.7 */
  readonly microsoft_template?: {
    readonly oid: string
    readonly major: number | undefined
    readonly minor: number | undefined
  }
  /** 1.3.6.1.4.1.311.21.1: index of the CA's certificate and of its key. */
  readonly microsoft_ca_version?: { readonly certificate: number; readonly key: number }
  /** 1.3.6.1.4.1.311.21.2, lower-case hexadecimal SHA-1. */
  readonly microsoft_previous_ca_certificate?: string
  /** 1.3.6.1.4.1.311.25.2: the account's SID in text (since KB5014754). */
  readonly microsoft_sid?: string
  /** 2.16.840.1.113730.1.1: sslClient, sslServer, smime, objectSigning, sslCA … */
  readonly netscape_certificate_type?: readonly string[]
  /** 2.16.840.1.113730.1.13 */
  readonly netscape_comment?: string
}

export type AuthorityKeyIdentifier = {
  /** Lower-case hexadecimal. */
  readonly key_identifier: string | undefined
  readonly issuer: readonly GeneralName[]
  /** As {@link Certificate.serial}. */
  readonly serial: string | undefined
}

export type CertificatePolicy = {
  readonly oid: string
  readonly cps: readonly string[]
  readonly notices: readonly string[]
}

export type AccessDescription = {
  /** `ocsp`, `ca_issuers`, `ca_repository` …; the OID where there is no name. */
  readonly method: string
  readonly location: GeneralName
}

/** The log's promise to include a certificate. RFC 6962 §3.2. Nothing has been verified. */
export type Sct = {
  readonly version: number
  /** SHA-256 of the log's public key, lower-case hexadecimal. */
  readonly log_id: string
  /** Milliseconds since the epoch, UTC, by the log's clock: it may lie, and may be in the future. */
  readonly timestamp: number
  /** static-ct logs put the leaf's index here; empty in RFC 6962 logs. */
  readonly extensions: Uint8Array
  readonly hash_algorithm: number
  readonly signature_algorithm: number
  readonly signature: Uint8Array
}
