import { createHash } from 'node:crypto'
import { leafHash } from '../merkle/index.ts'
import type { Fault } from './fault-codes.ts'
import { wrong } from './fault-codes.ts'
import type { Octets } from './octets.ts'
import { octetsOf, uintBytes } from './octets.ts'

/** One entry of a log, as it was logged. Nothing of the certificate in it has been read. */
export type LogEntry = {
  readonly index: number
  /** Milliseconds since the epoch by the log's clock: it may lie. */
  readonly timestamp: number
  readonly kind: 'certificate' | 'precertificate'
  /** DER as it was submitted: the certificate, or the precertificate with its poison. */
  readonly der: Uint8Array
  /** Of a precertificate the TBSCertificate without its poison, which is what the log signed; undefined of a certificate. */
  readonly tbs?: Uint8Array
  /** Of a precertificate SHA-256 of its issuer's SubjectPublicKeyInfo, 32 bytes. */
  readonly issuer_key_hash?: Uint8Array
  /** 32 bytes: what the tree has of it. */
  readonly leaf_hash: Uint8Array
  /** SHA-256 of the certificates above it, in order, lower-case hex. The log checked that they chain; we did not. */
  readonly chain: readonly string[]
  /** Their DER, where the log sends it with every entry (RFC 6962). */
  readonly issuers?: readonly Uint8Array[]
}

export type EntryReading = { readonly entry: LogEntry } | { readonly fault: Fault }

/** RFC 6962 §3.3 allows sixteen of them and more; a chain that long is nobody's. */
const longestChain = 32

/**
 * An entry as get-entries gives it (RFC 6962 §3.4, §4.6), both texts taken out of their base64.
 *
 *   MerkleTreeLeaf: version u8 = 0, leaf_type u8 = 0, TimestampedEntry
 *   extra_data: x509_entry: u24 list of u24 certificates | precert_entry: u24 precertificate, u24 list of u24 certificates
 */
export function readEntry(index: number, leafInput: Uint8Array, extraData: Uint8Array): EntryReading {
  const leaf = octetsOf(leafInput)
  if (leaf.uint(1) !== 0 || leaf.uint(1) !== 0) return malformed(index, 'a Merkle tree leaf of version 1')
  const timestamped = readTimestamped(leaf)
  if (timestamped === undefined || leaf.hasFailed() || !leaf.isAtEnd())
    return malformed(index, 'a timestamped entry and nothing behind it')
  const extra = octetsOf(extraData)
  const submitted = timestamped.kind === 'precertificate' ? extra.vector(3) : timestamped.signed
  const issuers = certificatesIn(extra.vector(3))
  if (issuers === undefined || extra.hasFailed() || !extra.isAtEnd())
    return malformed(index, `a chain of at most ${longestChain} certificates and nothing behind it`)
  return {
    entry: { ...entryOf(index, timestamped, submitted, leafInput), chain: issuers.map(fingerprintOf), issuers },
  }
}

/**
 * The entries of a data tile (C2SP static-ct-api): `width` of them, from `first` on.
 *
 *   TileLeaf: TimestampedEntry, of a precertificate: u24 precertificate, then u16 list of fingerprints of 32 bytes
 *
 * A tile that ends early, or goes on behind the last entry, is wrong as a whole.
 */
