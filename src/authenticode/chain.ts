import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import type { Certificate } from '../x509/index.ts'
import { readCertificate } from '../x509/index.ts'
import { schemeOf } from './algorithms.ts'
import { longestChain, mostSignatureChecks } from './bounds.ts'
import { isEqual } from './der.ts'
import type { Check } from './keys.ts'
import { checkSignature } from './keys.ts'
import type { Doubt, Reason } from './reasons.ts'

/** Certificates by the DER of their subject. */
export type CertificatePool = ReadonlyMap<string, readonly Certificate[]>

/** What one file may cost. */
export type Work = { checksLeft: number }

export function noWorkYet(): Work {
  return { checksLeft: mostSignatureChecks }
}

/** Those that cannot be read are left out: nothing can lead to them. */
export function poolOf(ders: readonly Uint8Array[]): CertificatePool {
  return poolOfCertificates(
    ders.flatMap(der => {
      const reading = readCertificate(der)
      return 'certificate' in reading ? [reading.certificate] : []
    }),
  )
}

export function poolOfCertificates(certificates: readonly Certificate[]): CertificatePool {
  const pool = new Map<string, Certificate[]>()
  for (const certificate of certificates) {
    if (certificate.subject === undefined) continue
    const name = nameKey(certificate.subject.der)
    const same = pool.get(name)
    if (same === undefined) pool.set(name, [certificate])
    else same.push(certificate)
  }
  return pool
}

function nameKey(der: Uint8Array): string {
  return Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('latin1')
}

export type Chain = {
  /** The signer's certificate first. The root last, where there is one. */
  readonly certificates: readonly Certificate[]
  /** The root as it was given, if the chain reaches one. */
  readonly root: Certificate | undefined
  /** None when the chain holds for this purpose at that time. */
  readonly reasons: readonly Reason[]
  readonly doubts: readonly Doubt[]
}

export type Purpose = 'codeSigning' | 'timeStamping' | 'listSigning'

export type ChainQuestion = {
  readonly roots: CertificatePool
  /** Certificates that are only led through. */
  readonly others: readonly CertificatePool[]
  readonly purpose: Purpose
  /** When all of them must be valid. Milliseconds since the epoch, UTC. */
  readonly time: number
  readonly work: Work
}

/**
 * The best chain from a certificate to a root: one that holds, else one that reaches a root, else the first dead end. RFC 5280 §6.1,
 * and the purposes of issuers as Windows takes them: an issuer that lists purposes issues for no others.
 *
 * A root is known by its whole DER or by its name and key: one that only has the name leads nowhere.
 */
export function findChain(leaf: Certificate, question: ChainQuestion): Chain {
  const { roots, others, work } = question
  let best: Chain | undefined
  let deadEnd: Chain | undefined
  const end = (certificates: readonly Certificate[], reason: Reason): Chain => {
    deadEnd ??= { certificates, root: undefined, reasons: [reason], doubts: [] }
    return deadEnd
  }
  const climb = (path: readonly Certificate[]): boolean => {
    const last = path[path.length - 1] ?? leaf
    const reach = (certificates: readonly Certificate[], root: Certificate): boolean => {
      const chain = { certificates, root, ...judge(certificates, question) }
      if (best === undefined || chain.reasons.length === 0) best = chain
      return chain.reasons.length === 0
    }
    const asRoot = candidates(roots, last.subject?.der).find(root => isEqual(root.der, last.der))
    if (asRoot !== undefined) return reach(path, asRoot)
    let sawName = false
    let wasWrong = false
    for (const [pool, isRoot] of [[roots, true] as const, ...others.map(other => [other, false] as const)])
      for (const issuer of candidates(pool, last.issuer?.der)) {
        if (path.some(({ der }) => isEqual(der, issuer.der))) continue
        sawName = true
        const check = checkIssued(last, issuer, work)
        if (check === 'wrong') wasWrong = true
        if (check !== 'holds') {
          if (check === 'unsupported') end(path, { code: 'key-unsupported', detail: last.subject?.text ?? '' })
          continue
        }
        if (isRoot) {
          if (reach([...path, issuer], issuer)) return true
        } else if (path.length < longestChain && climb([...path, issuer])) return true
      }
    const isSelfIssued =
      last.issuer !== undefined && last.subject !== undefined && isEqual(last.issuer.der, last.subject.der)
    if (!sawName) end(path, { code: isSelfIssued ? 'self-signed' : 'issuer-missing', detail: last.issuer?.text ?? '' })
    else if (wasWrong) end(path, { code: 'chain-signature-wrong', detail: last.subject?.text ?? '' })
    return false
  }
  climb([leaf])
  if (best !== undefined) return best
  if (work.checksLeft < 0) deadEnd = undefined
  return end([leaf], { code: work.checksLeft < 0 ? 'too-much-work' : 'issuer-missing' })
}

function candidates(pool: CertificatePool, name: Uint8Array | undefined): readonly Certificate[] {
  return (name && pool.get(nameKey(name))) ?? []
}

/** Whether the issuer's key signed the certificate. The outer algorithm must be the inner one, which alone is signed. */
function checkIssued(certificate: Certificate, issuer: Certificate, work: Work): Check {
  work.checksLeft -= 1
  if (work.checksLeft < 0) return 'unsupported'
  const { signature_algorithm: algorithm, signature, tbs, problems } = certificate
  const scheme = algorithm && schemeOf(algorithm)
  if (scheme?.hash === undefined && scheme?.key !== 'ed25519') return 'unsupported'
  if (signature === undefined || problems.some(isAboutSignature)) return 'wrong'
  return checkSignature(issuer, scheme, scheme.hash ?? 'sha512', tbs, signature)
}

