import { isUtf8 } from 'node:buffer'
import type { Entry, ZipFile } from 'yauzl'
import { fromRandomAccessReaderPromise, getFileNameLowLevel, RandomAccessReader } from 'yauzl'
import { CountersealError } from '../../base/index.ts'
import { Damage } from './decompress.ts'
import type { RandomAccess } from './disk-file.ts'

/** The table of contents of a ZIP archive, as yauzl reads it (APPNOTE 6.3.10, §4.3.12 and after). Holds no file open. */
export type ZipDirectory = {
  /** Bytes from the start of the archive to the end of its last record. */
  readonly end: number
  /** Entries there should be, by its own word. */
  readonly count: number
  /** In the order of the table. Throws {@link Damage} where it cannot be read further, `input/unreadable`. */
  entries(): AsyncIterable<Entry>
  /** Where the data of an entry begins; its local header says. Throws {@link Damage}. */
  dataStart(entry: Entry): Promise<number>
}

/** Throws {@link Damage} when there is no table of contents. The reads are many and small: see `windowed`. */
export async function openDirectory(bytes: RandomAccess): Promise<ZipDirectory> {
  const end = await endOf(bytes)
  // Strings are decoded by us: yauzl gives up the whole archive at the first name that could be a path. Sizes are
  // compared by us: it gives up the archive at the first that lies.
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false }
  const open = () => said(fromRandomAccessReaderPromise(new DirectoryReader(bytes), end, options))
  let zip = await open()
  let untouched = true
  return {
    end,
    count: zip.entryCount,
    async *entries() {
      if (!untouched) zip = await open() // its cursor goes through once
      untouched = false
      const iterator = zip.eachEntry()
      for (;;) {
        const next = await said(iterator.next())
        if (next.done === true) return
        yield next.value
      }
    },
    dataStart: async entry => (await said(localHeader(zip, entry))).fileDataStart,
  }
}

/**
 * The name as text; backslashes stay. Without the flag for UTF-8 names are in code page 437, says the APPNOTE (§D.1); but
 * Info-ZIP on Linux and macOS write UTF-8 without it, and text of that code page is hardly ever valid UTF-8.
 */
export function entryName({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  const flags = generalPurposeBitFlag | (isUtf8(fileNameRaw) ? 0x800 : 0)
  return getFileNameLowLevel(flags, fileNameRaw, extraFields, true)
}

function localHeader(zip: ZipFile, entry: Entry): Promise<{ fileDataStart: number }> {
  return zip.readLocalFileHeaderPromise(entry, { minimal: true })
}

async function said<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise
  } catch (cause) {
    if (cause instanceof CountersealError || !(cause instanceof Error)) throw cause
    throw new Damage('archive/damaged', 'a ZIP archive', cause.message)
  }
}

const endSignature = Buffer.from([0x50, 0x4b, 0x05, 0x06])
const endBytes = 22

/** How far before the end of the file its end record is looked for: a comment has 64 KiB, the rest is what was added. */
const endSearch = 1 << 20

/**
 * Where the archive ends. Data may follow: readers that look for the record at the very end find none then, or another.
 *
 *     end of central directory: signature 4, …, size of directory 4 (at 12), its offset 4 (at 16), comment length 2 (at 20)
 */
async function endOf(bytes: RandomAccess): Promise<number> {
  const from = Math.max(0, bytes.size - endSearch)
  const tail = Buffer.from(await bytes.read(from, bytes.size - from))
  for (let at = tail.lastIndexOf(endSignature); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(endSignature, at - 1)) {
    if (at + endBytes > tail.length) continue
    const end = at + endBytes + tail.readUInt16LE(at + 20)
    const [size, offset] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)]
    const isPlausible =
      end <= tail.length && (offset === 0xffffffff || size === 0xffffffff || offset + size <= from + at)
    if (isPlausible) return from + end
  }
  throw new Damage('archive/damaged', 'a ZIP archive', 'no end: it was cut, or is still being written')
}

/** What yauzl reads through. */
class DirectoryReader extends RandomAccessReader {
  readonly #bytes: RandomAccess

  constructor(bytes: RandomAccess) {
    super()
    this.#bytes = bytes
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#slice(position, length).then(
      slice => {
        buffer.set(slice, offset)
        admitStrongEncryption(buffer, offset, length)
        callback(slice.length < length ? new Error('it ends before its table of contents does') : null)
      },
      (cause: Error) => callback(cause),
    )
  }

  async #slice(position: number, length: number): Promise<Uint8Array> {
    if (position < 0 || position + length > this.#bytes.size) return new Uint8Array(0)
    return await this.#bytes.read(position, length)
  }
}

/**
 * yauzl gives up the archive at the first entry with strong encryption (bit 6 of the flags in a central header, of 46
 * bytes). The bit is cleared and bit 0 set, so such an entry is encrypted like any other, and the rest can be read.
 */
function admitStrongEncryption(buffer: Buffer, offset: number, length: number): void {
  if (length !== 46 || buffer.readUInt32LE(offset) !== 0x02014b50) return
  const flags = buffer.readUInt16LE(offset + 8)
  if ((flags & 0x40) !== 0) buffer.writeUInt16LE((flags & ~0x40) | 1, offset + 8)
}
