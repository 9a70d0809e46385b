import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { deepestStorage, mostDirectoryEntries } from './bounds.ts'
import { note } from './note.ts'
import type { FileRanges, Range } from './ranges.ts'
import { copyRange } from './ranges.ts'

/** A compound file (MS-CFB): a file system in a file, which an installer is. */
export type CompoundFile = {
  readonly root: Storage
  /** All entries of the directory were found where they should be. */
  readonly is_whole: boolean
  /** Octets up to the end of the last sector that is in use. */
  readonly end: number
  /** Where the octets of a stream lie, in their order. Undefined, with a problem, when its chain is broken. */
  rangesOf(stream: Stream): readonly Range[] | undefined
}

export type Entry = {
  readonly name: string
  /** UTF-16LE, without the NUL at the end. */
  readonly name_octets: Uint8Array
  /** As they stand: class, state bits, times of creation and change. */
  readonly class_id: Uint8Array
  readonly state_bits: Uint8Array
  readonly times: Uint8Array
}

export type Stream = Entry & { readonly kind: 'stream'; readonly first_sector: number; readonly size: number }
export type Storage = Entry & { readonly kind: 'storage'; readonly entries: readonly (Storage | Stream)[] }

/** MS-CFB §2.1: 4294967290 and above are no sectors. */
const lastSector = 0xfffffffa
const freeSector = 0xffffffff
const noEntry = 0xffffffff
const magic = 0xd0cf11e0

export function beginsAsCompoundFile(bytes: Uint8Array): boolean {
  return bytes.length >= 8 && viewOf(bytes).getUint32(0) === magic && viewOf(bytes).getUint32(4) === 0xa1b11ae1
}

type Header = {
  readonly sectorSize: number
  readonly sectorCount: number
  readonly view: DataView
}

/**
 * Opens a compound file. Only its tables are read: for each sector four octets, and 128 for each entry.
 *
 * @returns undefined, with a problem, when it cannot be read
 */
