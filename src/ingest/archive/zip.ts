import { crc32 } from 'node:zlib'
import type { Entry } from 'yauzl'
import { excerpt } from '../../base/index.ts'
import { ByteReader } from './byte-reader.ts'
import type { Bytes, Decode } from './decompress.ts'
import { Damage, inflate, measured } from './decompress.ts'
import type { RandomAccess } from './disk-file.ts'
import { memberLabel } from './label.ts'
import type { ArchiveLimits } from './limits.ts'
import { bomb } from './limits.ts'
import type { Container, Member, Unfolding } from './member.ts'
import { surrender } from './member.ts'
import { spoolArchive } from './spooled.ts'
import { windowed } from './windowed.ts'
import type { ZipDirectory } from './zip-directory.ts'
import { entryName, openDirectory } from './zip-directory.ts'
import { unzstd } from './zstd.ts'

/** ZIP archives: APPNOTE 6.3.10. Only what the table of contents names is read. */
export const zip: Container = {
  name: 'a ZIP archive',
  recognises: head => head[0] === 0x50 && head[1] === 0x4b && zipStarts.has((head[2] ?? 0) * 256 + (head[3] ?? 0)),
  deepens: () => 1,
  async *members(archive, unfolding) {
    const { label } = archive
    try {
      if (archive.random !== undefined) yield* membersOf(archive.random, archive, unfolding)
      else {
        const kept = await spoolArchive(archive.reader.stream(), unfolding)
        try {
          if ('excess' in kept) unfolding.report(bomb(label, kept.excess))
          else yield* membersOf(kept.bytes, archive, unfolding)
        } finally {
          if ('close' in kept) await kept.close()
        }
      }
    } catch (cause) {
      if (!(cause instanceof Damage)) throw cause
      unfolding.report({ code: cause.code, where: label, expected: cause.expected, found: excerpt(cause.message) })
    } finally {
      surrender(archive, unfolding)
    }
  },
}

/** A local header; the end record of an empty archive. */
const zipStarts = new Set([0x0304, 0x0506])

/** APPNOTE §4.4.5. Undefined for methods that are not read. */
function decoderOf(method: number, limits: ArchiveLimits): Decode | undefined {
  const methods: Readonly<Record<number, Decode>> = { 0: stored, 8: inflate, 93: unzstd(limits.windowBytes) }
  return methods[method]
}

const stored: Decode = async function* (bytes) {
  yield* bytes
}

async function* membersOf(whole: RandomAccess, archive: Member, unfolding: Unfolding): AsyncGenerator<Member> {
  const bytes = windowed(whole)
  const { label } = archive
  const { meter } = unfolding
  const { entries: limit } = meter.limits
  const directory = await openDirectory(bytes)
  if (directory.end < bytes.size) {
    const found = `${bytes.size - directory.end} bytes behind it, which were not read`
    unfolding.report({ code: 'archive/trailing-data', where: label, expected: 'the end of the archive', found })
  }
  const overlapping = await overlaps(directory, limit)
  const links = { count: 0, first: '' }
  let index = -1
  for await (const entry of directory.entries()) {
    index += 1
    if (index >= limit) {
      const excess = {
        expected: `at most ${limit} members in one archive`,
        found: `${directory.count}, by its own word`,
      }
      unfolding.report(bomb(label, excess))
      break
    }
    const name = entryName(entry)
    const where = memberLabel(label, name)
    if (isDirectory(entry, name)) continue
    if (isLink(entry)) {
      if (links.count === 0) links.first = name
      links.count += 1
      continue
    }
    const decode = decoderOf(entry.compressionMethod, meter.limits)
    const refusal = overlapping.has(index) ? overlap : entry.isEncrypted() ? encrypted : undefined
    if (refusal !== undefined) unfolding.report({ ...refusal, where })
    else if (decode === undefined)
      unfolding.report({ ...unsupported, where, found: `method ${entry.compressionMethod}` })
    else yield memberOf(entry, where, decode, { bytes, directory, archive, unfolding })
    if (meter.excess !== undefined) {
      const { expected, found } = meter.excess
      unfolding.report(bomb(label, { expected, found: `${found}; the members behind were not read` }))
      break
    }
  }
  if (index === -1) unfolding.report({ code: 'archive/empty', where: label, expected: 'members', found: 'none' })
  if (links.count === 0) return
  const found = `${links.count} symbolic links, the first ${memberLabel('', excerpt(links.first, 100)).slice(1)}`
  unfolding.report({ code: 'archive/not-regular', where: label, expected: 'files', found })
}

