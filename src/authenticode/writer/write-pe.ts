import { Buffer } from 'node:buffer'

/** A PE file with nothing in it that runs: headers, sections, and what may follow them. For fixtures. */
export type PeWriteOptions = {
  /** Default: 64. */
  readonly bits?: 32 | 64
  /** Default: one section with 512 octets. */
  readonly sections?: readonly WrittenSection[]
  /** Octets between the last section and the certificate table, as installers have them. Default: none. */
  readonly overlay?: Uint8Array
}

export type WrittenSection = { readonly name: string; readonly data: Uint8Array }

const fileAlignment = 512
const sectionAlignment = 4096
/** Of the stub, which says where the headers are. */
const headersAt = 0x80

/** Writes an unsigned PE file. Microsoft, "PE Format". */
export function writePe(options: PeWriteOptions = {}): Uint8Array {
  const { bits = 64, overlay = new Uint8Array(0) } = options
  const { sections = [{ name: '.text', data: new Uint8Array(512).fill(0xcc) }] } = options
  const optionalSize = bits === 64 ? 240 : 224
  const tableAt = headersAt + 24 + optionalSize
  const headersSize = aligned(tableAt + 40 * sections.length, fileAlignment)
  const headers = Buffer.alloc(headersSize)
  headers.write('MZ', 'latin1')
  headers.writeUInt32LE(headersAt, 0x3c)
  headers.write('PE\0\0', headersAt, 'latin1')
  headers.writeUInt16LE(bits === 64 ? 0x8664 : 0x14c, headersAt + 4)
  headers.writeUInt16LE(sections.length, headersAt + 6)
  headers.writeUInt16LE(optionalSize, headersAt + 20)
  headers.writeUInt16LE(bits === 64 ? 0x22 : 0x102, headersAt + 22)
  writeOptionalHeader(headers, headersAt + 24, bits, headersSize, sections.length)
  const bodies: Uint8Array[] = []
  let place = headersSize
  for (const [i, { name, data }] of sections.entries()) {
    const at = tableAt + 40 * i
    const size = aligned(data.length, fileAlignment)
    headers.write(name.slice(0, 8), at, 'latin1')
    headers.writeUInt32LE(data.length, at + 8)
    headers.writeUInt32LE(sectionAlignment * (i + 1), at + 12)
    headers.writeUInt32LE(size, at + 16)
    headers.writeUInt32LE(place, at + 20)
    headers.writeUInt32LE(0x60000020, at + 36)
    bodies.push(Buffer.concat([data, Buffer.alloc(size - data.length)]))
    place += size
  }
  return Uint8Array.from(Buffer.concat([headers, ...bodies, overlay]))
}

function writeOptionalHeader(bytes: Buffer, at: number, bits: 32 | 64, headersSize: number, sections: number): void {
  bytes.writeUInt16LE(bits === 64 ? 0x20b : 0x10b, at)
  bytes.writeUInt32LE(sectionAlignment, at + 16)
  bytes.writeUInt32LE(sectionAlignment, at + 32)
  bytes.writeUInt32LE(fileAlignment, at + 36)
  bytes.writeUInt16LE(6, at + 40)
  bytes.writeUInt16LE(6, at + 48)
  bytes.writeUInt32LE(sectionAlignment * (sections + 1), at + 56)
  bytes.writeUInt32LE(headersSize, at + 60)
  bytes.writeUInt16LE(3, at + 68)
  bytes.writeUInt32LE(16, at + (bits === 64 ? 108 : 92))
}

function aligned(size: number, alignment: number): number {
  return Math.ceil(size / alignment) * alignment
}

/** A WIN_CERTIFICATE; `type` is 2 for a signature. */
export type WrittenTableEntry = {
  readonly data: Uint8Array
  readonly type?: number
  /** Octets behind the data that the entry counts as its own. Default: none but those up to eight. */
  readonly padding?: Uint8Array
}

/** The file with a certificate table at its end, and the directory that leads there. What was there is left in place. */
export function withCertificateTable(pe: Uint8Array, entries: readonly WrittenTableEntry[]): Uint8Array {
  const written = entries.map(({ data, type = 2, padding = new Uint8Array(0) }) => {
    const body = Buffer.concat([Buffer.alloc(8), data, padding])
    const entry = Buffer.concat([body, Buffer.alloc(aligned(body.length, 8) - body.length)])
    entry.writeUInt32LE(entry.length, 0)
    entry.writeUInt16LE(0x200, 4)
    entry.writeUInt16LE(type, 6)
    return entry
  })
  const table = Buffer.concat(written)
  const start = aligned(pe.length, 8)
  const whole = Buffer.concat([pe, Buffer.alloc(start - pe.length), table])
  const optionalAt = whole.readUInt32LE(0x3c) + 24
  const directory = optionalAt + (whole.readUInt16LE(optionalAt) === 0x20b ? 144 : 128)
  whole.writeUInt32LE(table.length === 0 ? 0 : start, directory)
  whole.writeUInt32LE(table.length, directory + 4)
  return Uint8Array.from(whole)
}
