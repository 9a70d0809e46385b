import type { Problem } from '../base/index.ts'
import { hashNameOf } from './algorithms.ts'
import { longestSignature } from './bounds.ts'
import { beginsAsCompoundFile } from './compound-file.ts'
import type { MsiLayout } from './msi.ts'
import { feedContents, feedMetadata, readMsi } from './msi.ts'
import { note } from './note.ts'
import type { PeLayout } from './pe.ts'
import { hashedRanges, isPadding, readPe } from './pe.ts'
import type { Digests, FileRanges, HashName } from './ranges.ts'
import { copyRange, createHashes, digestsOf, feed, feedRanges } from './ranges.ts'
import type { ScriptLayout } from './script.ts'
import { readScript } from './script.ts'
import type { Signature } from './signature.ts'
import { beginsAsSignature, readSignature } from './signature.ts'

/** What a file says of its signatures, and what is really in it. No signature is verified here. */
export type SignedFile = {
  /** `list` is a catalog or trust list: a signature that is a file of its own. */
  readonly kind: 'pe' | 'msi' | 'script' | 'list' | 'unknown'
  /** Octets. */
  readonly size: number
  /** Undefined for kinds that have none, and where the file cannot be read. */
  readonly layout: PeLayout | MsiLayout | ScriptLayout | undefined
  /** The embedded ones in their order, those nested in them within. Windows looks at the first. */
  readonly signatures: readonly Signature[]
  /** Something stands where a signature belongs; it may not be one that can be read. */
  readonly has_signature: boolean
  /** As signatures take it, by hash function; those that signatures tell, and those asked for. */
  readonly digests: Digests
  /** PE files with data behind the certificate table: of what stands before it, which may still be what was signed. */
  readonly digests_before_table: Digests
  /** Scripts: digests of the other ways the text may have been read. */
  readonly other_digests: readonly Digests[]
  /** Installers: of names, sizes and times. */
  readonly metadata_digests: Digests
  /** As catalogs take it: PE files as signatures do, all others as they lie there. Only those asked for. */
  readonly catalog_digests: Digests
  readonly problems: readonly Problem[]
}

export type ReadOptions = {
  /** Name of the file. Windows goes by the extension of scripts; without it the signature block tells. */
  readonly name?: string
  /** Digests that are taken besides those that signatures tell: catalogs list a file by them. Default: none. */
  readonly hashes?: readonly HashName[]
  readonly signal?: AbortSignal
}

/**
 * Reads a file and its signatures, and hashes it as they tell. Never throws on what the file holds; what its `read` throws, and an
 * abort, pass through. The file is read once and a little; at most a piece of 1 MiB, the signatures and a script lie in memory.
 */
export async function readSignatures(file: FileRanges, options: ReadOptions = {}): Promise<SignedFile> {
  const problems: Problem[] = []
  const found = await findSignatures(file, extensionOf(options.name), problems)
  const wanted = new Set(options.hashes)
  for (const signature of allOf(found.signatures)) {
    const name = signature.content?.kind === 'indirect_data' ? hashNameOf(signature.content.digest_oid) : undefined
    if (name !== undefined) wanted.add(name)
  }
  const digests = await digestFile(file, found.layout, wanted, options.signal)
  const catalogDigests = await digestForCatalogs(file, found.layout, digests, options)
  return { size: file.size, ...found, ...digests, catalog_digests: catalogDigests, problems }
}

/** Each signature, and those nested in it behind it. */
export function allOf(signatures: readonly Signature[]): readonly Signature[] {
  return signatures.flatMap(signature => [signature, ...allOf(signature.nested)])
}

/** In lower case, without the dot; undefined when there is none. */
function extensionOf(name: string | undefined): string | undefined {
  const dot = name?.lastIndexOf('.') ?? -1
  return name === undefined || dot === -1 ? undefined : name.slice(dot + 1).toLowerCase()
}

type Found = Pick<SignedFile, 'kind' | 'layout' | 'signatures' | 'has_signature'>

const nothing: Found = { kind: 'unknown', layout: undefined, signatures: [], has_signature: false }

