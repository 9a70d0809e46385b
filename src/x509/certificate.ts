import type { Problem } from '../base/index.ts'
import type { Extensions } from './extensions/index.ts'

/**
 * A certificate as its bytes say it is. RFC 5280 §4.1. What could not be read is absent, with a problem that tells why;
 * nothing here was verified, and everything was written by whoever made the certificate. Byte arrays are views into
 * `der`: they cost nothing and live as long as it does.
 */
export type Certificate = {
  /** The certificate alone, without what may follow it. */
  readonly der: Uint8Array
  /** tbsCertificate with its own tag and length: what is signed. */
  readonly tbs: Uint8Array
  /** 1, 2 or 3 as people count, or a number nobody has heard of. */
  readonly version: number | undefined
  /**
   * Upper-case hexadecimal, two digits a byte, without the byte that only keeps a number positive: `08BB00EE`. A negative
   * number is the two's complement's magnitude behind a `-`.
   */
  readonly serial: string | undefined
  readonly issuer: DistinguishedName | undefined
  readonly subject: DistinguishedName | undefined
  /** Milliseconds since the epoch, UTC. */
  readonly not_before: number | undefined
  readonly not_after: number | undefined
  readonly public_key: PublicKey | undefined
  /** The outer one. That inside tbsCertificate must be equal; where it is not, a problem says so. */
  readonly signature_algorithm: AlgorithmIdentifier | undefined
  readonly signature: Uint8Array | undefined
  /** Every extension in its order, also those without a reader and those that stand twice. */
  readonly extension_list: readonly Extension[]
  /** What the readers made of them, by name; of one that stands twice, the first. */
  readonly extensions: Extensions
  readonly problems: readonly Problem[]
}

export type AlgorithmIdentifier = {
  readonly oid: string
  /** `sha256WithRSAEncryption`; the OID where it has no name here. */
  readonly name: string
  /** The DER after the OID. Absent is not the same as NULL. */
  readonly parameters: Uint8Array | undefined
}

/** X.501 Name. */
export type DistinguishedName = {
  readonly der: Uint8Array
  /** RFC 4514: last RDN first. Attributes that have no short name there stand with their OID and the value in text. */
  readonly text: string
  /** In the order of the DER. */
  readonly attributes: readonly NameAttribute[]
}

export type NameAttribute = {
  readonly oid: string
  /** `CN`, `O`, `emailAddress` …; the OID where it has no short name. */
  readonly type: string
  /** Decoded, unescaped; a NUL inside stays. What is no string: its DER as `#` and hexadecimal (RFC 4514 §2.4). */
  readonly value: string
  /** The universal tag of the value: 12 UTF8String, 19 PrintableString, 20 T61String, 22 IA5String, 30 BMPString … */
  readonly tag: number
  /** Index of the RDN it belongs to: attributes of one RDN share it. */
  readonly rdn: number
}

export type PublicKey = {
  /** SubjectPublicKeyInfo with its AlgorithmIdentifier: what spki_sha256 is over. */
  readonly spki: Uint8Array
  readonly algorithm: AlgorithmIdentifier
  /** `rsa`, `ec`, `dsa`, `ed25519`, `ed448`, `x25519`, `ml-dsa-65` …; the OID where it has no name here. */
  readonly kind: string
  /** Size in bits. Undefined where the algorithm has no choice of size, or it could not be read. */
  readonly bits: number | undefined
  /** `P-256`, or the OID of the curve. */
  readonly curve: string | undefined
  /** RSA: the modulus without leading zeros. */
  readonly modulus: Uint8Array | undefined
  /** RSA: in decimal digits; at most 64 bits are read. */
  readonly exponent: string | undefined
  /** Elliptic curves: the point as it stands, compressed or not. */
  readonly point: Uint8Array | undefined
  /** subjectPublicKey without its count of unused bits. */
  readonly key: Uint8Array
}

export type Extension = {
  readonly oid: string
  /** `subjectAltName`; the OID where it has no name here. */
  readonly name: string
  readonly critical: boolean
  /** Contents of the OCTET STRING. */
  readonly value: Uint8Array
}

/** RFC 5280 §4.2.1.6. */
export type GeneralName =
  /** As it stands, unescaped, in its own letters: not lowered, a NUL inside stays. */
  | { readonly type: 'dns' | 'email' | 'uri'; readonly value: string }
  /** Canonical text of an IPv4 or IPv6 address; `address/mask` in name constraints; hexadecimal when the length is neither. */
  | { readonly type: 'ip'; readonly value: string }
  | { readonly type: 'directory'; readonly value: DistinguishedName }
  /** `value` is text where it is a string (Microsoft's UPN 1.3.6.1.4.1.311.20.2.3), else its DER in hexadecimal. */
  | { readonly type: 'other'; readonly oid: string; readonly value: string }
  | { readonly type: 'registered_id'; readonly value: string }
  /** x400Address and ediPartyName: nobody uses them; the DER in hexadecimal. */
  | { readonly type: 'x400' | 'edi'; readonly value: string }

/** Hashes in lower-case hexadecimal. */
export type Fingerprints = {
  /** Over the DER of the certificate. */
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
  /** Over SubjectPublicKeyInfo with its AlgorithmIdentifier. */
  readonly spki_sha256: string | undefined
  readonly spki_sha1: string | undefined
  /**
   * SHA-256 over tbsCertificate without the SCT list (1.3.6.1.4.1.11129.2.4.2) and the poison (…2.4.3), its lengths made
   * anew: the same for a precertificate and its certificate (RFC 6962 §3.2).
   */
  readonly tbs_no_ct_sha256: string | undefined
  /** Over the DER of the Name. */
  readonly subject_sha256: string | undefined
  readonly issuer_sha256: string | undefined
}

export type CertificateReading =
  | { readonly certificate: Certificate }
  /** Not even the outer SEQUENCE and its tbsCertificate are there. */
  | { readonly problem: Problem }
