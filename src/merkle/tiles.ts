import { nodeHash } from './hash.ts'
import type { SubtreeHash } from './proof.ts'
import { checkedSize, hashLength, splitOf } from './size.ts'

/**
 * Tiles of a tree, as C2SP tlog-tiles and static-ct-api have them: 256 hashes of one level, eight levels of the tree apart. The last
 * of a level may be partial.
 */

export const tileWidth = 256

export type TileAt = {
  /** 0 for leaf hashes, 1 for roots of 256 of them, up to 5. */
  readonly level: number
  readonly index: number
  /** Hashes in it, 1 to 256. */
  readonly width: number
}

/** `0/x001/x234/067` or `0/x001/x234/067.p/8`: three digits a folder, all but the last behind an x. */
export function tilePath(kind: string, index: number, width: number): string {
  const digits = String(checkedSize(index))
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0')
  const groups = padded.match(/.{3}/g) ?? []
  const path = groups.map((group, nth) => (nth === groups.length - 1 ? group : `x${group}`)).join('/')
  return width === tileWidth ? `${kind}/${path}` : `${kind}/${path}.p/${width}`
}

/** What `tilePath` makes, read again; undefined for anything else. */
export function tileAtPath(
  path: string,
): { readonly kind: string; readonly index: number; readonly width: number } | undefined {
  const found = /^(data|names|entries|[0-5])\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path)
  if (found === null) return undefined
  const [, kind = '', groups = '', partial] = found
  const index = Number(groups.replace(/[x/]/g, ''))
  const width = partial === undefined ? tileWidth : Number(partial)
  const isWhole = partial === undefined || width < tileWidth
  return isWhole && Number.isSafeInteger(index) && tilePath(kind, index, width) === path
    ? { kind, index, width }
    : undefined
}

/** The tiles of one level for a tree of that size, from the one that holds `first` on. */
export function tilesOf(size: number, level = 0, first = 0): readonly TileAt[] {
  const hashes = Math.floor(size / tileWidth ** level)
  const tiles: TileAt[] = []
  for (let index = Math.floor(first / tileWidth); index * tileWidth < hashes; index += 1)
    tiles.push({ level, index, width: Math.min(tileWidth, hashes - index * tileWidth) })
  return tiles
}

/** The hashes of a tile, or undefined when it does not have as many bytes as its width asks for. */
export function tileHashes(bytes: Uint8Array, width: number): readonly Uint8Array[] | undefined {
  if (bytes.length !== width * hashLength) return undefined
  return Array.from({ length: width }, (_, nth) => bytes.subarray(nth * hashLength, (nth + 1) * hashLength))
}

/** The root over hashes of one level, whose number is any from one on. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes
  if (hashes.length <= 1) {
    if (only === undefined) throw new RangeError('there is no root over nothing')
    return only
  }
  const split = splitOf(hashes.length)
  return nodeHash(foldHashes(hashes.slice(0, split)), foldHashes(hashes.slice(split)))
}

/**
 * The roots of subtrees of a tree of that size, out of its tiles. A subtree that begins where the tree parts it lies, at the level that is as wide,
 * within one tile; one that is ragged on the right is made of such.
 */
export function subtreesFromTiles(
  size: number,
  readTile: (tile: TileAt) => Promise<readonly Uint8Array[]>,
): SubtreeHash {
  return async function subtree(begin: number, end: number): Promise<Uint8Array> {
    const width = end - begin
    const split = width === 1 ? 1 : splitOf(width)
    if (split * 2 !== width && width !== 1)
      return nodeHash(await subtree(begin, begin + split), await subtree(begin + split, end))
    let level = 0
    while (tileWidth ** (level + 1) <= width) level += 1
    const unit = tileWidth ** level
    const [from, to] = [begin / unit, end / unit]
    const index = Math.floor(from / tileWidth)
    const hashes = Math.floor(size / unit)
    const tile = await readTile({ level, index, width: Math.min(tileWidth, hashes - index * tileWidth) })
    return foldHashes(tile.slice(from - index * tileWidth, to - index * tileWidth))
  }
}
