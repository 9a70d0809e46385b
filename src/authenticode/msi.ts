import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { longestSignature } from './bounds.ts'
import type { CompoundFile, Entry, Storage, Stream } from './compound-file.ts'
import { openCompoundFile } from './compound-file.ts'
import { note } from './note.ts'
import type { FileRanges, Hashes } from './ranges.ts'
import { copyRange, feed, feedRanges } from './ranges.ts'

/** What matters to the signature of an installer (`.msi`, `.msp`, `.mst`). */
export type MsiLayout = {
  readonly kind: 'msi'
  /** Also when the directory is damaged: a signature may be in what is lost. */
  readonly is_signature_told: boolean
  /** The stream `\x05DigitalSignature`; undefined when there is none, or it cannot be read. */
  readonly signature: Uint8Array | undefined
  readonly signature_offset: number
  /** The stream `\x05MsiDigitalSignatureEx`: a hash of names, sizes, classes and times. Without it only contents are signed. */
  readonly metadata_digest: Uint8Array | undefined
  /** Octets behind the last sector in use that are not zero, and as what they begin or end. */
  readonly after_end:
    | { readonly offset: number; readonly size: number; readonly looks_like: 'zip' | undefined }
    | undefined
  /** Undefined when streams cannot be read, or are together longer than the file: then there is no digest. */
  readonly contents: MsiContents | undefined
}

/** What is hashed, in its order. */
type MsiContents = { readonly file: CompoundFile; readonly root: Storage }

const signatureName = '\x05DigitalSignature'
const metadataName = '\x05MsiDigitalSignatureEx'

/** @returns undefined, with a problem, when it is no compound file that can be read */
export async function readMsi(file: FileRanges, problems: Problem[]): Promise<MsiLayout | undefined> {
  const compound = await openCompoundFile(file, problems)
  if (compound === undefined) return undefined
  const streamOf = (name: string) =>
    compound.root.entries.find((entry): entry is Stream => entry.kind === 'stream' && entry.name === name)
  const signature = streamOf(signatureName)
  const metadata = streamOf(metadataName)
  const isWhole = compound.is_whole && octetsBelow(compound, compound.root, file.size) <= file.size
  if (!isWhole)
    note(problems, 'authenticode/cfb-too-large', 'streams', `at most ${file.size} octets, all of them there`)
  return {
    kind: 'msi',
    is_signature_told: signature !== undefined || !compound.is_whole,
    signature: signature && (await readStream(file, compound, signature)),
    signature_offset: (signature && compound.rangesOf(signature)?.[0]?.[0]) ?? 0,
    metadata_digest: metadata && (await readStream(file, compound, metadata)),
    after_end: await readAfterEnd(file, compound.end, problems),
    contents: isWhole ? { file: compound, root: compound.root } : undefined,
  }
}

/** Octets of all streams below; counting ends when there are more than `most`. In a sound file nothing is used twice. */
function octetsBelow(compound: CompoundFile, storage: Storage, most: number): number {
  let octets = 0
  for (const entry of storage.entries) {
    if (octets > most) return octets
    octets += entry.kind === 'storage' ? octetsBelow(compound, entry, most - octets) : entry.size
    if (entry.kind === 'stream' && octets <= most && compound.rangesOf(entry) === undefined) return Infinity
  }
  return octets
}

async function readStream(file: FileRanges, compound: CompoundFile, stream: Stream): Promise<Uint8Array | undefined> {
  const ranges = stream.size > longestSignature ? undefined : compound.rangesOf(stream)
  if (ranges === undefined) return undefined
  const pieces: Uint8Array[] = []
  for (const [start, end] of ranges) pieces.push(await copyRange(file, start, end))
  return Uint8Array.from(Buffer.concat(pieces))
}

/** Octets behind the end that are looked at: a ZIP file is known by its last 64 KiB. */
const longestLook = 2 ** 16 + 22

async function readAfterEnd(file: FileRanges, end: number, problems: Problem[]): Promise<MsiLayout['after_end']> {
  const size = file.size - end
  if (size <= 0) return undefined
  const first = Buffer.from(await copyRange(file, end, Math.min(file.size, end + longestLook)))
  const last = Buffer.from(await copyRange(file, Math.max(end, file.size - longestLook), file.size))
  if (first.every(octet => octet === 0) && last.every(octet => octet === 0)) return undefined
  const isZip =
    last.includes('PK\x05\x06', 0, 'latin1') || first.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1'))
  note(
    problems,
    'authenticode/cfb-after-end',
    `byte ${end}`,
    'the end',
    `${size} octets${isZip ? ', a ZIP archive' : ''}`,
  )
  return { offset: end, size, looks_like: isZip ? 'zip' : undefined }
}

/**
 * Feeds what the signature of an installer is over: the contents of each stream, in the order of the octets of their names, and
 * behind those of a storage its class. In the root the signature is left out. The interface package is not documented; its order is
 * that of the free signing tools, whose signatures Windows accepts.
 */
export async function feedContents(
  hashes: Hashes,
  file: FileRanges,
  { file: compound, root }: MsiContents,
  signal?: AbortSignal,
): Promise<void> {
  const feedStorage = async (storage: Storage): Promise<void> => {
    for (const entry of inOrder(storage, storage === root)) {
      if (entry.kind === 'storage') await feedStorage(entry)
      else await feedRanges(hashes, file, compound.rangesOf(entry) ?? [], signal)
    }
    feed(hashes, storage.class_id)
  }
  await feedStorage(root)
}

/** Feeds what `\x05MsiDigitalSignatureEx` is a hash of: for each entry its name, class or size, state bits and times. */
export function feedMetadata(hashes: Hashes, { root }: MsiContents): void {
  const feedEntry = (entry: Storage | Stream, isRoot: boolean) => {
    if (!isRoot) feed(hashes, entry.name_octets)
    feed(hashes, entry.kind === 'storage' ? entry.class_id : sizeOctets(entry))
    feed(hashes, entry.state_bits)
    if (!isRoot) feed(hashes, entry.times)
    if (entry.kind === 'storage') for (const below of inOrder(entry, isRoot)) feedEntry(below, false)
  }
  feedEntry(root, true)
}

function sizeOctets({ size }: Stream): Uint8Array {
  const octets = Buffer.alloc(4)
  octets.writeUInt32LE(size % 2 ** 32)
  return octets
}

function inOrder(storage: Storage, isRoot: boolean): readonly (Storage | Stream)[] {
  const isSigned = ({ name }: Entry) => !isRoot || (name !== signatureName && name !== metadataName)
  return storage.entries.filter(isSigned).sort((a, b) => Buffer.compare(a.name_octets, b.name_octets))
}
