import type { Problem } from '../base/index.ts'
import type { Certificate } from '../x509/index.ts'
import { deepestNesting, longestSignature, mostNested } from './bounds.ts'
import type { Attribute, SignedData, SignerInfo } from './cms.ts'
import { firstValueOf, isSignersCertificate, readSignedData, within } from './cms.ts'
import type { Cursor, DerWalk } from './der.ts'
import { cursorOver, next, noteAt, tags, take, takeInside, walkOver } from './der.ts'
import { oidOf } from './der-values.ts'
import type { IndirectData, OpusInfo } from './indirect-data.ts'
import { readIndirectData, readOpusInfo } from './indirect-data.ts'
import { note } from './note.ts'
import { oids } from './oids.ts'
import type { Timestamp } from './timestamp.ts'
import { readTimestamps, signingTimeOf } from './timestamp.ts'
import type { TrustList } from './trust-list.ts'
import { readTrustList } from './trust-list.ts'

/** One signature of a file as it stands. Nothing in it is verified. */
export type Signature = {
  /** The CMS as it stands, with what was not looked into. */
  readonly signed_data: SignedData
  /** What is signed: the hash of a file, or a list. Undefined when it cannot be read, or is something else. */
  readonly content: IndirectData | TrustList | undefined
  /** The first signer; undefined when there is none. Windows looks at no other. */
  readonly signer: SignerInfo | undefined
  /** That of the first signer, if it is there. */
  readonly certificate: Certificate | undefined
  /** All that came with it, the signer's among them. */
  readonly certificates: readonly Certificate[]
  readonly program_name: string | undefined
  readonly url: string | undefined
  /** `1.3.6.1.4.1.311.2.1.21` individual, `1.3.6.1.4.1.311.2.1.22` commercial. */
  readonly statement_types: readonly string[]
  /** What the signer says; only a timestamp is told by someone else. Milliseconds since the epoch, UTC. */
  readonly signing_time: number | undefined
  readonly timestamps: readonly Timestamp[]
  readonly nested: readonly Signature[]
  /** Unsigned attributes that are none of the above: anybody may have put them there. */
  readonly other_unsigned: readonly Pick<Attribute, 'oid' | 'offset' | 'length'>[]
  /** The grammar could not be followed to its end: what is here is what was found before. */
  readonly is_broken: boolean
  /** Octets behind the signature in what holds it. */
  readonly trailing: number
}

/** How many nested signatures a file may still have. */
type Allowance = { nestedLeft: number }

/**
 * Reads a signature: the DER of a ContentInfo, and perhaps something behind it. Never throws.
 *
 * @param problems what is wrong is added here
 */
export function readSignature(bytes: Uint8Array, problems: Problem[], label = ''): Signature | undefined {
  if (bytes.length > longestSignature) {
    note(problems, 'authenticode/too-long', `${label}signature`, `at most ${longestSignature}`, String(bytes.length))
    return undefined
  }
  const cursor = cursorOver(walkOver(bytes, problems, label))
  return signatureAt(cursor, { nestedLeft: mostNested }, 0)
}

function signatureAt(cursor: Cursor, allowance: Allowance, depth: number): Signature | undefined {
  const { walk } = cursor
  const data = readSignedData(cursor)
  if (data === undefined) return undefined
  if (data.signers.length !== 1) noteAt(walk, 'authenticode/signers', 0, 'one signer', String(data.signers.length))
  const [signer] = data.signers
  const opus = signer && opusOf(walk, signer)
  return {
    signed_data: data,
    content: contentOf(walk, data),
    signer,
    certificate: signer && data.certificates.find(certificate => isSignersCertificate(signer, certificate)),
    certificates: data.certificates,
    program_name: opus?.program_name,
    url: opus?.url,
    statement_types: signer === undefined ? [] : statementTypesOf(walk, signer),
    signing_time: signer && signingTimeOf(walk, signer),
    timestamps: signer === undefined ? [] : readTimestamps(walk, signer),
    nested: signer === undefined ? [] : readNested(walk, signer, allowance, depth),
    other_unsigned: (signer?.unsigned ?? [])
      .filter(({ oid }) => !knownUnsigned.has(oid))
      .map(({ oid, offset, length }) => ({ oid, offset, length })),
    is_broken: walk.faults > 0,
    trailing: cursor.end - cursor.at,
  }
}

const knownUnsigned: ReadonlySet<string> = new Set([oids.counterSignature, oids.timestampToken, oids.nestedSignature])

function contentOf(walk: DerWalk, data: SignedData): Signature['content'] {
  const { content, content_type } = data
  if (content !== undefined) {
    const cursor = within(walk, content, 'content')
    const found =
      content_type === oids.indirectData
        ? readIndirectData(cursor)
        : content_type === oids.trustList
          ? readTrustList(cursor)
          : undefined
    if (found !== undefined) return found
  }
  noteAt(walk, 'authenticode/content', 0, 'the hash of a file, or a list', content_type)
  return undefined
}

function opusOf(walk: DerWalk, signer: SignerInfo): OpusInfo | undefined {
  const value = firstValueOf(signer.signed, oids.opusInfo)
  return value && readOpusInfo(within(walk, value, 'SpcSpOpusInfo'))
}

/** SpcStatementType ::= SEQUENCE OF OBJECT IDENTIFIER */
function statementTypesOf(walk: DerWalk, signer: SignerInfo): readonly string[] {
  const value = firstValueOf(signer.signed, oids.statementType)
  const list = value && takeInside(within(walk, value, 'SpcStatementType'), tags.sequence, 'SpcStatementType')
  const types: string[] = []
  while (list !== undefined && list.at < list.end && types.length < 8) {
    const type = take(list, tags.oid, 'type')
    if (type !== undefined) types.push(oidOf(list.walk, type))
  }
  return types
}

function readNested(walk: DerWalk, signer: SignerInfo, allowance: Allowance, depth: number): readonly Signature[] {
  const found: Signature[] = []
  for (const { oid, values, offset } of signer.unsigned) {
    if (oid !== oids.nestedSignature) continue
    for (const value of values) {
      allowance.nestedLeft -= 1
      const signature =
        depth < deepestNesting && allowance.nestedLeft >= 0
          ? signatureAt(within(walk, value, `nested signature ${found.length + 1}`), allowance, depth + 1)
          : undefined
      if (signature !== undefined) found.push(signature)
      else noteAt(walk, 'authenticode/nested', offset, `at most ${deepestNesting} deep and ${mostNested} in all`)
    }
  }
  return found
}

/** Whether these octets begin as a signature does: a SEQUENCE with the OID of signed data in it. */
export function beginsAsSignature(bytes: Uint8Array): boolean {
  if (bytes[0] !== tags.sequence) return false
  // The head may be all that is here, so the length is not looked at.
  const first = bytes[1] ?? 0
  const at = 2 + (first > 0x80 ? first & 0x7f : 0)
  const element = next(cursorOver(walkOver(bytes, []), at))
  return element?.tag === tags.oid && oidOf(walkOver(bytes, []), element) === oids.signedData
}
