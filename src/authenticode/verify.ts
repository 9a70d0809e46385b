import { Buffer } from 'node:buffer'
import type { Certificate } from '../x509/index.ts'
import { hashNameOf } from './algorithms.ts'
import type { CertificatePool, Work } from './chain.ts'
import { findChain, noWorkYet, poolOf, poolOfCertificates } from './chain.ts'
import type { IndirectData } from './indirect-data.ts'
import type { Digests, FileRanges } from './ranges.ts'
import type { ReadOptions, SignedFile } from './read.ts'
import { readSignatures } from './read.ts'
import type { Doubt, DoubtCode, Reason, Status } from './reasons.ts'
import { statusOf } from './reasons.ts'
import type { Signature } from './signature.ts'
import { checkSigner } from './signer-check.ts'
import type { TimestampVerification } from './timestamp-check.ts'
import { verifyTimestamp } from './timestamp-check.ts'

/** Whom to believe. Made once by {@link trustIn}, used for many files. */
export type Trust = {
  readonly roots: CertificatePool
  readonly timestamp_roots: CertificatePool
  readonly intermediates: CertificatePool
}

/** @param told certificates as DER; those that cannot be read lead nowhere. `timestamp_roots`: default the roots */
export function trustIn(told: {
  readonly roots: readonly Uint8Array[]
  readonly timestamp_roots?: readonly Uint8Array[]
  readonly intermediates?: readonly Uint8Array[]
}): Trust {
  const roots = poolOf(told.roots)
  return {
    roots,
    timestamp_roots: told.timestamp_roots === undefined ? roots : poolOf(told.timestamp_roots),
    intermediates: poolOf(told.intermediates ?? []),
  }
}

export type VerifyOptions = {
  readonly trust: Trust
  /** When a signature without timestamp must be valid: milliseconds since the epoch, UTC. */
  readonly time: number
  /** Catalogs that were read. One that lists the file vouches for it when it has no signature of its own. */
  readonly catalogs?: readonly SignedFile[]
}

/** What became of a file. */
export type Verification = {
  /** Of the first embedded signature, as on Windows; else of the catalog that lists the file. */
  readonly status: Status
  /** Index of the catalog the status is from; undefined when it is from the file itself. */
  readonly by_catalog: number | undefined
  readonly reasons: readonly Reason[]
  readonly doubts: readonly Doubt[]
  /** Of each signature of the file, in their order; that of the catalog when it is from there. */
  readonly signatures: readonly SignatureVerification[]
}

export type SignatureVerification = {
  readonly status: Status
  readonly reasons: readonly Reason[]
  readonly doubts: readonly Doubt[]
  readonly signature: Signature
  /** The signed digest, and that of the file; undefined for lists. */
  readonly digest:
    | { readonly algorithm: string; readonly told: string; readonly computed: string | undefined }
    | undefined
  /** The signer's certificate first; the root last when the chain reaches one. Empty when the signer's is not there. */
  readonly chain: readonly Certificate[]
  readonly root: Certificate | undefined
  /** When it was signed, if a valid timestamp tells. */
  readonly signed_at: number | undefined
  readonly timestamps: readonly TimestampVerification[]
  readonly nested: readonly SignatureVerification[]
}

/** Reads and verifies a file. See {@link readSignatures} and {@link verifySignatures}. */
export async function verifyFile(file: FileRanges, options: ReadOptions & VerifyOptions): Promise<Verification> {
  const hashes =
    options.catalogs === undefined ? options.hashes : (['sha1', 'sha256', ...(options.hashes ?? [])] as const)
  return verifySignatures(await readSignatures(file, { ...options, ...(hashes && { hashes }) }), options)
}

/**
 * Says whether the signatures of a file hold. Never throws; tries a bounded number of keys. Whether a certificate was revoked is not
 * asked.
 */
