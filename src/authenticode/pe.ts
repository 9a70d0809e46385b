import type { Problem } from '../base/index.ts'
import { longestPeHeaders, longestSignature, mostSections, mostTableEntries } from './bounds.ts'
import { note } from './note.ts'
import type { FileRanges, Range } from './ranges.ts'
import { copyRange } from './ranges.ts'

/** Where a PE file has what matters to its signatures. Offsets and sizes in octets. */
export type PeLayout = {
  readonly kind: 'pe'
  readonly bits: 32 | 64
  /** `IMAGE_FILE_MACHINE_…` as a number: 0x14c, 0x8664, 0xaa64 … */
  readonly machine: number
  /** Fields that are not hashed: the checksum, and the entry of the directory that leads to the table. */
  readonly checksum_offset: number
  readonly directory_offset: number
  /** The header says that there is a table. */
  readonly is_table_told: boolean
  /** The attribute certificate table; undefined when the file has none, or it lies outside. */
  readonly table: { readonly offset: number; readonly size: number } | undefined
  readonly entries: readonly TableEntry[]
  /** What stands behind the last section and before the table: installers keep their payload there, signed. */
  readonly overlay: { readonly offset: number; readonly size: number } | undefined
  /** Octets behind the table. They are hashed as the rest is, so the digest differs; that before them may still be right. */
  readonly after_table: number
  /** The table covers headers or sections: something is loaded that is not hashed. */
  readonly is_table_over_image: boolean
}

/** One WIN_CERTIFICATE. */
export type TableEntry = {
  readonly offset: number
  /** With its head of eight octets, without what fills it up to eight. */
  readonly length: number
  readonly revision: number
  /** 2 is a signature of CMS. */
  readonly type: number
  readonly signature: Uint8Array | undefined
}

type Section = { readonly start: number; readonly end: number }

/**
 * Reads the layout of a PE file. Microsoft, "PE Format": a stub with its length at 3C, `PE\0\0`, COFF header (20 octets), optional
 * header, section table (40 octets each).
 *
 * @returns undefined, with a problem, when it is no PE file
 */
