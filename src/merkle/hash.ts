import { createHash } from 'node:crypto'

/** SHA-256 over a leaf, RFC 6962 §2.1: a leaf cannot be taken for a node. 32 bytes. */
export function leafHash(leaf: Uint8Array): Uint8Array {
  return createHash('sha256').update(leafPrefix).update(leaf).digest()
}

/** SHA-256 over two nodes, RFC 6962 §2.1. 32 bytes each. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest()
}

/** The root of a tree without leaves: the hash of nothing. */
export function emptyRoot(): Uint8Array {
  return createHash('sha256').digest()
}

export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}

const leafPrefix = Uint8Array.of(0)
const nodePrefix = Uint8Array.of(1)