export function verifySignatures(file: SignedFile, options: VerifyOptions): Verification {
  const work = noWorkYet()
  const doubts = fileDoubts(file)
  const signatures = file.signatures.map(signature => verifyOne(signature, file, options, work))
  const [first] = signatures
  const result = (reasons: readonly Reason[], more: readonly Doubt[] = []): Verification => ({
    status: statusOf(reasons),
    by_catalog: undefined,
    reasons,
    doubts: [...doubts, ...more],
    signatures,
  })
  if (first !== undefined) return result(first.reasons, first.doubts)
  if (file.has_signature) return result([{ code: 'signature-unreadable' }])
  return (
    byCatalog(file, options, doubts) ?? result([{ code: file.kind === 'unknown' ? 'kind-unknown' : 'no-signature' }])
  )
}

function byCatalog(file: SignedFile, options: VerifyOptions, doubts: readonly Doubt[]): Verification | undefined {
  let best: Verification | undefined
  for (const [i, catalog] of (options.catalogs ?? []).entries()) {
    const [signature] = catalog.signatures
    if (signature === undefined || !isListed(signature, file.catalog_digests)) continue
    const verified = verifyOne(signature, catalog, options, noWorkYet())
    const { status, reasons } = verified
    if (best !== undefined && status !== 'valid') continue
    const told = [...doubts, ...fileDoubts(catalog), ...verified.doubts]
    best = { status, by_catalog: i, reasons, doubts: told, signatures: [verified] }
    if (status === 'valid') break
  }
  return best
}

const listedDigests = new WeakMap<Signature, ReadonlySet<string>>()

/** Whether a catalog vouches for a file with one of these digests. */
export function isListed(signature: Signature, digests: Digests): boolean {
  const { content } = signature
  if (content?.kind !== 'trust_list' || content.usage !== 'catalog') return false
  let listed = listedDigests.get(signature)
  if (listed === undefined) {
    listed = new Set(content.members.map(({ digest_algorithm, digest }) => `${digest_algorithm} ${digest}`))
    listedDigests.set(signature, listed)
  }
  for (const [name, digest] of digests) if (listed.has(`${name} ${digest}`)) return true
  return false
}

/** What was seen in the file that must be told with any status. */
const doubtOfProblem: Readonly<Record<string, DoubtCode>> = {
  'authenticode/pe-padding': 'data-in-table',
  'authenticode/pe-after-table': 'data-after-table',
  'authenticode/pe-entries': 'several-entries',
  'authenticode/pe-section-gaps': 'sections-with-gaps',
  'authenticode/trailing-bytes': 'data-after-signature',
}

function fileDoubts({ problems, layout, has_signature }: SignedFile): readonly Doubt[] {
  if (!has_signature) return []
  const doubts: Doubt[] = []
  for (const { code, where, found } of problems) {
    const doubt = doubtOfProblem[code]
    if (doubt !== undefined)
      doubts.push({ code: doubt, detail: [where, found].filter(part => part !== undefined).join(', ') })
  }
  if (layout?.kind === 'msi') {
    const { after_end, metadata_digest } = layout
    if (after_end !== undefined)
      doubts.push({
        code: after_end.looks_like === 'zip' ? 'archive-after-end' : 'data-after-end',
        detail: `byte ${after_end.offset}, ${after_end.size} octets`,
      })
    if (metadata_digest === undefined) doubts.push({ code: 'names-not-signed' })
  }
  if (layout?.kind === 'script' && layout.style.is_position_hashed) doubts.push({ code: 'script-host-digest' })
  return doubts
}