export async function openCompoundFile(file: FileRanges, problems: Problem[]): Promise<CompoundFile | undefined> {
  const view = viewOf(await copyRange(file, 0, 512))
  const shift = view.byteLength < 512 ? 0 : view.getUint16(30, true)
  const isKnown = view.byteLength === 512 && view.getUint32(0) === magic && (shift === 9 || shift === 12)
  // Small sectors of 64 octets, for streams of less than 4096: no other sizes are allowed (MS-CFB §2.2).
  if (!isKnown || view.getUint16(32, true) !== 6 || view.getUint32(56, true) !== 4096) {
    note(problems, 'authenticode/cfb-header', 'byte 0', 'a compound file with sectors of 512 or 4096 octets')
    return undefined
  }
  const sectorSize = 2 ** shift
  const header = { sectorSize, sectorCount: Math.max(0, Math.ceil(file.size / sectorSize) - 1), view }
  const table = await readSectorTable(file, header, problems)
  const placeOf = (sector: number) => (sector + 1) * sectorSize
  const readChain = async (first: number, octets: number, what: string): Promise<Uint8Array | undefined> => {
    const chain = followChain(table, first, Math.ceil(octets / sectorSize))
    if (chain === undefined) {
      note(problems, 'authenticode/cfb-chain', what, `${octets} octets`)
      return undefined
    }
    const pieces: Uint8Array[] = []
    for (const [from, to] of runsOf(chain, sectorSize, placeOf)) {
      const piece = await copyRange(file, from, to)
      // The last sector of a file may be cut; what it holds is then zeros.
      pieces.push(piece, new Uint8Array(to - from - piece.length))
    }
    return Buffer.concat(pieces)
  }
  const directoryChain = followChain(table, view.getUint32(48, true), undefined)
  const most = Math.ceil((mostDirectoryEntries * 128) / sectorSize)
  if (directoryChain === undefined || directoryChain.length === 0 || directoryChain.length > most) {
    note(problems, 'authenticode/cfb-directory', 'directory', `1 to ${most} sectors`, String(directoryChain?.length))
    return undefined
  }
  const directory = await readChain(view.getUint32(48, true), directoryChain.length * sectorSize, 'directory')
  if (directory === undefined) return undefined
  const tree = readTree(directory, sectorSize, problems)
  if (tree === undefined) return undefined
  // The streams below the cut-off lie in sectors of 64 octets in one stream, the root's own.
  const rootView = viewOf(directory.subarray(0, 128))
  const miniSize = sizeOf(rootView, sectorSize)
  const miniChain =
    miniSize === 0 ? [] : followChain(table, rootView.getUint32(116, true), Math.ceil(miniSize / sectorSize))
  if (miniChain === undefined) note(problems, 'authenticode/cfb-chain', 'mini stream', `${miniSize} octets`)
  // Four octets for each of its sectors; whatever follows is not read.
  const miniTableSize = Math.min(Math.ceil(miniSize / 64) * 4, file.size)
  const miniTableStart = view.getUint32(60, true)
  const miniTableBytes = await readChain(miniTableStart, miniTableSize, 'mini table')
  const miniTable = miniTableBytes === undefined ? new Uint32Array(0) : numbersOf(miniTableBytes)
  const miniPlaceOf = (sector: number) =>
    placeOf(miniChain?.[Math.floor((sector * 64) / sectorSize)] ?? NaN) + ((sector * 64) % sectorSize)
  const rangesOf = (stream: Stream): readonly Range[] | undefined => {
    const isMini = stream.size < 4096
    const unit = isMini ? 64 : sectorSize
    const chain =
      stream.size === 0
        ? []
        : followChain(isMini ? miniTable : table, stream.first_sector, Math.ceil(stream.size / unit))
    const ranges = chain && cutTo(runsOf(chain, unit, isMini ? miniPlaceOf : placeOf), stream.size)
    if (ranges?.every(([from, to]) => from >= sectorSize && to <= file.size)) return ranges
    note(problems, 'authenticode/cfb-chain', `stream ${JSON.stringify(stream.name)}`, `${stream.size} octets`)
    return undefined
  }
  return { ...tree, end: Math.min(file.size, placeOf(lastUsed(table) + 1)), rangesOf }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function numbersOf(bytes: Uint8Array): Uint32Array {
  const view = viewOf(bytes)
  return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) => view.getUint32(4 * i, true))
}

/**
 * The table that has the next sector for each. MS-CFB §2.3 and §2.5: the first 109 of its own sectors are named in the header, the
 * rest in a chain of sectors whose last number leads to the next.
 */
async function readSectorTable(file: FileRanges, header: Header, problems: Problem[]): Promise<Uint32Array> {
  const { sectorSize, sectorCount, view } = header
  const perSector = sectorSize / 4
  const places: number[] = []
  const most = Math.ceil(sectorCount / perSector)
  const take = (sector: number) => {
    if (sector < sectorCount && places.length < most) places.push(sector)
  }
  for (let i = 0; i < 109; i += 1) take(view.getUint32(76 + 4 * i, true))
  let more = view.getUint32(68, true)
  for (let step = 0; more < sectorCount && step < most; step += 1) {
    const numbers = numbersOf(await copyRange(file, (more + 1) * sectorSize, (more + 2) * sectorSize))
    for (const sector of numbers.subarray(0, perSector - 1)) take(sector)
    more = numbers[perSector - 1] ?? freeSector
  }
  if (more < sectorCount) note(problems, 'authenticode/cfb-chain', 'sector table', `at most ${most} sectors`)
  const table = new Uint32Array(sectorCount).fill(freeSector)
  for (const [i, sector] of places.entries()) {
    const numbers = numbersOf(await copyRange(file, (sector + 1) * sectorSize, (sector + 2) * sectorSize))
    const from = i * perSector
    table.set(
      numbers.subarray(0, Math.max(0, Math.min(numbers.length, sectorCount - from))),
      Math.min(from, sectorCount),
    )
  }
  return table
}

/**
 * The sectors of a chain. MS-CFB §2.1.
 *
 * @param count how many there must be at least; more are not followed. Undefined: as many as there are
 * @returns undefined when it leads outside or in a circle, or is too short
 */
