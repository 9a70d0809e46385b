import { baseBlockSize, pageSize, sectorSize } from './bounds.ts'
import { type Notes, note } from './note.ts'
import { unterminated, utf16 } from './value.ts'

/*
 * Base block, little-endian, 4,096 octets; logs repeat the first 512:
 *   0   "regf"
 *   4   u32 primary sequence number       8   u32 secondary sequence number     12  u64 FILETIME last written
 *   20  u32 major version, 1              24  u32 minor version, 3 to 6         28  u32 type: 0 hive, 1 and 2 old log, 6 log
 *   32  u32 format, 1                     36  u32 place of the root key         40  u32 octets of bins
 *   44  u32 clustering factor             48  64 octets UTF-16LE end of the path
 *   508 u32 the 127 words before, XORed
 *
 * The format is not documented by Microsoft; from here on it is as "Windows registry file format specification" by M. Suhanov
 * (msuhanov/regf at commit 277bf1e) tells it.
 */
const magic = 0x66676572

/** What the base block of a hive says; after a replay of logs, what it would say then. */
export type HiveHeader = {
  /** Greater than the secondary one while the hive is written. */
  readonly primary_sequence: number
  readonly secondary_sequence: number
  /** FILETIME, 100 ns since 1601-01-01 UTC. */
  readonly last_written: bigint
  /** `1.3` in NT 4 and 2000, `1.5` since XP, `1.6` where there are layered keys. */
  readonly version: string
  /** Place of the root key behind the base block. */
  readonly root_offset: number
  /** Octets of all bins. */
  readonly bins_size: number
  /** The end of the path, as Windows notes it for itself. */
  readonly file_name: string
}

/** A base block with what is only said of a file. */
export type BaseBlock = HiveHeader & { readonly type: number; readonly isSound: boolean }

/** Whether octets begin as a hive or as a transaction log. */
export function isHive(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && view(bytes).getUint32(0, true) === magic
}

/** @returns undefined when there is none: too short, or no signature */
export function readBaseBlock(bytes: Uint8Array): BaseBlock | undefined {
  if (bytes.length < sectorSize || !isHive(bytes)) return undefined
  const data = view(bytes)
  return {
    primary_sequence: data.getUint32(4, true),
    secondary_sequence: data.getUint32(8, true),
    last_written: data.getBigUint64(12, true),
    version: `${data.getUint32(20, true)}.${data.getUint32(24, true)}`,
    root_offset: data.getUint32(36, true),
    bins_size: data.getUint32(40, true),
    file_name: unterminated(utf16(bytes.subarray(48, 112))),
    type: data.getUint32(28, true),
    isSound: data.getUint32(508, true) === checksumOf(bytes),
  }
}

/** Windows never stores 0 or 0xffffffff. */
export function checksumOf(bytes: Uint8Array): number {
  const data = view(bytes)
  let sum = 0
  for (let at = 0; at < 508; at += 4) sum ^= data.getUint32(at, true)
  if (sum === 0) return 1
  return sum === -1 ? 0xfffffffe : sum >>> 0
}

/** Notes what is wrong with the base block of a hive, its dirtiness apart. */
export function noteBaseBlock(notes: Notes, block: BaseBlock, bytes: Uint8Array): void {
  const { version, type, bins_size } = block
  if (!block.isSound) note(notes, 'registry/hive-checksum', 'byte 508')
  if (!/^1\.[3-6]$/.test(version)) note(notes, 'registry/hive-header', 'byte 20', 'version 1.3 to 1.6', version)
  if (type !== 0) note(notes, 'registry/hive-header', 'byte 28', 'type 0, a hive', String(type))
  if (bins_size === 0 || bins_size % pageSize !== 0)
    note(notes, 'registry/hive-header', 'byte 40', `a multiple of ${pageSize}`, String(bins_size))
  if (bytes.length < baseBlockSize + bins_size)
    note(notes, 'registry/hive-truncated', `byte ${bytes.length}`, `${baseBlockSize + bins_size} octets`)
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