function verifyOne(signature: Signature, file: SignedFile, options: VerifyOptions, work: Work): SignatureVerification {
  const { signer, certificate, content, signed_data } = signature
  const reasons: Reason[] = []
  const doubts: Doubt[] = []
  const digest = content?.kind === 'indirect_data' ? compareDigest(content, file, reasons, doubts) : undefined
  if (content === undefined) reasons.push({ code: 'content-unknown', detail: signed_data.content_type })
  if (content?.kind === 'trust_list' && file.kind !== 'list') reasons.push({ code: 'kind-differs', detail: 'a list' })
  if (signature.is_broken) reasons.push({ code: 'signature-unreadable', detail: 'in part' })
  if (signer === undefined) reasons.push({ code: 'no-signer' })
  else {
    const signed = { octets: signed_data.content ?? new Uint8Array(0), type: signed_data.content_type }
    const check = checkSigner(signer, signed, certificate, work)
    reasons.push(...check.reasons)
    doubts.push(...check.doubts)
  }
  const { timestamp_roots: roots, intermediates } = options.trust
  const timestamps = signature.timestamps.map(one => verifyTimestamp(one, signature, { roots, intermediates, work }))
  const times = timestamps.flatMap(({ is_valid, time }) => (is_valid && time !== undefined ? [time] : []))
  const signedAt = times.length === 0 ? undefined : Math.min(...times)
  if (timestamps.length === 0) doubts.push({ code: 'no-timestamp' })
  for (const { is_valid, reasons: why } of timestamps)
    if (!is_valid) doubts.push({ code: 'timestamp-not-valid', detail: why.map(({ code }) => code).join(', ') })
  const isLifetime = certificate?.extensions.extended_key_usage?.includes('microsoftLifetimeSigning') === true
  const time = isLifetime || signedAt === undefined ? options.time : signedAt
  const chain =
    certificate &&
    findChain(certificate, {
      roots: options.trust.roots,
      others: [poolOfCertificates(signature.certificates), intermediates],
      purpose: content?.kind === 'trust_list' ? 'listSigning' : 'codeSigning',
      time,
      work,
    })
  reasons.push(...(chain?.reasons ?? []))
  doubts.push(...(chain?.doubts ?? []))
  if (isLifetime && signedAt !== undefined && chain?.reasons.some(({ code }) => code === 'no-longer-valid'))
    reasons.push({ code: 'lifetime-signing' })
  if (signature.other_unsigned.length > 0)
    doubts.push({ code: 'unsigned-attributes', detail: signature.other_unsigned.map(({ oid }) => oid).join(', ') })
  const nested = signature.nested.map(one => verifyOne(one, file, options, work))
  for (const { status } of nested) if (status !== 'valid') doubts.push({ code: 'nested-not-valid', detail: status })
  return {
    status: statusOf(reasons),
    reasons,
    doubts,
    signature,
    digest,
    chain: chain?.certificates ?? [],
    root: chain?.root,
    signed_at: signedAt,
    timestamps,
    nested,
  }
}

const installerGuid = '{000C10F1-0000-0000-C000-000000000046}'

/** Whether the signed digest is that of the file, taken as that kind of file is. */
function compareDigest(
  content: IndirectData,
  file: SignedFile,
  reasons: Reason[],
  doubts: Doubt[],
): SignatureVerification['digest'] {
  const { digest_algorithm: algorithm, digest: told } = content
  const { layout } = file
  const name = hashNameOf(content.digest_oid)
  if (layout === undefined) {
    reasons.push({ code: 'kind-unknown' })
    return { algorithm, told, computed: undefined }
  }
  const guid = layout.kind === 'msi' ? installerGuid : layout.kind === 'script' ? layout.style.sip_guid : undefined
  const isKind =
    layout.kind === 'pe' ? content.subject === 'pe' : content.subject === 'sip' && content.sip_guid === guid
  if (!isKind) reasons.push({ code: 'kind-differs', detail: content.sip_guid ?? content.subject })
  if (name === undefined) {
    reasons.push({ code: 'digest-unsupported', detail: content.digest_oid })
    return { algorithm, told, computed: undefined }
  }
  if (name === 'md5') reasons.push({ code: 'md5', detail: 'file' })
  if (name === 'sha1') doubts.push({ code: 'sha1', detail: 'file' })
  const other = file.other_digests.find(digests => digests.get(name) === told)
  const computed = (other ?? file.digests).get(name)
  if (computed === undefined) reasons.push({ code: 'digest-not-computed' })
  else if (computed !== told) {
    reasons.push({ code: 'digest-differs', detail: `${told}, ${computed}` })
    if (file.digests_before_table.get(name) === told) doubts.push({ code: 'only-data-after-table-differ' })
  }
  if (layout.kind === 'pe' && layout.is_table_over_image) reasons.push({ code: 'table-over-image' })
  if (layout.kind === 'msi' && layout.metadata_digest !== undefined) {
    const metadata = Buffer.from(layout.metadata_digest).toString('hex')
    const found = file.metadata_digests.get(name)
    if (found !== undefined && found !== metadata) reasons.push({ code: 'metadata-differs' })
  }
  return { algorithm, told, computed }
}
