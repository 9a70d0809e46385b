/**
 * What is known of one certificate, whoever told it: our own reader, which saw the bytes, or a sensor, which describes
 * what it saw. Pivots read nothing else, so a value is the same from both. Absent: not known.
 */
export type CertificateFacts = {
  /** Hashes in lower-case hexadecimal. */
  readonly sha256?: string
  readonly sha1?: string
  readonly md5?: string
  readonly spki_sha256?: string
  /** SHA-256 over the RSA modulus or the uncompressed point alone: the same key under other parameters. */
  readonly key_sha256?: string
  readonly tbs_no_ct_sha256?: string
  readonly subject_key_id?: string
  readonly authority_key_id?: string
  /** Upper-case hexadecimal, two digits a byte, no sign byte; `-` before it when negative. */
  readonly serial?: string
  /** In the order of the DER (a sensor's text is turned round where it stands in RFC 4514 order). Empty: an empty Name. */
  readonly subject?: readonly NameFact[]
  readonly issuer?: readonly NameFact[]
  readonly subject_der_sha256?: string
  readonly issuer_der_sha256?: string
  /** Milliseconds since the epoch, UTC. */
  readonly not_before?: number
  readonly not_after?: number
  /** subjectAltName, and the subject's CN where it is a host name. Host names as `normalHostName` gives them. */
  readonly names: readonly SubjectName[]
  /** Registrable domains of the host names, distinct, sorted. */
  readonly apexes: readonly string[]
  /** `rsa`, `ec`, `ed25519` … */
  readonly key_algorithm?: string
  readonly key_bits?: number
  readonly key_curve?: string
  readonly key_exponent?: string
  readonly signature_algorithm?: string
  readonly version?: number
  /** In their order. Absent when only a description was seen. */
  readonly extensions?: readonly { readonly oid: string; readonly critical: boolean }[]
  readonly key_usage?: readonly string[]
  readonly extended_key_usage?: readonly string[]
  /** Subject and issuer are equal and not empty. */
  readonly self_issued?: boolean
  readonly is_ca?: boolean
  readonly is_precertificate?: boolean
  readonly crl_urls?: readonly string[]
  readonly authority_urls?: readonly string[]
  readonly cps_urls?: readonly string[]
  readonly policies?: readonly string[]
  readonly scts?: readonly { readonly log_id: string; readonly timestamp: number }[]
  /** Codes of the problems its reader found, distinct, sorted. */
  readonly problems: readonly string[]
  /** Where it was met: canonical text of addresses, IPv4 not mapped. */
  readonly addresses?: readonly string[]
  /** As sensors gave them. */
  readonly ja4x?: string
  readonly jarm?: readonly string[]
}

/** A certificate of which nothing is known. */
export const nothingKnown: CertificateFacts = { names: [], apexes: [], problems: [] }

export type NameFact = {
  /** `CN`, `O`, `emailAddress` …; the OID where there is no short name. */
  readonly type: string
  readonly value: string
  /** Universal tag of the string; absent in descriptions. */
  readonly tag?: number
}

export type SubjectName = { readonly type: 'dns' | 'ip' | 'email' | 'uri'; readonly value: string }