const overlap = { code: 'archive/overlap', expected: 'data of its own', found: 'data within those of another member' }
const encrypted = { code: 'archive/encrypted', expected: 'a member that is not encrypted', found: 'an encrypted one' }
const unsupported = { code: 'archive/unsupported', expected: 'a member that is stored, deflated, or Zstandard' }

/** Two bytes are what deflate makes of nothing: with more, somebody hides something under a name that tools pass over. */
function isDirectory(entry: Entry, name: string): boolean {
  return name.endsWith('/') && entry.uncompressedSize === 0 && entry.compressedSize <= 2
}

/** Made by Unix (§4.4.2), the upper half of the external attributes is its mode: S_IFLNK. */
function isLink(entry: Entry): boolean {
  return entry.versionMadeBy >> 8 === 3 && ((entry.externalFileAttributes >>> 16) & 0xf000) === 0xa000
}

type Place = {
  readonly bytes: RandomAccess
  readonly directory: ZipDirectory
  readonly archive: Member
  readonly unfolding: Unfolding
}

function memberOf(entry: Entry, label: string, decode: Decode, place: Place): Member {
  const { bytes, directory, archive, unfolding } = place
  const problems: Member['problems'] = []
  const raw = rangeOf(bytes, () => directory.dataStart(entry), entry.compressedSize)
  const content = measured(raw, compressed => verified(decode(compressed), entry), {
    label,
    problems,
    meter: unfolding.meter,
  })
  const depth = archive.depth + 1
  const size = entry.uncompressedSize
  return { label, size, mayGrow: false, depth, unpacked: false, reader: new ByteReader(content), problems }
}

const rangePiece = 256 << 10

async function* rangeOf(
  bytes: RandomAccess,
  startOf: () => Promise<number>,
  length: number,
): AsyncGenerator<Uint8Array> {
  const start = await startOf()
  for (let at = start; at < start + length; ) {
    const piece = await bytes.read(at, Math.min(rangePiece, start + length - at))
    if (piece.length === 0) return
    at += piece.length
    yield piece
  }
}

/** Everything that comes out is given; what it should have been is said at the end. */
async function* verified(content: Bytes, entry: Entry): AsyncGenerator<Uint8Array> {
  let [checksum, length] = [0, 0]
  for await (const piece of content) {
    checksum = crc32(piece, checksum)
    length += piece.length
    yield piece
  }
  if (length !== entry.uncompressedSize)
    throw new Damage('archive/damaged', `${entry.uncompressedSize} bytes, by the table of contents`, `${length}`)
  if (checksum !== entry.crc32)
    throw new Damage('archive/damaged', `the CRC-32 ${hex(entry.crc32)}`, `${hex(checksum)}`)
}

function hex(checksum: number): string {
  return (checksum >>> 0).toString(16).padStart(8, '0')
}

/**
 * Entries, by number, whose local header lies within the data of another: one deflate stream serves thousands of
 * members (Fifield, "A better zip bomb", 2019). Only the first on the disk is read. Extents are taken at their least,
 * without names, so no honest archive is refused.
 */
async function overlaps(directory: ZipDirectory, limit: number): Promise<ReadonlySet<number>> {
  const extents: { readonly index: number; readonly start: number; readonly end: number }[] = []
  try {
    for await (const { relativeOffsetOfLocalHeader: start, compressedSize } of directory.entries()) {
      if (extents.length >= limit) break
      extents.push({ index: extents.length, start, end: start + 30 + compressedSize })
    }
  } catch (cause) {
    if (!(cause instanceof Damage)) throw cause // the second reading meets it again and says so
  }
  extents.sort((a, b) => a.start - b.start || a.index - b.index)
  const within = new Set<number>()
  let end = 0
  for (const extent of extents) {
    if (extent.start < end) within.add(extent.index)
    else end = extent.end
  }
  return within
}
