import { createHash } from 'node:crypto'
import type { Certificate } from '../x509/index.ts'
import { hashNameOf, schemeOf } from './algorithms.ts'
import type { Work } from './chain.ts'
import type { SignerInfo } from './cms.ts'
import { firstValueOf } from './cms.ts'
import { contentsOf, cursorOver, hex, isEqual, tags, takeIf, walkOver } from './der.ts'
import { oidOf } from './der-values.ts'
import { checkSignature } from './keys.ts'
import { oids } from './oids.ts'
import type { Doubt, Reason } from './reasons.ts'

/** What a signer signs. */
export type SignedContent = {
  readonly octets: Uint8Array
  /** The type that the signed attributes must name; undefined where it is not looked at. */
  readonly type: string | undefined
}

/**
 * Whether a signer's signature holds: that the signed attributes are about this content, and that the key of the certificate signed
 * them. RFC 5652 §5.4: what is signed are the attributes, with the tag of a SET. Without them nothing is verified: contents that
 * are themselves attributes could be passed off as signed.
 */
export function checkSigner(
  signer: SignerInfo,
  content: SignedContent,
  certificate: Certificate | undefined,
  work: Work,
): { readonly reasons: readonly Reason[]; readonly doubts: readonly Doubt[] } {
  const reasons: Reason[] = []
  const doubts: Doubt[] = []
  const hash = hashNameOf(signer.digest_algorithm.oid)
  const scheme = schemeOf(signer.signature_algorithm)
  if (hash === undefined || scheme === undefined) {
    const detail = hash === undefined ? signer.digest_algorithm.oid : signer.signature_algorithm.oid
    return { reasons: [{ code: 'algorithm-unsupported', detail }], doubts }
  }
  if (hash === 'md5') reasons.push({ code: 'md5', detail: 'signature' })
  if (hash === 'sha1') doubts.push({ code: 'sha1', detail: 'signature' })
  if (scheme.hash !== undefined && scheme.hash !== hash)
    reasons.push({ code: 'algorithms-differ', detail: `${hash}, ${scheme.hash}` })
  if (repeats(signer)) reasons.push({ code: 'attribute-repeated' })
  if (content.type !== undefined && attributeOid(signer, oids.contentType) !== content.type)
    reasons.push({ code: 'content-type-differs' })
  const told = attributeOctets(signer, oids.messageDigest)
  const computed = createHash(hash).update(content.octets).digest()
  if (signer.signed_der === undefined || told === undefined || !isEqual(told, computed))
    reasons.push({
      code: 'message-digest-differs',
      detail: `${told === undefined ? 'none' : hex(told)}, ${hex(computed)}`,
    })
  if (certificate === undefined) return { reasons: [...reasons, { code: 'certificate-missing' }], doubts }
  if (signer.signed_der === undefined) return { reasons, doubts }
  work.checksLeft -= 1
  if (work.checksLeft < 0) return { reasons: [...reasons, { code: 'too-much-work' }], doubts }
  const signed = Uint8Array.from(signer.signed_der)
  signed[0] = tags.set
  const check = checkSignature(certificate, scheme, hash, signed, signer.signature)
  if (check === 'unsupported') reasons.push({ code: 'key-unsupported', detail: certificate.subject?.text ?? '' })
  if (check === 'wrong') reasons.push({ code: 'signature-wrong' })
  return { reasons, doubts }
}

/** Two of the attributes that decide: another program may take the other one. */
function repeats({ signed }: SignerInfo): boolean {
  return [oids.contentType, oids.messageDigest].some(oid => {
    const same = signed.filter(attribute => attribute.oid === oid)
    return same.length > 1 || same.some(({ values }) => values.length > 1)
  })
}

function attributeOctets(signer: SignerInfo, oid: string): Uint8Array | undefined {
  const value = firstValueOf(signer.signed, oid)
  const walk = value && walkOver(value, [])
  const element = walk && takeIf(cursorOver(walk), tags.octetString)
  return element && contentsOf(walk, element)
}

function attributeOid(signer: SignerInfo, oid: string): string | undefined {
  const value = firstValueOf(signer.signed, oid)
  const walk = value && walkOver(value, [])
  const element = walk && takeIf(cursorOver(walk), tags.oid)
  return element && oidOf(walk, element)
}
