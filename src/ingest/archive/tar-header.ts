/**
 * Reads the 512-byte headers of tar archives and the records of pax headers: bytes in, values out.
 *
 * POSIX.1-2024, pax, "ustar Interchange Format"; offsets in bytes:
 *
 *     0 name 100   124 size 12   148 chksum 8   156 typeflag 1   257 magic 6   263 version 2   345 prefix 155
 *
 * GNU tar writes the magic `ustar  \0` and has other things where the prefix is. Numbers are octal digits, or big-endian
 * bytes when the first bit is set (GNU, star). Old archives have no magic: the checksum tells.
 */

export const tarBlock = 512

export type TarHeader = {
  /** As written: the prefix and the name. Names the next entry only when no pax or GNU header named it. */
  readonly name: string
  /** One character; `0` for a file, also where the header has a NUL. */
  readonly type: string
  /** Bytes that follow, before they are filled up to a whole block. Undefined when it is negative or no number. */
  readonly size: number | undefined
  /** GNU: another block of the map of a sparse file follows. */
  readonly sparseMapGoesOn: boolean
}

/** Undefined when the checksum does not hold: then it is no header. */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.length < tarBlock || !checksumHolds(block)) return undefined
  const isPosix = text(block, 257, 6) === 'ustar' && block[262] === 0
  const prefix = isPosix ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  const type = String.fromCharCode(block[156] ?? 0)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    type: type === '\0' ? '0' : type,
    size: number(block.subarray(124, 136)),
    sparseMapGoesOn: block[482] === 1,
  }
}

/**
 * By the checksum; or by the magic and the NUL that ends it, so that a damaged archive is one too. The five letters alone
 * would be too little: who writes them into the first line of a log must not make it an archive that cannot be read.
 */
export function looksLikeTar(head: Uint8Array): boolean {
  if (readTarHeader(head) !== undefined) return true
  return text(head, 257, 5) === 'ustar' && (head[262] === 0 || head[264] === 0)
}

export function isZeroBlock(block: Uint8Array): boolean {
  return block.every(byte => byte === 0)
}

/** The sum of all bytes of the header, its own eight taken for spaces. A block of zeros has none. */
function checksumHolds(block: Uint8Array): boolean {
  const stated = number(block.subarray(148, 156))
  if (stated === undefined || stated === 0) return false
  let sum = 8 * 0x20
  for (let at = 0; at < tarBlock; at += 1) if (at < 148 || at >= 156) sum += block[at] ?? 0
  return sum === stated
}

function number(field: Uint8Array): number | undefined {
  const first = field[0] ?? 0
  if ((first & 0x80) !== 0) {
    if ((first & 0x40) !== 0) return undefined // negative
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, first & 0x3f)
    return Number.isSafeInteger(value) ? value : undefined
  }
  const digits = /^ *([0-7]+)[ \0]*$/.exec(Buffer.from(field).toString('latin1'))?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 8) // eleven digits at most: 8 GiB
}

/** Up to the first NUL. Bytes that are no UTF-8 are replaced. */
export function text(bytes: Uint8Array, start: number, length: number): string {
  const field = bytes.subarray(start, start + length)
  const end = field.indexOf(0)
  return Buffer.from(end === -1 ? field : field.subarray(0, end)).toString('utf8')
}

/**
 * The records of a pax header, the last of a keyword winning: `"%d %s=%s\n", <length>, <keyword>, <value>`, the length
 * in decimal and over the whole record. Undefined when a record does not fit that. Values may hold newlines: readers
 * that go line by line see other names than the rest of the world.
 */
export function readPaxRecords(bytes: Uint8Array): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>()
  let rest = Buffer.from(bytes)
  while (rest.length > 0 && rest[0] !== 0) {
    const digits = /^([1-9][0-9]{0,9}) /.exec(rest.subarray(0, 12).toString('latin1'))?.[1]
    if (digits === undefined) return undefined
    const length = Number(digits)
    if (length > rest.length || rest[length - 1] !== 0x0a) return undefined
    const record = rest.subarray(digits.length + 1, length - 1)
    const equals = record.indexOf('=')
    if (equals < 1) return undefined
    records.set(record.subarray(0, equals).toString('utf8'), record.subarray(equals + 1).toString('utf8'))
    rest = rest.subarray(length)
  }
  return records
}