export async function readPe(file: FileRanges, problems: Problem[]): Promise<PeLayout | undefined> {
  const stub = viewOf(await copyRange(file, 0, 64))
  const start = stub.byteLength < 64 ? 0 : stub.getUint32(0x3c, true)
  const head = viewOf(await copyRange(file, start, start + 24))
  if (start > longestPeHeaders || head.byteLength < 24 || head.getUint32(0) !== 0x50450000) {
    note(problems, 'authenticode/pe-headers', `byte ${start}`, 'PE\\0\\0')
    return undefined
  }
  const sectionCount = Math.min(head.getUint16(6, true), mostSections)
  const optionalSize = head.getUint16(20, true)
  const optionalStart = start + 24
  const optional = viewOf(await copyRange(file, optionalStart, optionalStart + optionalSize))
  const magic = optional.byteLength < 2 ? 0 : optional.getUint16(0, true)
  const bits = magic === 0x10b ? 32 : magic === 0x20b ? 64 : undefined
  const directories = bits === 64 ? 112 : 96
  if (bits === undefined || optional.byteLength < directories) {
    note(problems, 'authenticode/pe-headers', `byte ${optionalStart}`, 'an optional header', magic.toString(16))
    return undefined
  }
  const sectionTable = viewOf(
    await copyRange(file, optionalStart + optionalSize, optionalStart + optionalSize + 40 * sectionCount),
  )
  const headersEnd = Math.max(optional.getUint32(60, true), optionalStart + optionalSize + sectionTable.byteLength)
  const sections = readSections(sectionTable)
  noteGaps(sections, headersEnd, problems)
  // The fifth directory. A header that ends before it has no table, and nothing to leave out.
  const directory = directories + 4 * 8
  const hasDirectory = optional.getUint32(directories - 4, true) > 4 && optional.byteLength >= directory + 8
  const offset = hasDirectory ? optional.getUint32(directory, true) : 0
  const size = hasDirectory ? optional.getUint32(directory + 4, true) : 0
  const table = size === 0 && offset === 0 ? undefined : placeOf(file, offset, size, problems)
  const imageEnd = sections.reduce((end, section) => Math.max(end, section.end), headersEnd)
  const isOver = table !== undefined && table.offset < Math.min(imageEnd, file.size)
  if (isOver) note(problems, 'authenticode/pe-table-overlap', `byte ${offset}`, `${imageEnd} or more`)
  const afterTable = table === undefined ? 0 : file.size - table.offset - table.size
  if (afterTable > 0)
    note(problems, 'authenticode/pe-after-table', `byte ${file.size - afterTable}`, 'the end', `${afterTable} octets`)
  const overlayEnd = table?.offset ?? file.size
  return {
    kind: 'pe',
    bits,
    machine: head.getUint16(4, true),
    checksum_offset: optionalStart + 64,
    directory_offset: hasDirectory ? optionalStart + directory : 0,
    is_table_told: size !== 0 || offset !== 0,
    table,
    entries: table === undefined ? [] : await readEntries(file, table, problems),
    overlay: overlayEnd > imageEnd ? { offset: imageEnd, size: overlayEnd - imageEnd } : undefined,
    after_table: afterTable,
    is_table_over_image: isOver,
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

/** SizeOfRawData at 16 and PointerToRawData at 20. A section without data in the file has no place in it. */
function readSections(table: DataView): readonly Section[] {
  const sections: Section[] = []
  for (let at = 0; at + 40 <= table.byteLength; at += 40) {
    const size = table.getUint32(at + 16, true)
    const start = table.getUint32(at + 20, true)
    if (size > 0 && start > 0) sections.push({ start, end: start + size })
  }
  return sections.sort((a, b) => a.start - b.start)
}

/** The format hashes sections by their places, Windows the file from front to back: the same while nothing lies between. */
function noteGaps(sections: readonly Section[], headersEnd: number, problems: Problem[]): void {
  let end = headersEnd
  for (const section of sections) {
    if (section.start !== end) {
      note(problems, 'authenticode/pe-section-gaps', `byte ${end}`, `a section at ${end}`, `one at ${section.start}`)
      return
    }
    end = section.end
  }
}

function placeOf(file: FileRanges, offset: number, size: number, problems: Problem[]): PeLayout['table'] {
  if (offset > 0 && size >= 8 && offset + size <= file.size) {
    if (offset % 8 !== 0) note(problems, 'authenticode/pe-table-place', `byte ${offset}`, 'a multiple of eight')
    return { offset, size }
  }
  note(problems, 'authenticode/pe-table-place', `byte ${offset}`, `${size} octets within ${file.size}`)
  return undefined
}

/** WIN_CERTIFICATE: dwLength, wRevision, wCertificateType, octets; the next one begins on eight octets. */
async function readEntries(
  file: FileRanges,
  table: NonNullable<PeLayout['table']>,
  problems: Problem[],
): Promise<readonly TableEntry[]> {
  const entries: TableEntry[] = []
  const tableEnd = table.offset + table.size
  let octetsLeft = longestSignature
  let at = table.offset
  while (at + 8 <= tableEnd) {
    const head = viewOf(await copyRange(file, at, at + 8))
    const length = head.getUint32(0, true)
    // A table is filled up to eight octets; more zeros are told as what lies behind the last entry.
    if (length === 0 && entries.length > 0) break
    if (entries.length === mostTableEntries || length < 8 || at + length > tableEnd || length - 8 > octetsLeft) {
      note(problems, 'authenticode/pe-table-entry', `byte ${at}`, `${tableEnd - at} octets at most`, `${length} octets`)
      break
    }
    octetsLeft -= length
    const type = head.getUint16(6, true)
    const signature = type === 2 ? await copyRange(file, at + 8, at + length) : undefined
    entries.push({ offset: at, length, revision: head.getUint16(4, true), type, signature })
    at += Math.ceil(length / 8) * 8
  }
  await notePadding(file, Math.min(at, tableEnd), tableEnd, problems)
  if (entries.length > 1)
    note(problems, 'authenticode/pe-entries', `byte ${table.offset}`, 'one entry', `${entries.length} entries`)
  return entries
}

/** Data behind the last octet that means something. Zeros up to eight octets are usual. */
async function notePadding(file: FileRanges, start: number, end: number, problems: Problem[]): Promise<void> {
  const octets = await copyRange(file, start, Math.min(end, start + 4096))
  if (isPadding(octets)) return
  note(problems, 'authenticode/pe-padding', `byte ${start}`, 'the end of the table', `${end - start} octets`)
}

export function isPadding(octets: Uint8Array): boolean {
  return octets.length < 8 && octets.every(octet => octet === 0)
}

/** What is hashed: the whole file but for the checksum, the directory's entry, and the table. */
export function hashedRanges(
  layout: PeLayout,
  size: number,
): { readonly before: readonly Range[]; readonly after: readonly Range[] } {
  const { checksum_offset, directory_offset, table } = layout
  const end = table?.offset ?? size
  const holes: readonly number[] =
    directory_offset === 0
      ? [checksum_offset, checksum_offset + 4]
      : [checksum_offset, checksum_offset + 4, directory_offset, directory_offset + 8]
  const cuts = [0, ...holes, end].map(at => Math.min(at, end))
  const before: Range[] = []
  for (let i = 0; i + 1 < cuts.length; i += 2) before.push([cuts[i] ?? 0, cuts[i + 1] ?? 0])
  return { before, after: table === undefined ? [] : [[table.offset + table.size, size]] }
}
