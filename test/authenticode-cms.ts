import { createHash } from 'node:crypto'
import type { HashWord, Party } from './authenticode-parties.ts'
import { hashOids, signWith } from './authenticode-parties.ts'
import { algorithm, element, integer, nothing, octets, oid, primitive, sequence, set, tagged, time } from './der.ts'

/** Signatures as Authenticode has them, and signatures as nobody should make them. */
export type CmsOptions = {
  readonly signer: Party
  /** Default: the signer's alone. */
  readonly certificates?: readonly Uint8Array[]
  /** Default: `sha256`. */
  readonly hash?: HashWord
  /** Signed attributes besides contentType and messageDigest. */
  readonly signed?: readonly Uint8Array[]
  /** Instead of contentType and messageDigest. */
  readonly instead?: readonly Uint8Array[]
  /** Made of the octets of the signature: timestamps are over them. */
  readonly unsigned?: (signature: Uint8Array) => readonly Uint8Array[]
}

export function attribute(type: string, ...values: readonly Uint8Array[]): Uint8Array {
  return sequence(oid(type), set(...values))
}

export const digestOf = (hash: HashWord, bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest()

function headOf(der: Uint8Array): number {
  const first = der[1] ?? 0
  return first < 0x80 ? 2 : 2 + (first & 0x7f)
}

/** SignerInfo over the contents of `content`, which is one element. */
export function signerInfo(type: string, content: Uint8Array, options: CmsOptions): Uint8Array {
  const { signer, hash = 'sha256', signed = [], unsigned = () => [] } = options
  const {
    instead = [
      attribute('1.2.840.113549.1.9.3', oid(type)),
      attribute('1.2.840.113549.1.9.4', octets(digestOf(hash, content.subarray(headOf(content))))),
    ],
  } = options
  const attributes = Buffer.concat([...instead, ...signed])
  const made = signWith(signer.key, hash, element(0x31, attributes))
  const more = unsigned(made.signature)
  return sequence(
    integer(1),
    sequence(signer.issuerName, integer(signer.serial)),
    algorithm(hashOids[hash], nothing),
    element(0xa0, attributes),
    made.algorithm,
    octets(made.signature),
    ...(more.length === 0 ? [] : [element(0xa1, ...more)]),
  )
}

/** ContentInfo with one signer. */
export function signedData(type: string, content: Uint8Array, options: CmsOptions): Uint8Array {
  const { signer, certificates = [signer.der], hash = 'sha256' } = options
  return contentInfo(type, content, certificates, [signerInfo(type, content, options)], hash)
}

export function contentInfo(
  type: string,
  content: Uint8Array,
  certificates: readonly Uint8Array[],
  signers: readonly Uint8Array[],
  hash: HashWord = 'sha256',
): Uint8Array {
  return sequence(
    oid('1.2.840.113549.1.7.2'),
    tagged(
      0,
      sequence(
        integer(1),
        set(algorithm(hashOids[hash], nothing)),
        sequence(oid(type), tagged(0, content)),
        element(0xa0, ...certificates),
        set(...signers),
      ),
    ),
  )
}

export const indirectDataType = '1.3.6.1.4.1.311.2.1.4'
export const trustListType = '1.3.6.1.4.1.311.10.1'

/** SpcIndirectDataContent over this digest. @param guid of the interface package, in the order of its octets; none: a PE file */
export function indirectData(hash: HashWord, digest: Uint8Array, guid?: string): Uint8Array {
  const data =
    guid === undefined
      ? sequence(
          oid('1.3.6.1.4.1.311.2.1.15'),
          sequence(element(0x03, Uint8Array.of(0)), tagged(0, tagged(2, primitive(0, new Uint8Array(0))))),
        )
      : sequence(
          oid('1.3.6.1.4.1.311.2.1.30'),
          sequence(integer(1), octets(Buffer.from(guid, 'hex')), ...Array.from({ length: 5 }, () => integer(0))),
        )
  return sequence(data, sequence(algorithm(hashOids[hash], nothing), octets(digest)))
}

export const guids = {
  msi: 'f1100c0000000000c000000000000046',
  powershell: '1fcc3b60594b084eb724d2c6297ef351',
  jscript: '10e0c906ce38d411a2a300104bd35090',
  vbscript: '4ef029169927b54d8fe5ace10f17ebab',
  wsf: '7005611ace38d411a2a300104bd35090',
} as const

/** SpcSpOpusInfo. */
export function opus(programName: string, url: string): Uint8Array {
  const name = Buffer.from(programName, 'utf16le').swap16()
  return attribute(
    '1.3.6.1.4.1.311.2.1.12',
    sequence(tagged(0, primitive(0, name)), tagged(1, primitive(0, Buffer.from(url, 'latin1')))),
  )
}

export const signingTime = (when: string): Uint8Array => attribute('1.2.840.113549.1.9.5', time(new Date(when)))

/** A token of RFC 3161, as the unsigned attribute that holds it. */
export function token(
  when: string,
  clock: Party,
  signature: Uint8Array,
  options: Partial<CmsOptions> = {},
): Uint8Array {
  const { hash = 'sha256' } = options
  const info = sequence(
    integer(1),
    oid('1.2.3.4'),
    sequence(algorithm(hashOids[hash], nothing), octets(digestOf(hash, signature))),
    integer(99),
    element(0x18, Buffer.from(`${when.replace(/[-:T]/g, '').slice(0, 14)}Z`, 'latin1')),
  )
  const id = attribute(
    '1.2.840.113549.1.9.16.2.47',
    sequence(sequence(sequence(octets(digestOf('sha256', clock.der))))),
  )
  const type = '1.2.840.113549.1.9.16.1.4'
  return attribute('1.3.6.1.4.1.311.3.3.1', signedData(type, octets(info), { signer: clock, signed: [id], ...options }))
}

/** A counter-signature of PKCS #9, as the unsigned attribute that holds it. */
export function counterSignature(when: string, clock: Party, signature: Uint8Array): Uint8Array {
  return attribute(
    '1.2.840.113549.1.9.6',
    signerInfo('1.2.840.113549.1.7.1', octets(signature), { signer: clock, signed: [signingTime(when)] }),
  )
}

export const nestedSignature = (...signatures: readonly Uint8Array[]): Uint8Array =>
  attribute('1.3.6.1.4.1.311.2.4.1', ...signatures)
