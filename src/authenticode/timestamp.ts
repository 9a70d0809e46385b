import { hashText } from './algorithms.ts'
import { mostTimestamps } from './bounds.ts'
import type { SignedData, SignerInfo } from './cms.ts'
import { firstValueOf, readSignedData, readSignerInfo, within } from './cms.ts'
import type { DerWalk } from './der.ts'
import { contentsOf, cursorOver, expectEnd, hex, noteAt, tags, take, takeIf, takeInside } from './der.ts'
import { oidOf, serialOf, takeAlgorithm, timeOf } from './der-values.ts'
import { oids } from './oids.ts'

/** Who tells when a signature was made, over the octets of that signature. Nothing is verified here. */
export type Timestamp =
  | {
      /** PKCS #9 §5.3.6: its certificates are among those of the signature. */
      readonly kind: 'pkcs9'
      readonly signer: SignerInfo
      /** signingTime of whoever counter-signed. Milliseconds since the epoch, UTC. */
      readonly time: number | undefined
    }
  | {
      /** RFC 3161, with certificates of its own. */
      readonly kind: 'rfc3161'
      readonly token: SignedData
      readonly info: TimestampInfo
      readonly time: number
    }

export type TimestampInfo = {
  readonly policy: string
  /** The hash of the signature that is said to have been there at that time. */
  readonly digest_algorithm: string
  readonly digest_oid: string
  readonly digest: string
  readonly serial: string
}

/** The counter-signatures of a signer, of either kind, in their order. */
export function readTimestamps(walk: DerWalk, signer: SignerInfo): readonly Timestamp[] {
  const timestamps: Timestamp[] = []
  for (const { oid, values, offset } of signer.unsigned) {
    if (oid !== oids.counterSignature && oid !== oids.timestampToken) continue
    for (const value of values) {
      if (timestamps.length === mostTimestamps) {
        noteAt(walk, 'authenticode/too-many', offset, `at most ${mostTimestamps} counter-signatures`)
        return timestamps
      }
      const timestamp = oid === oids.counterSignature ? readPkcs9(walk, value) : readToken(walk, value)
      if (timestamp !== undefined) timestamps.push(timestamp)
      else noteAt(walk, 'authenticode/timestamp', offset)
    }
  }
  return timestamps
}

function readPkcs9(walk: DerWalk, value: Uint8Array): Timestamp | undefined {
  const signer = readSignerInfo(within(walk, value, 'counter-signature'))
  return signer && { kind: 'pkcs9', signer, time: signingTimeOf(walk, signer) }
}

/** The signed signingTime: what the signer says, and nobody else. */
export function signingTimeOf(walk: DerWalk, signer: SignerInfo): number | undefined {
  const value = firstValueOf(signer.signed, oids.signingTime)
  if (value === undefined) return undefined
  const cursor = within(walk, value, 'signingTime')
  const element = takeIf(cursor, 0x17) ?? take(cursor, 0x18, 'Time')
  return element && timeOf(cursor.walk, element)
}

/**
 *   TSTInfo ::= SEQUENCE { version INTEGER, policy OBJECT IDENTIFIER,
 *     messageImprint SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING },
 *     serialNumber INTEGER, genTime GeneralizedTime, … }
 */
function readToken(walk: DerWalk, value: Uint8Array): Timestamp | undefined {
  const outer = within(walk, value, 'timestamp')
  const token = readSignedData(outer)
  if (token?.content === undefined || token.content_type !== oids.timestampInfo) return undefined
  expectEnd(outer)
  const cursor = within(walk, token.content, 'timestamp')
  cursor.walk.part = 'TSTInfo'
  const info = takeInside(cursor, tags.sequence, 'TSTInfo')
  const version = info && take(info, tags.integer, 'version')
  const policy = version && take(info, tags.oid, 'policy')
  const imprint = policy && takeInside(info, tags.sequence, 'messageImprint')
  const algorithm = imprint && takeAlgorithm(imprint, 'hashAlgorithm')
  const digest = algorithm && take(imprint, tags.octetString, 'hashedMessage')
  const serial = digest && take(info, tags.integer, 'serialNumber')
  const time = info && serial && take(info, 0x18, 'genTime')
  if (policy === undefined || algorithm === undefined || digest === undefined) return undefined
  if (serial === undefined || time === undefined) return undefined
  const instant = timeOf(cursor.walk, time)
  if (instant === undefined) return undefined
  return {
    kind: 'rfc3161',
    token,
    time: instant,
    info: {
      policy: oidOf(cursor.walk, policy),
      digest_algorithm: hashText(algorithm.oid),
      digest_oid: algorithm.oid,
      digest: hex(contentsOf(cursor.walk, digest)),
      serial: serialOf(cursor.walk, serial),
    },
  }
}

/** The hash by which the signer names its own certificate, and what it is. */
export type CertificateId = { readonly digest_oid: string; readonly digest: Uint8Array }

/**
 * RFC 5035 §3: SigningCertificateV2 ::= SEQUENCE { certs SEQUENCE OF ESSCertIDv2, … }, of which the first is the signer's;
 * ESSCertIDv2 ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier DEFAULT sha256, certHash OCTET STRING, … }. Before it, RFC 2634
 * §5.4, always SHA-1. A token must have one of them (RFC 3161 §2.4.2).
 */
export function certificateIdOf(signer: SignerInfo): CertificateId | undefined {
  const second = firstValueOf(signer.signed, oids.signingCertificateV2)
  const value = second ?? firstValueOf(signer.signed, oids.signingCertificate)
  if (value === undefined) return undefined
  const cursor = cursorOver({ bytes: value, problems: [], label: '', part: '', elementsLeft: 64, faults: 0 })
  const outer = takeInside(cursor, tags.sequence, 'SigningCertificate')
  const list = outer && takeInside(outer, tags.sequence, 'certs')
  const first = list && takeInside(list, tags.sequence, 'ESSCertID')
  if (first === undefined) return undefined
  const fallback = second === undefined ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1'
  const algorithm = takeIf(first, tags.sequence)
  const oid = algorithm && takeIf(cursorOver(first.walk, algorithm.contents, algorithm.end), tags.oid)
  const digest = take(first, tags.octetString, 'certHash')
  if (digest === undefined || (algorithm !== undefined && oid === undefined)) return undefined
  return {
    digest_oid: oid === undefined ? fallback : oidOf(first.walk, oid),
    digest: contentsOf(first.walk, digest),
  }
}
