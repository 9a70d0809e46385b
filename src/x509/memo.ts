/**
 * What was made of octets that come again and again: the issuers of a million certificates are a few hundred. A table of
 * fixed size, so it cannot grow; its answer is for octets that are all equal to those asked for, so it cannot be wrong,
 * whoever chooses them. Only what holds no view of the octets may be kept.
 */
export type Memo<Value> = {
  /** Octets of the longest key. */
  readonly width: number
  /** All keys in one piece, `width` octets each: what is asked for is compared where it lies. */
  readonly keys: DataView
  /** Octets of each key; -1 where there is none. */
  readonly lengths: Int32Array
  readonly hashes: Int32Array
  readonly owners: Int32Array
  readonly values: (Value | undefined)[]
  /** How often something else must come to the slot before what is there goes. Grows with each use. */
  readonly credits: Int32Array
  /** Hash of what came last to each slot: octets are kept the second time they come, so what is unique costs no copy. */
  readonly seen: Int32Array
  /** Slot and hash of the last question that had no answer. */
  slot: number
  hash: number
}

/** Keeping costs about ten times what it saves each time, so what is used stays. */
const mostCredit = 60

/**
 * @param slots a power of two
 * @param width octets; longer keys are not kept
 */
export function createMemo<Value>(slots: number, width: number): Memo<Value> {
  return {
    width,
    keys: new DataView(new ArrayBuffer(slots * width)),
    lengths: new Int32Array(slots).fill(-1),
    hashes: new Int32Array(slots),
    owners: new Int32Array(slots),
    values: new Array(slots).fill(undefined),
    credits: new Int32Array(slots),
    seen: new Int32Array(slots),
    slot: 0,
    hash: 0,
  }
}

/**
 * What is kept for the octets from `start` to `end`. When there is nothing, {@link comesAgain} may follow.
 *
 * @param owner who asks: the same octets mean different things to different readers
 */
export function recall<Value>(
  memo: Memo<Value>,
  owner: number,
  data: DataView,
  start: number,
  end: number,
): Value | undefined {
  const length = end - start
  let hash = Math.imul(length, 31) + owner
  // Names and addresses differ near their ends: twelve octets tell them apart.
  if (length >= 12) {
    hash = Math.imul(hash, 0x01000193) ^ data.getInt32(end - 12)
    hash = Math.imul(hash, 0x01000193) ^ data.getInt32(end - 8)
    hash = Math.imul(hash, 0x01000193) ^ data.getInt32(end - 4)
  } else for (let at = start; at < end; at += 1) hash = Math.imul(hash, 0x01000193) ^ data.getUint8(at)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash ^= hash >>> 13
  const slot = hash & (memo.seen.length - 1)
  memo.hash = hash
  memo.slot = slot
  if (memo.hashes[slot] !== hash || memo.lengths[slot] !== length || memo.owners[slot] !== owner) return undefined
  if (!isEqual(memo.keys, slot * memo.width, data, start, length)) return undefined
  const credit = memo.credits[slot] ?? 0
  if (credit < mostCredit) memo.credits[slot] = credit + 4
  return memo.values[slot]
}

/**
 * Whether {@link keep} is worth it for the octets {@link recall} was asked for last: they have come to their slot twice in
 * a row, and what is there has not been used for a while.
 */
export function comesAgain(memo: Memo<unknown>): boolean {
  const { slot, hash, seen, credits } = memo
  if (seen[slot] !== hash) {
    seen[slot] = hash
    return false
  }
  const credit = credits[slot] ?? 0
  if (credit > 0) credits[slot] = credit - 1
  return credit === 0
}

/** Keeps a copy of the octets {@link recall} was asked for last, and the value, which is frozen. */
export function keep<Value>(
  memo: Memo<Value>,
  owner: number,
  data: DataView,
  start: number,
  end: number,
  value: Value,
): void {
  const { width, keys, slot, hash } = memo
  if (end - start > width) return
  for (let at = start; at < end; at += 1) keys.setUint8(slot * width + at - start, data.getUint8(at))
  memo.lengths[slot] = end - start
  memo.hashes[slot] = hash
  memo.owners[slot] = owner
  memo.values[slot] = frozen(value)
  memo.credits[slot] = 4
}

/** It will be part of many certificates: nobody can change it through one of them. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}

function isEqual(keys: DataView, from: number, data: DataView, start: number, length: number): boolean {
  let at = 0
  for (; at + 4 <= length; at += 4) if (keys.getInt32(from + at) !== data.getInt32(start + at)) return false
  for (; at < length; at += 1) if (keys.getUint8(from + at) !== data.getUint8(start + at)) return false
  return true
}
