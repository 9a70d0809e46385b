/** Bytes of a SHA-256. */
export const hashLength = 32

/**
 * Logs have billions of entries, so that bits cannot be taken with JavaScript's operators, which know 32 of them; beyond 2^53 a number
 * is not exact any more. Throws a RangeError for what cannot be the size of a tree.
 */
export function checkedSize(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`${size} is not the size of a tree`)
  return size
}

/** The largest power of two that is smaller than `size`, which is at least 2: where RFC 6962 §2.1 parts a tree. */
export function splitOf(size: number): number {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}
