import type { Certificate, Extension } from '../x509/index.ts'
import { readCertificate, signedByLogs } from '../x509/index.ts'
import type { LogEntry } from './entry.ts'

/**
 * Whether the precertificate that came with an entry is the one whose TBSCertificate is in the tree (RFC 6962 §3.2). The tree covers the TBSCertificate and the hash
 * of its issuer's key; the precertificate and the chain come beside them, and whoever serves the entry may put others there. True of a
 * certificate, which the tree covers whole.
 *
 * A precertificate that was signed by a certificate made for it names that as its issuer, and the TBSCertificate the real one: then everything but
 * issuer and authority key identifier has to be the same.
 */
export function isSignedPrecertificate(
  { kind, tbs }: Pick<LogEntry, 'kind' | 'tbs'>,
  certificate: Certificate,
): boolean {
  if (kind === 'certificate') return true
  const own = signedByLogs(certificate)
  if (own === undefined || tbs === undefined) return false
  if (same(own, tbs)) return true
  const signed = certificateAround(tbs)
  return signed !== undefined && differsInIssuerAlone(certificate, signed)
}

/** Whether the issuer's key is the one in the tree; `issuers` are the certificates above a precertificate, as far as they are known. */
export function isSignedIssuer(
  { issuer_key_hash }: Pick<LogEntry, 'issuer_key_hash'>,
  spkiHashes: readonly string[],
): boolean {
  // The second is that of a precertificate whose first one was made to sign it.
  return issuer_key_hash === undefined || spkiHashes.slice(0, 2).includes(Buffer.from(issuer_key_hash).toString('hex'))
}

/** A TBSCertificate by itself as a certificate that can be read: the algorithm is Ed25519, and the signature is empty. */
function certificateAround(tbs: Uint8Array): Certificate | undefined {
  const content = Buffer.concat([tbs, emptySignature])
  if (content.length > 0xff_ffff) return undefined
  const length = Buffer.alloc(3)
  length.writeUIntBE(content.length, 0, 3)
  const reading = readCertificate(Buffer.concat([Uint8Array.of(0x30, 0x83), length, content]))
  return 'certificate' in reading ? reading.certificate : undefined
}

/** SEQUENCE { OID 1.3.101.112 }, BIT STRING of no bits. */
const emptySignature = Uint8Array.of(0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x01, 0x00)

function differsInIssuerAlone(one: Certificate, other: Certificate): boolean {
  const [ownKey, otherKey] = [one.public_key?.spki, other.public_key?.spki]
  const [ownName, otherName] = [one.subject?.der, other.subject?.der]
  if (ownKey === undefined || otherKey === undefined || ownName === undefined || otherName === undefined) return false
  const fieldsOf = ({ version, serial, not_before, not_after }: Certificate) =>
    JSON.stringify([version, serial ?? null, not_before ?? null, not_after ?? null])
  const [own, rest] = [ownExtensions(one), ownExtensions(other)]
  return (
    same(ownKey, otherKey) &&
    same(ownName, otherName) &&
    fieldsOf(one) === fieldsOf(other) &&
    own.length === rest.length &&
    own.every((extension, nth) => sameExtension(extension, rest[nth]))
  )
}

/** authorityKeyIdentifier, the poison, and the list of SCTs: what differs between a precertificate and what was logged of it. */
const ofIssuerAndLogs: ReadonlySet<string> = new Set([
  '2.5.29.35',
  '1.3.6.1.4.1.11129.2.4.3',
  '1.3.6.1.4.1.11129.2.4.2',
])

function ownExtensions({ extension_list }: Certificate): readonly Extension[] {
  return extension_list.filter(({ oid }) => !ofIssuerAndLogs.has(oid))
}

function sameExtension(one: Extension, other: Extension | undefined): boolean {
  return one.oid === other?.oid && one.critical === other.critical && same(one.value, other.value)
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
