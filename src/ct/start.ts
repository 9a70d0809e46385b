import type { Frontier } from '../merkle/index.ts'
import { emptyFrontier, isConsistent, nodeHash, rootOf, sameHash } from '../merkle/index.ts'
import { CtFault } from './fault-codes.ts'
import type { Log, Reading } from './log.ts'
import type { TreeHead } from './tree-head.ts'

/**
 * The right edge of the tree of `size` leaves, shown to be the beginning of the tree of a signed head, so that a log can be read from there
 * on. It is taken from the proof of the last leaf before it, whose siblings are all complete subtrees on its left.
 */
export async function frontierAt(log: Log, size: number, head: TreeHead, reading: Reading): Promise<Frontier> {
  if (size > head.size) throw new RangeError(`the tree has ${head.size} entries, not ${size}`)
  if (size === 0) return emptyFrontier
  const index = size - 1
  const [last] = await firstOf(log.entries({ begin: index, end: size, size: head.size }, reading))
  if (last === undefined) throw new CtFault({ code: 'ct/answer', where: `index ${index}`, expected: 'an entry' })
  const { index: found, path } = await log.inclusion({ leaf_hash: last.leaf_hash, index }, size, reading)
  // A certificate that was logged twice has one leaf hash only if it was within the same millisecond: then the log may tell of the other.
  if (found !== index)
    throw new CtFault({
      code: 'ct/proof',
      where: `index ${index}`,
      expected: `a proof for index ${index}`,
      found: String(found),
    })
  const frontier = { size, peaks: peaksFrom(size, last.leaf_hash, path) }
  await expectBeginning(log, { size, root: rootOf(frontier) }, head, reading)
  return frontier
}

/** Throws `CtFault` unless the tree of that size and root is the beginning of the head's. */
export async function expectBeginning(
  log: Log,
  { size, root }: { readonly size: number; readonly root: Uint8Array },
  head: TreeHead,
  reading: Reading,
): Promise<void> {
  if (size === head.size) {
    if (sameHash(root, head.root)) return
    throw new CtFault({ code: 'ct/root', where: `size ${size}`, expected: hex(head.root), found: hex(root) })
  }
  const proof = await log.consistency(size, head.size, reading)
  if (!isConsistent({ first: size, firstRoot: root }, { second: head.size, secondRoot: head.root }, proof))
    throw new CtFault({
      code: 'ct/consistency',
      where: `size ${size} in ${head.size}`,
      expected: `a beginning of the tree ${hex(head.root)}`,
      found: hex(root),
    })
}

/** The lowest subtrees join the leaf's own; the others are peaks, the largest of which stands last in the path. */
function peaksFrom(size: number, leaf: Uint8Array, path: readonly Uint8Array[]): readonly Uint8Array[] {
  let joined = 0
  for (let rest = size; rest % 2 === 0; rest /= 2) joined += 1
  const own = path.slice(0, joined).reduce((node, left) => nodeHash(left, node), leaf)
  return [...path.slice(joined).reverse(), own]
}

async function firstOf<T>(pieces: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  for await (const piece of pieces) if (piece.length > 0) return piece
  return []
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