function followChain(table: Uint32Array, first: number, count: number | undefined): number[] | undefined {
  const sectors: number[] = []
  let sector = first
  while (sector < lastSector && (count === undefined || sectors.length < count)) {
    // Longer than there are sectors is a circle.
    if (sector >= table.length || sectors.length >= table.length) return undefined
    sectors.push(sector)
    sector = table[sector] ?? freeSector
  }
  return count !== undefined && sectors.length < count ? undefined : sectors
}

/** Sectors that lie behind each other in the file, as one range. */
function runsOf(sectors: readonly number[], size: number, placeOf: (sector: number) => number): Range[] {
  const runs: [number, number][] = []
  for (const sector of sectors) {
    const place = placeOf(sector)
    const last = runs.at(-1)
    if (last?.[1] === place) last[1] = place + size
    else runs.push([place, place + size])
  }
  return runs
}

function cutTo(ranges: readonly Range[], size: number): Range[] {
  const cut: Range[] = []
  let left = size
  for (const [start, end] of ranges) {
    cut.push([start, Math.min(end, start + left)])
    left -= Math.min(left, end - start)
  }
  return cut
}

/** 64 bits; of files with small sectors only the lower half means something (MS-CFB §2.6.1). */
function sizeOf(entry: DataView, sectorSize: number): number {
  const low = entry.getUint32(120, true)
  return sectorSize === 512 ? low : low + entry.getUint32(124, true) * 2 ** 32
}

function lastUsed(table: Uint32Array): number {
  let last = table.length - 1
  while (last >= 0 && table[last] === freeSector) last -= 1
  return last
}

/** The tree of storages and streams. MS-CFB §2.6: the children of a storage are a binary tree of their own. */
function readTree(
  directory: Uint8Array,
  sectorSize: number,
  problems: Problem[],
): Pick<CompoundFile, 'root' | 'is_whole'> | undefined {
  const count = Math.floor(directory.length / 128)
  const seen = new Uint8Array(count)
  let isWhole = true
  const miss = (index: number, expected: string) => {
    isWhole = false
    note(problems, 'authenticode/cfb-directory', `entry ${index}`, expected)
    return undefined
  }
  const entryAt = (index: number, depth: number): Storage | Stream | undefined => {
    const bytes = directory.subarray(index * 128, index * 128 + 128)
    const view = viewOf(bytes)
    const type = view.getUint8(66)
    const nameLength = view.getUint16(64, true)
    const isKnown = type === 1 || type === 2 || (type === 5 && index === 0)
    if (!isKnown || nameLength > 64 || nameLength % 2 !== 0) return miss(index, 'a storage or stream')
    const nameOctets = bytes.subarray(0, Math.max(0, nameLength - 2))
    const entry = {
      name: Buffer.from(nameOctets).toString('utf16le'),
      name_octets: nameOctets,
      class_id: bytes.subarray(80, 96),
      state_bits: bytes.subarray(96, 100),
      times: bytes.subarray(100, 116),
    }
    if (type === 2)
      return { ...entry, kind: 'stream', first_sector: view.getUint32(116, true), size: sizeOf(view, sectorSize) }
    return { ...entry, kind: 'storage', entries: entriesBelow(view.getUint32(76, true), depth + 1) }
  }
  const entriesBelow = (top: number, depth: number): readonly (Storage | Stream)[] => {
    const entries: (Storage | Stream)[] = []
    const open = [top]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (index === noEntry) continue
      if (index >= count || seen[index] !== 0 || depth > deepestStorage) {
        miss(index, 'an entry that was not met before')
        continue
      }
      seen[index] = 1
      const view = viewOf(directory.subarray(index * 128, index * 128 + 128))
      open.push(view.getUint32(68, true), view.getUint32(72, true))
      const entry = entryAt(index, depth)
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  }
  seen[0] = 1
  const root = entryAt(0, 0)
  return root?.kind === 'storage' ? { root, is_whole: isWhole } : undefined
}
