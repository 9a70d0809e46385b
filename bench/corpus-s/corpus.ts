import type { PackName } from './packs/index.ts'

/** A made-up world of certificates with the truth about it. Written from the specification alone, see README.md. */
export type Corpus = {
  readonly seed: number
  /** In no order that means anything. The same bytes stand here once for each owner that serves them. */
  readonly certificates: readonly CorpusCertificate[]
  readonly sightings: readonly CorpusSighting[]
  /** All that a perfect list would know of this world: platforms, pools, devices, issuers, kits. The bench samples it. */
  readonly lists: readonly CorpusListEntry[]
  /** Parameters that were drawn, for the record: pack, then name. */
  readonly drawn: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export type CorpusCertificate = {
  readonly der: Uint8Array
  /** Who holds it in truth: one tenant, company, machine or adversary site. Renewals have the owner of what they renew. */
  readonly owner: string
  /** Who stands behind the owner: owners of one operator belong together. A benign company is its own operator. */
  readonly operator: string
  readonly adversary: boolean
  readonly pack: PackName | 'background'
  readonly role: Role
}

/**
 * What a certificate is in truth. `own`: made for its owner. `platform`: shared by tenants of a CDN or platform.
 * `pool`: a hoster's or panel's default. `device`: made by the maker of a device. `kit`: a tool's default.
 * `default`: what software writes when nobody fills in the form. `decoy`: a stranger's own, which shares a value with
 * somebody it has nothing to do with.
 */
export type Role = 'own' | 'platform' | 'pool' | 'device' | 'kit' | 'default' | 'decoy'

/** Someone saw a certificate at an address. Milliseconds since the epoch, `first` ≤ `last`. */
export type CorpusSighting = {
  /** Index into the certificates of the corpus. */
  readonly certificate: number
  readonly ip: string
  readonly port: number
  readonly first: number
  readonly last: number
}

export type CorpusListEntry = {
  readonly id: string
  readonly action: 'platform' | 'pool' | 'device' | 'issuer0' | 'kit'
  readonly keys: ListKeys
  /** The kit; for the action `kit` only. */
  readonly family?: string
}

/**
 * All keys must match, by one of the values of each.
 * RDNs are `O=Plesk`, the value as it is, never escaped. A DN is text of RFC 4514 (escaped as §2.4 asks) in the order
 * of the DER, joined with `, `; the empty DN is the empty text. Short names are those of RFC 4514 §3, and `emailAddress`,
 * `serialNumber`, `postalCode`. `name_suffix` is a dNSName or CN itself (`a.example`) or what it ends with
 * (`.a.example`). Hashes are lower-case hex of SHA-256. `serial` is lower-case hex of an even number of digits, without
 * a sign octet.
 */
export type ListKeys = {
  readonly subject_rdn?: readonly string[]
  readonly issuer_rdn?: readonly string[]
  readonly subject_dn?: readonly string[]
  readonly issuer_dn?: readonly string[]
  readonly name_suffix?: readonly string[]
  readonly spki_sha256?: readonly string[]
  readonly certificate_sha256?: readonly string[]
  readonly serial?: readonly string[]
}
