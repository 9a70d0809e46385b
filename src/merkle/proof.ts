import { emptyRoot, nodeHash, sameHash } from './hash.ts'
import { checkedSize, splitOf } from './size.ts'

/** The root of the subtree over the leaves from `begin` to `end`, which is excluded. */
export type SubtreeHash = (begin: number, end: number) => Uint8Array | Promise<Uint8Array>

type Range = { readonly begin: number; readonly end: number }

/**
 * Whether a tree of `second` leaves with `secondRoot` begins with the tree of `first` leaves with `firstRoot`: RFC 9162 §2.1.4.2. A tree
 * without leaves is the beginning of every other, for which logs give no proof.
 */
export function isConsistent(
  { first, firstRoot }: { readonly first: number; readonly firstRoot: Uint8Array },
  { second, secondRoot }: { readonly second: number; readonly secondRoot: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (checkedSize(first) > checkedSize(second)) return false
  if (first === 0) return proof.length === 0 && sameHash(firstRoot, emptyRoot())
  if (first === second) return proof.length === 0 && sameHash(firstRoot, secondRoot)
  const path = isPowerOfTwo(first) ? [firstRoot, ...proof] : proof
  const [start, ...rest] = path
  if (start === undefined) return false
  let [node, last] = [first - 1, second - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  let [one, other] = [start, start]
  for (const hash of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      one = nodeHash(hash, one)
      other = nodeHash(hash, other)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      other = nodeHash(other, hash)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && sameHash(one, firstRoot) && sameHash(other, secondRoot)
}

/** Whether the leaf is the one at `index` of a tree of `size` leaves with `root`: RFC 9162 §2.1.3.2. */
export function isIncluded(
  { index, leaf }: { readonly index: number; readonly leaf: Uint8Array },
  { size, root }: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (checkedSize(index) >= checkedSize(size)) return false
  let [node, last] = [index, size - 1]
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && sameHash(hash, root)
}

/** The proof that `isConsistent` takes, of subtrees that the caller knows: RFC 6962 §2.1.2. */
export async function consistencyProof(first: number, second: number, subtree: SubtreeHash): Promise<Uint8Array[]> {
  if (first === 0 || first === second) return []
  return await Promise.all(
    consistencyRanges(first, { begin: 0, end: second }, true).map(({ begin, end }) => subtree(begin, end)),
  )
}

/** The proof that `isIncluded` takes, of subtrees that the caller knows: RFC 6962 §2.1.1. */
export async function inclusionProof(index: number, size: number, subtree: SubtreeHash): Promise<Uint8Array[]> {
  return await Promise.all(inclusionRanges(index, { begin: 0, end: size }).map(({ begin, end }) => subtree(begin, end)))
}

function consistencyRanges(first: number, { begin, end }: Range, whole: boolean): Range[] {
  if (begin + first === end) return whole ? [] : [{ begin, end }]
  const split = splitOf(end - begin)
  if (first <= split)
    return [...consistencyRanges(first, { begin, end: begin + split }, whole), { begin: begin + split, end }]
  return [...consistencyRanges(first - split, { begin: begin + split, end }, false), { begin, end: begin + split }]
}

function inclusionRanges(index: number, { begin, end }: Range): Range[] {
  if (end - begin <= 1) return []
  const middle = begin + splitOf(end - begin)
  return index < middle
    ? [...inclusionRanges(index, { begin, end: middle }), { begin: middle, end }]
    : [...inclusionRanges(index, { begin: middle, end }), { begin, end: middle }]
}

function half(value: number): number {
  return Math.floor(value / 2)
}

function isPowerOfTwo(value: number): boolean {
  return splitOf(2 * value) === value
}
