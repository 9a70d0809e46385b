/**
 * What was made of bytes that come again and again: the issuers of a million certificates are a few hundred. A table of
 * fixed size, so it cannot grow; an entry is the answer only when all its bytes are equal, so it cannot be wrong, whoever
 * chooses the bytes. Only what holds no view of the bytes may be kept.
 */
export type Memo<Value> = {
  readonly entries: (Entry<Value> | undefined)[]
  /** Hash of what came last to each slot: bytes are kept the second time they come, so what is unique costs no copy. */
  readonly seen: Int32Array
  /** Slot and hash of the last question that had no answer. */
  slot: number
  hash: number
}

type Entry<Value> = {
  readonly data: DataView
  readonly value: Value
  /** How often something else must come again before this one goes. Grows with each use. */
  credit: number
}

/** Longer ones are not kept: names and extensions that repeat are shorter. */
const longestKey = 512
/** Keeping costs about ten times what an entry saves, so an entry that is used stays. */
const mostCredit = 60

/** @param slots a power of two */
export function createMemo<Value>(slots: number): Memo<Value> {
  return { entries: new Array(slots).fill(undefined), seen: new Int32Array(slots), slot: 0, hash: 0 }
}

/** What is kept for the bytes from `start` to `end`. When there is nothing, {@link comesAgain} may follow. */
export function recall<Value>(memo: Memo<Value>, data: DataView, start: number, end: number): Value | undefined {
  let hash = end - start
  // Names and addresses differ near their ends: twelve octets tell them apart.
  if (hash >= 12) {
    hash = Math.imul(hash, 31) ^ data.getInt32(end - 12)
    hash = Math.imul(hash, 0x01000193) ^ data.getInt32(end - 8)
    hash = Math.imul(hash, 0x01000193) ^ data.getInt32(end - 4)
  } else for (let at = start; at < end; at += 1) hash = Math.imul(hash, 31) ^ data.getUint8(at)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash ^= hash >>> 13
  memo.hash = hash
  memo.slot = hash & (memo.seen.length - 1)
  const entry = memo.entries[memo.slot]
  if (entry === undefined || !isEqual(entry.data, data, start, end)) return undefined
  if (entry.credit < mostCredit) entry.credit += 4
  return entry.value
}

/**
 * Whether {@link keep} is worth it for the bytes {@link recall} was asked for last: they have come to their slot twice in a
 * row, and what is there has not been used for a while.
 */
export function comesAgain(memo: Memo<unknown>): boolean {
  if (memo.seen[memo.slot] !== memo.hash) {
    memo.seen[memo.slot] = memo.hash
    return false
  }
  const entry = memo.entries[memo.slot]
  if (entry === undefined || entry.credit === 0) return true
  entry.credit -= 1
  return false
}

/** Keeps a copy of the bytes {@link recall} was asked for last, and the value, which must never change. */
export function keep<Value>(memo: Memo<Value>, data: DataView, start: number, end: number, value: Value): void {
  if (end - start > longestKey) return
  const copy = data.buffer.slice(data.byteOffset + start, data.byteOffset + end)
  memo.entries[memo.slot] = { data: new DataView(copy), value: frozen(value), credit: 1 }
}

/** It will be part of many certificates: nobody can change it through one of them. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) frozen(part)
  }
  return value
}

function isEqual(kept: DataView, data: DataView, start: number, end: number): boolean {
  const length = end - start
  if (kept.byteLength !== length) return false
  let at = 0
  for (; at + 4 <= length; at += 4) if (kept.getInt32(at) !== data.getInt32(start + at)) return false
  for (; at < length; at += 1) if (kept.getUint8(at) !== data.getUint8(start + at)) return false
  return true
}
