import { emptyRoot, nodeHash } from './hash.ts'
import { checkedSize, hashLength } from './size.ts'

/**
 * The right edge of a tree that only grows: the roots of its complete subtrees, the largest first (RFC 6962 §2.1). It is all
 * that is needed to go on with the tree and to know its root: at most 53 hashes, whatever the size.
 */
export type Frontier = { readonly size: number; readonly peaks: readonly Uint8Array[] }

export const emptyFrontier: Frontier = { size: 0, peaks: [] }

/** The tree with these leaf hashes behind it. The frontier that was given stays as it is. */
export function grown({ size, peaks }: Frontier, leafHashes: Iterable<Uint8Array>): Frontier {
  const edge = [...peaks]
  let count = size
  for (const leaf of leafHashes) {
    let node = leaf
    for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) node = nodeHash(edge.pop() ?? node, node)
    edge.push(node)
    count += 1
  }
  return { size: checkedSize(count), peaks: edge }
}

/** 32 bytes. */
export function rootOf({ peaks }: Frontier): Uint8Array {
  return peaks.length === 0 ? emptyRoot() : peaks.reduceRight((right, left) => nodeHash(left, right))
}

/** The peaks as lower-case hex, one behind the other: what is kept of a tree between two runs. */
export function frontierText({ peaks }: Frontier): string {
  return peaks.map(peak => Buffer.from(peak).toString('hex')).join('')
}

/** Undefined when the text is not of a tree of that size. */
export function frontierFrom(size: number, text: string): Frontier | undefined {
  const count = peakCount(checkedSize(size))
  if (text.length !== count * 2 * hashLength || !/^[0-9a-f]*$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'hex')
  return {
    size,
    peaks: Array.from({ length: count }, (_, nth) => bytes.subarray(nth * hashLength, (nth + 1) * hashLength)),
  }
}

/** As many as the size has ones in binary. */
function peakCount(size: number): number {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
