import { sectorSize } from './bounds.ts'
import type { LogPage } from './log-entry.ts'

/*
 * Transaction log before Windows 8.1: "DIRT" at byte 512, then one bit for each 512 octets of bins (the lowest bit of an octet
 * first), and from the next multiple of 512 on the 512 octets of each bit that is set.
 */
const magic = 0x54524944

/** @returns undefined when it is no such log, or is cut off */
export function dirtyPages(log: Uint8Array, binsSize: number): readonly LogPage[] | undefined {
  const bitmapSize = Math.ceil(binsSize / sectorSize / 8)
  const begin = sectorSize + 4
  if (log.length < begin + bitmapSize) return undefined
  if (new DataView(log.buffer, log.byteOffset, log.byteLength).getUint32(sectorSize, true) !== magic) return undefined
  const pages: LogPage[] = []
  let from = Math.ceil((begin + bitmapSize) / sectorSize) * sectorSize
  for (let bit = 0; bit < binsSize / sectorSize; bit += 1) {
    if ((((log[begin + (bit >> 3)] ?? 0) >> (bit & 7)) & 1) === 0) continue
    const to = bit * sectorSize
    if (from + sectorSize > log.length || to + sectorSize > binsSize) return undefined
    pages.push({ to, from, size: sectorSize })
    from += sectorSize
  }
  return pages
}