/** The algorithm is told in two ways, or the signature is no whole number of octets: others would not take it. */
function isAboutSignature({ code, where = '' }: Problem): boolean {
  return (
    code === 'x509/signature-algorithm-mismatch' || (code === 'der/bit-string' && where.startsWith('signature at byte'))
  )
}

/** Purposes by which each question is answered. `anyExtendedKeyUsage` is all of them, save for timestamps (RFC 3161 §2.3). */
const purposes: Readonly<Record<Purpose, readonly string[]>> = {
  codeSigning: ['codeSigning', 'anyExtendedKeyUsage'],
  timeStamping: ['timeStamping'],
  listSigning: [
    'codeSigning',
    'microsoftTrustListSigning',
    '1.3.6.1.4.1.311.10.3.9',
    '1.3.6.1.4.1.311.10.3.30',
    'anyExtendedKeyUsage',
  ],
}

/** The rules for a chain whose signatures hold, the signer's certificate first. */
function judge(path: readonly Certificate[], { purpose, time }: ChainQuestion): Pick<Chain, 'reasons' | 'doubts'> {
  const reasons: Reason[] = []
  const doubts: Doubt[] = []
  // Issuers between, which have a name of their own and another's; RFC 5280 §4.2.1.9 counts no others.
  let issued = 0
  for (const [i, certificate] of path.entries()) {
    const { extensions, not_before, not_after, subject, issuer } = certificate
    const detail = subject?.text ?? ''
    const isRoot = i === path.length - 1 && i > 0
    if (not_before === undefined || not_after === undefined) reasons.push({ code: 'certificate-unreadable', detail })
    else if (time < not_before) reasons.push({ code: 'not-yet-valid', detail })
    else if (time > not_after) reasons.push({ code: 'no-longer-valid', detail })
    const { key_usage, basic_constraints, name_constraints } = extensions
    if (!isRoot && !isForPurpose(certificate, purpose, i > 0)) reasons.push({ code: 'purpose-missing', detail })
    if (isUnread(certificate, '2.5.29.15', key_usage)) reasons.push({ code: 'key-usage', detail })
    if (hasUnknownCritical(certificate)) reasons.push({ code: 'critical-extension', detail })
    addWeakness(certificate, isRoot, reasons, doubts)
    if (i === 0) {
      if (key_usage !== undefined && !key_usage.includes('digitalSignature') && !key_usage.includes('nonRepudiation'))
        reasons.push({ code: 'key-usage', detail })
      continue
    }
    // A root of version 1 has no extensions: that it was given says that it is one.
    if (basic_constraints?.ca !== true && !(isRoot && certificate.version !== 3))
      reasons.push({ code: 'not-a-ca', detail })
    if (basic_constraints?.path_length !== undefined && issued > basic_constraints.path_length)
      reasons.push({ code: 'path-too-long', detail })
    if (key_usage !== undefined && !key_usage.includes('keyCertSign')) reasons.push({ code: 'key-usage', detail })
    if (name_constraints !== undefined || isUnread(certificate, '2.5.29.30', name_constraints))
      doubts.push({ code: 'name-constraints', detail })
    if (subject === undefined || issuer === undefined || !isEqual(subject.der, issuer.der)) issued += 1
  }
  return { reasons, doubts }
}

/** A certificate that lists no purposes serves all of them, save for timestamps (RFC 3161 §2.3). */
function isForPurpose(certificate: Certificate, purpose: Purpose, isIssuer: boolean): boolean {
  const { extended_key_usage: usages } = certificate.extensions
  if (isUnread(certificate, '2.5.29.37', usages)) return false
  if (usages === undefined) return isIssuer || purpose !== 'timeStamping'
  return usages.some(usage => purposes[purpose].includes(usage) || (isIssuer && usage === 'anyExtendedKeyUsage'))
}

/** The extension is there, and its reader made nothing of it: then it allows nothing. */
function isUnread({ extension_list }: Certificate, oid: string, read: unknown): boolean {
  return read === undefined && extension_list.some(extension => extension.oid === oid)
}

/** Where not all problems are kept, one of them may have been this. */
const hidesCritical: ReadonlySet<string> = new Set([
  'extension/unknown-critical',
  'extension/duplicate',
  'extension/too-many',
  'x509/more-problems',
])

function hasUnknownCritical({ problems }: Certificate): boolean {
  return problems.some(({ code }) => hidesCritical.has(code))
}

/** A root's own signature proves nothing, so its hash does not matter. */
function addWeakness(certificate: Certificate, isRoot: boolean, reasons: Reason[], doubts: Doubt[]): void {
  const { signature_algorithm: algorithm, public_key, subject } = certificate
  const detail = subject?.text ?? ''
  const hash = algorithm && schemeOf(algorithm)?.hash
  if (!isRoot && hash === 'md5') reasons.push({ code: 'md5', detail })
  if (!isRoot && hash === 'sha1') doubts.push({ code: 'sha1', detail })
  if (public_key?.kind === 'rsa' && (public_key.bits ?? 0) < 2048) doubts.push({ code: 'short-key', detail })
}