export function readDataTile(
  bytes: Uint8Array,
  first: number,
  width: number,
): { readonly entries: readonly LogEntry[] } | { readonly fault: Fault } {
  const octets = octetsOf(bytes)
  const entries: LogEntry[] = []
  for (let index = first; index < first + width; index += 1) {
    const begin = octets.at()
    const timestamped = readTimestamped(octets)
    const end = octets.at()
    if (timestamped === undefined) return malformed(index, 'a timestamped entry')
    const submitted = timestamped.kind === 'precertificate' ? octets.vector(3) : timestamped.signed
    const fingerprints = octets.vector(2)
    if (octets.hasFailed() || fingerprints.length % 32 !== 0 || fingerprints.length > 32 * longestChain)
      return malformed(index, 'an entry and the fingerprints of its chain')
    const leaf = Buffer.concat([leafHead, bytes.subarray(begin, end)])
    const chain = Array.from({ length: fingerprints.length / 32 }, (_, nth) =>
      Buffer.from(fingerprints.subarray(32 * nth, 32 * nth + 32)).toString('hex'),
    )
    entries.push({ ...entryOf(index, timestamped, submitted, leaf), chain })
  }
  return octets.isAtEnd() ? { entries } : malformed(first + width, 'the end of the tile')
}

/** The place that a static-ct log promised in the extensions of an SCT: type 0, five bytes. */
export function promisedIndex(extensions: Uint8Array): number | undefined {
  const octets = octetsOf(extensions)
  while (!octets.isAtEnd() && !octets.hasFailed()) {
    const type = octets.uint(1)
    const data = octets.vector(2)
    if (type === 0 && data.length === 5 && !octets.hasFailed()) return octetsOf(data).uint(5)
  }
  return undefined
}

type Timestamped = Pick<LogEntry, 'timestamp' | 'kind' | 'issuer_key_hash'> & {
  /** The certificate, or the TBSCertificate of a precertificate. */
  readonly signed: Uint8Array
  readonly extensions: Uint8Array
}

/** timestamp u64, entry_type u16 (0 certificate, 1 precertificate: issuer_key_hash[32]), u24 DER, u16 extensions. */
function readTimestamped(octets: Octets): Timestamped | undefined {
  const timestamp = octets.uint64()
  const type = octets.uint(2)
  if (type > 1) return undefined
  const issuer_key_hash = type === 1 ? octets.take(32) : undefined
  const signed = octets.vector(3)
  const extensions = octets.vector(2)
  if (octets.hasFailed() || signed.length === 0) return undefined
  const kind = type === 1 ? 'precertificate' : 'certificate'
  return { timestamp, kind, signed, extensions, ...(issuer_key_hash === undefined ? {} : { issuer_key_hash }) }
}

function entryOf(
  index: number,
  { timestamp, kind, signed, issuer_key_hash }: Timestamped,
  der: Uint8Array,
  leaf: Uint8Array,
): Omit<LogEntry, 'chain'> {
  const own = { index, timestamp, kind, der, leaf_hash: leafHash(leaf) }
  return issuer_key_hash === undefined ? own : { ...own, tbs: signed, issuer_key_hash }
}

function certificatesIn(list: Uint8Array): readonly Uint8Array[] | undefined {
  const octets = octetsOf(list)
  const certificates: Uint8Array[] = []
  while (!octets.isAtEnd()) {
    certificates.push(octets.vector(3))
    if (octets.hasFailed() || certificates.length > longestChain) return undefined
  }
  return certificates
}

/** What a log signs of an entry when it promises it: `signed` again as a TimestampedEntry without its head (RFC 6962 §3.2). */
export function signedEntry({
  kind,
  tbs,
  issuer_key_hash,
  der,
}: Pick<LogEntry, 'kind' | 'tbs' | 'issuer_key_hash' | 'der'>): Uint8Array {
  if (kind === 'certificate') return Buffer.concat([uintBytes(0, 2), uintBytes(der.length, 3), der])
  const signed = tbs ?? new Uint8Array()
  return Buffer.concat([uintBytes(1, 2), issuer_key_hash ?? new Uint8Array(32), uintBytes(signed.length, 3), signed])
}

/** MerkleTreeLeaf: version v1, leaf_type timestamped_entry. */
const leafHead = Uint8Array.of(0, 0)

function fingerprintOf(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex')
}

function malformed(index: number, expected: string): { readonly fault: Fault } {
  return wrong('ct/entry', expected, undefined, `index ${index}`)
}
