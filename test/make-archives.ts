/**
 * Archives for tests, written by hand: what a tool would refuse to write is what has to be tried. Sizes, checksums,
 * flags and offsets may be set to anything.
 */
import { crc32, deflateRawSync } from 'node:zlib'

export type ZipEntry = {
  readonly name: string | Uint8Array
  readonly content?: string | Uint8Array
  /** 0 stored, 8 deflated (default); others are written as they are. */
  readonly method?: number
  readonly flags?: number
  /** What is stated, where it is not the truth. */
  readonly crc?: number
  readonly size?: number
  readonly packedSize?: number
  /** Of Unix, with its file type. */
  readonly mode?: number
  /** Of the local header that the table of contents names; then nothing is written but the entry there. */
  readonly offset?: number
  readonly extra?: Uint8Array
}

export type ZipOptions = {
  readonly comment?: string
  /** Sizes and offsets stand in ZIP64 records. */
  readonly zip64?: boolean
}

/** A ZIP archive (APPNOTE 6.3.10). */
export function makeZip(entries: readonly ZipEntry[], options: ZipOptions = {}): Buffer {
  const { comment = '', zip64 = false } = options
  const body: Buffer[] = []
  const table: Buffer[] = []
  let position = 0
  for (const entry of entries) {
    const { method = 8, flags = 0, mode = 0o100644, extra = new Uint8Array(0) } = entry
    const name = Buffer.from(entry.name)
    const content = Buffer.from(entry.content ?? '')
    const packed = method === 8 ? deflateRawSync(content) : content
    const crc = entry.crc ?? crc32(content)
    const size = entry.size ?? content.length
    const packedSize = entry.packedSize ?? packed.length
    const offset = entry.offset ?? position
    const common = [u16(flags), u16(method), u32(0), u32(crc)]
    const local = [u32(0x04034b50), u16(20), ...common, u32(packedSize), u32(size), u16(name.length), u16(0), name]
    const wide = zip64 ? Buffer.concat([u16(1), u16(24), u64(size), u64(packedSize), u64(offset)]) : Buffer.alloc(0)
    const extras = Buffer.concat([wide, extra])
    const [shownPacked, shownSize, shownOffset] = zip64 ? [all32, all32, all32] : [packedSize, size, offset]
    table.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16((3 << 8) | 20), u16(20), ...common, u32(shownPacked), u32(shownSize)],
        ...[u16(name.length), u16(extras.length), u16(0), u16(0), u16(0), u32(mode * 65536), u32(shownOffset)],
        ...[name, extras],
      ]),
    )
    if (entry.offset !== undefined) continue
    const written = Buffer.concat([...local, packed])
    body.push(written)
    position += written.length
  }
  const contents = Buffer.concat(table)
  const count = Math.min(entries.length, 0xffff)
  const wideEnd = Buffer.concat([
    ...[u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0), u64(entries.length), u64(entries.length)],
    ...[u64(contents.length), u64(position), u32(0x07064b50), u32(0), u64(position + contents.length), u32(1)],
  ])
  const end = zip64
    ? [wideEnd, u32(0x06054b50), u32(0), u16(0xffff), u16(0xffff), u32(all32), u32(all32)]
    : [u32(0x06054b50), u32(0), u16(count), u16(count), u32(contents.length), u32(position)]
  return Buffer.concat([...body, contents, ...end, u16(comment.length), Buffer.from(comment)])
}

const all32 = 0xffffffff

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

export type TarEntry = {
  readonly name: string
  readonly content?: string | Uint8Array
  readonly type?: string
  /** What is stated, where it is not the truth: a number, or the twelve bytes of the field. */
  readonly size?: number | Uint8Array
  readonly checksum?: number
  /** `ustar` and a NUL; GNU's; none. */
  readonly magic?: 'posix' | 'gnu' | 'none'
  readonly prefix?: string
}

/** A tar archive, with two blocks of zeros at its end. */
export function makeTar(entries: readonly TarEntry[], end = Buffer.alloc(1024)): Buffer {
  return Buffer.concat([...entries.map(tarEntry), end])
}

function tarEntry(entry: TarEntry): Buffer {
  const { name, type = '0', magic = 'posix', prefix = '' } = entry
  const content = Buffer.from(entry.content ?? '')
  const size = entry.size ?? content.length
  const header = Buffer.alloc(512)
  header.write(name.slice(0, 100), 0)
  header.write('0000644\0', 100)
  if (typeof size === 'number') header.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  else header.set(size, 124)
  header.write(type, 156, 'latin1')
  if (magic !== 'none') header.write(magic === 'posix' ? 'ustar\x0000' : 'ustar  \0', 257, 'latin1')
  header.write(prefix, 345)
  header.fill(' ', 148, 156)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${(entry.checksum ?? sum).toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)])
}

/** A pax header for the entry that follows it; type `g`: for all that follow. */
export function paxHeader(records: Readonly<Record<string, string>>, type = 'x'): TarEntry {
  const content = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`)
    let length = rest + 1
    while (String(length).length + rest !== length) length = String(length).length + rest
    return `${length} ${key}=${value}\n`
  })
  return { name: 'pax', type, content: content.join('') }
}

export type ZstdBlock =
  | { readonly raw: string | Uint8Array }
  | { readonly repeat: number; readonly times: number }
  | { readonly compressed: Uint8Array }

/** A Zstandard frame without a checksum: RFC 8878 §3.1. `windowLog` 10 to 41. */
export function makeZstd(blocks: readonly ZstdBlock[], windowLog = 17): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowLog - 10) << 3])
  const body = blocks.map((block, index) => {
    const last = index === blocks.length - 1 ? 1 : 0
    if ('repeat' in block) return Buffer.concat([u24(last | (1 << 1) | (block.times << 3)), Buffer.of(block.repeat)])
    const content = Buffer.from('raw' in block ? block.raw : block.compressed)
    return Buffer.concat([u24(last | (('raw' in block ? 0 : 2) << 1) | (content.length << 3)), content])
  })
  return Buffer.concat([header, ...body])
}

/** A frame that decoders pass over. */
export function skippableFrame(content: Uint8Array): Buffer {
  return Buffer.concat([u32(0x184d2a50), u32(content.length), content])
}

function u24(value: number): Buffer {
  return u32(value).subarray(0, 3)
}