/** Windows asks what a file begins with before it looks at its name. */
async function findSignatures(file: FileRanges, extension: string | undefined, problems: Problem[]): Promise<Found> {
  const start = await copyRange(file, 0, 64)
  if (start[0] === 0x4d && start[1] === 0x5a) {
    const layout = await readPe(file, problems)
    if (layout === undefined) return nothing
    const signatures: Signature[] = []
    for (const [i, { offset, signature }] of layout.entries.entries()) {
      const read = signature && readSignature(signature, problems, i === 0 ? '' : `entry ${i + 1} of the table, `)
      if (signature === undefined || read === undefined) continue
      signatures.push(read)
      const behind = signature.subarray(signature.length - read.trailing)
      const where = `byte ${offset + 8 + signature.length - read.trailing}`
      if (!isPadding(behind)) note(problems, 'authenticode/pe-padding', where, 'the end', `${read.trailing} octets`)
    }
    // Data in a table that no entry holds is a signature that cannot be read, not a file without one.
    return { kind: 'pe', layout, signatures, has_signature: layout.is_table_told }
  }
  if (beginsAsCompoundFile(start)) {
    const layout = await readMsi(file, problems)
    if (layout === undefined) return nothing
    return {
      kind: 'msi',
      layout,
      ...signatureOf(layout.signature, problems),
      has_signature: layout.is_signature_told,
    }
  }
  if (beginsAsSignature(start))
    return { ...nothing, kind: 'list', ...signatureOf(await copyRange(file, 0, longestSignature + 1), problems) }
  const layout = await readScript(file, extension, problems)
  if (layout === undefined) return nothing
  const found = signatureOf(layout.signature, problems)
  return { kind: 'script', layout, ...found, has_signature: layout.is_signature_told }
}

function signatureOf(bytes: Uint8Array | undefined, problems: Problem[]): Pick<Found, 'signatures' | 'has_signature'> {
  const signature = bytes && readSignature(bytes, problems)
  if (bytes !== undefined && signature !== undefined && signature.trailing > 0) {
    const where = `signature at byte ${bytes.length - signature.trailing}`
    note(problems, 'authenticode/trailing-bytes', where, 'the end', `${signature.trailing} octets`)
  }
  return { signatures: signature === undefined ? [] : [signature], has_signature: bytes !== undefined }
}

type FileDigests = Pick<SignedFile, 'digests' | 'digests_before_table' | 'other_digests' | 'metadata_digests'>

const noDigests: Digests = new Map()

async function digestFile(
  file: FileRanges,
  layout: SignedFile['layout'],
  names: ReadonlySet<HashName>,
  signal: AbortSignal | undefined,
): Promise<FileDigests> {
  const none = { digests: noDigests, digests_before_table: noDigests, other_digests: [], metadata_digests: noDigests }
  if (layout === undefined || names.size === 0) return none
  const hashes = createHashes(names)
  if (layout.kind === 'pe') {
    const { before, after } = hashedRanges(layout, file.size)
    await feedRanges(hashes, file, before, signal)
    const beforeTable = layout.after_table > 0 ? digestsOf(hashes) : noDigests
    await feedRanges(hashes, file, after, signal)
    return { ...none, digests: digestsOf(hashes), digests_before_table: beforeTable }
  }
  if (layout.kind === 'msi') {
    const { contents, metadata_digest } = layout
    if (contents === undefined) return none
    const metadata = createHashes(names)
    feedMetadata(metadata, contents)
    if (metadata_digest !== undefined) feed(hashes, metadata_digest)
    await feedContents(hashes, file, contents, signal)
    return { ...none, digests: digestsOf(hashes), metadata_digests: digestsOf(metadata) }
  }
  const [first = noDigests, ...others] = layout.forms.map(form => {
    const one = createHashes(names)
    feed(one, form.octets())
    return digestsOf(one)
  })
  return { ...none, digests: first, other_digests: others }
}

/** Windows hashes PE files for catalogs as it does for signatures, and all others from end to end. */
async function digestForCatalogs(
  file: FileRanges,
  layout: SignedFile['layout'],
  { digests }: FileDigests,
  { hashes: names = [], signal }: ReadOptions,
): Promise<Digests> {
  if (layout?.kind === 'pe') return new Map([...digests].filter(([name]) => names.includes(name)))
  const hashes = createHashes(names)
  if (names.length > 0) await feedRanges(hashes, file, [[0, file.size]], signal)
  return digestsOf(hashes)
}
