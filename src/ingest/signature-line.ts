import { createHash } from 'node:crypto'
import type { SignatureVerification, SignedFile, Verification } from '../authenticode/index.ts'
import { allOf } from '../authenticode/index.ts'
import type { Certificate } from '../x509/index.ts'
import { quoted } from './event-members.ts'

/**
 * The line of JSON that is read in the place of a file that has a signature, or could have one; sources/file-signature maps it.
 *
 *   {"file_signature":"verified","name":"a.exe","size":72192,"kind":"pe","sha256":…,"sha1":…,"md5":…,"digest_sha256":…,"digest_sha1":…,
 *    "status":"valid","reasons":[…],"doubts":[…],"problems":[…],"root":…,"catalog":…,"catalogs":2,"signer":…,"issuer":…,
 *    "chain_sha1":[…],"chain_sha256":[…],"tbs":[…],"signed_at":…,"told_at":…,"program":…,"bytes":7312,"certificates":[…]}
 *
 * What is not known is left out. There is no time of reading in it: the same file, judged alike, has the same line.
 */
export type JudgedFile = {
  readonly name: string
  readonly file: SignedFile
  readonly hashes: FileHashes
  readonly verification: Verification
  /** SHA-256 of the catalog the status is from. */
  readonly catalog: string | undefined
  /** Catalogs that were at hand. */
  readonly catalogs: number
}

/** Of the whole file, lower-case hexadecimal. */
export type FileHashes = { readonly sha256: string; readonly sha1: string; readonly md5: string }

/** A catalog for what signs others, a list for all other lists of trust. */
export type FileKind = 'pe' | 'installer' | 'script' | 'catalog' | 'list'

/** Certificates that are kept of one file, and octets of each. Real signatures have three to eight of 1 to 2 KiB. */
const mostCertificates = 16
const longestCertificate = 16 << 10
/** Texts of one kind. There are some sixty codes. */
const mostTexts = 32
const longestText = 512

export function fileKindOf({ kind, signatures: [first] }: SignedFile): FileKind | undefined {
  if (kind === 'pe' || kind === 'script') return kind
  if (kind === 'msi') return 'installer'
  if (kind !== 'list' || first?.content?.kind !== 'trust_list') return undefined
  return first.content.usage === 'catalog' ? 'catalog' : 'list'
}

export function lineOfFile({ name, file, hashes, verification, catalog, catalogs }: JudgedFile): string {
  const { status, reasons, doubts, signatures } = verification
  const [first] = signatures
  const members = [
    '"file_signature":"verified"',
    text('name', name),
    `"size":${file.size}`,
    `"kind":"${fileKindOf(file) ?? 'unknown'}"`,
    `"sha256":"${hashes.sha256}","sha1":"${hashes.sha1}","md5":"${hashes.md5}"`,
    text('digest_sha256', file.digests.get('sha256') ?? ''),
    text('digest_sha1', file.digests.get('sha1') ?? ''),
    `"status":"${status}"`,
    texts(
      'reasons',
      reasons.map(({ code }) => code),
    ),
    texts(
      'doubts',
      doubts.map(({ code }) => code),
    ),
    texts(
      'problems',
      file.problems.map(({ code }) => code),
    ),
    text('catalog', catalog ?? ''),
    `"catalogs":${catalogs}`,
    ...(first === undefined ? [] : membersOfSignature(first)),
  ]
  return `{${members.filter(one => one !== '').join(',')}}`
}

function membersOfSignature({ signature, chain, root, signed_at }: SignatureVerification): readonly string[] {
  const { certificate, signing_time, program_name, url, signed_data } = signature
  const signedOctets = allOf([signature]).reduce((sum, one) => sum + (one.signed_data.content?.length ?? 0), 0)
  const path = chain.length === 0 && certificate !== undefined ? [certificate] : chain
  const all = distinct([...path, ...signature.certificates]).slice(0, mostCertificates)
  return [
    text('root', root?.subject?.text ?? ''),
    text('signer', certificate?.subject?.text ?? ''),
    text('issuer', certificate?.issuer?.text ?? ''),
    texts(
      'chain_sha1',
      path.map(one => hashOf('sha1', one.der)),
    ),
    texts(
      'chain_sha256',
      path.map(one => hashOf('sha256', one.der)),
    ),
    texts(
      'tbs',
      path.flatMap(({ tbs }) => [hashOf('sha1', tbs), hashOf('sha256', tbs)]),
    ),
    time('signed_at', signed_at),
    time('told_at', signing_time),
    text('program', program_name ?? ''),
    text('url', url ?? ''),
    // Page hashes are signed, and make a signature long for good reasons.
    `"bytes":${signed_data.der.length + signature.trailing - signedOctets}`,
    texts(
      'certificates',
      all.filter(({ der }) => der.length <= longestCertificate).map(({ der }) => Buffer.from(der).toString('base64')),
      false,
    ),
  ]
}

function distinct(all: readonly Certificate[]): readonly Certificate[] {
  const seen = new Set<string>()
  return all.filter(({ der }) => {
    const id = hashOf('sha256', der)
    return seen.has(id) ? false : seen.add(id)
  })
}

function hashOf(name: 'sha1' | 'sha256', bytes: Uint8Array): string {
  return createHash(name).update(bytes).digest('hex')
}

function text(name: string, value: string): string {
  return value === '' ? '' : `"${name}":${quoted(value.slice(0, longestText))}`
}

function texts(name: string, values: readonly string[], once = true): string {
  const kept = (once ? [...new Set(values)] : values).slice(0, mostTexts)
  return kept.length === 0 ? '' : `"${name}":${JSON.stringify(kept)}`
}

/** What a signature tells may be no day that anybody can write down. */
function time(name: string, milliseconds: number | undefined): string {
  if (milliseconds === undefined || Math.abs(milliseconds) > 8.64e15) return ''
  return `"${name}":"${new Date(milliseconds).toISOString()}"`
}
