import type { Walk } from './der.ts'
import { hexOf, note } from './der.ts'
import { comesAgain, createMemo, keep, recall } from './memo.ts'
import {
  accessMethodNames,
  algorithmNames,
  attributeNames,
  curveNames,
  extensionNames,
  purposeNames,
} from './oid-names.ts'

/** An object identifier as it is shown: the same object for the same bytes, as long as it is one of those with a name. */
export type Oid = {
  /** `2.5.4.3`. Of one that cannot be read: its contents as `#` and hexadecimal. */
  readonly text: string
  /** `CN`; the text where it has no name. */
  readonly name: string
}

/** Contents octets that are read. The longest in the corpus has 20. */
const longestOid = 128

type Known = Oid & { readonly bytes: Uint8Array; readonly next: Known | undefined }

/** Chained by a hash over the last octets, which is where they differ. */
const buckets: (Known | undefined)[] = new Array(1024).fill(undefined)

for (const names of [attributeNames, algorithmNames, curveNames, purposeNames, extensionNames, accessMethodNames])
  for (const [text, name] of Object.entries(names)) {
    const bytes = Uint8Array.from(octetsOf(text))
    const slot = slotOf(bytes, 0, bytes.length)
    buckets[slot] = { text, name, bytes, next: buckets[slot] }
  }

const others = createMemo<Oid>(512, 32)

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  return ((bytes[end - 1] ?? 0) + (bytes[end - 2] ?? 0) * 61 + (end - start) * 197) & 1023
}

/**
 * The object identifier whose contents octets are those from `start` to `end`. X.690 §8.19: septets, the highest bit says
 * that more follow; the first number is 40 times the first arc plus the second.
 */
export function oidAt(walk: Walk, start: number, end: number): Oid {
  const { bytes } = walk
  const length = end - start
  for (let known = buckets[slotOf(bytes, start, end)]; known !== undefined; known = known.next) {
    const { bytes: octets } = known
    if (octets.length !== length) continue
    let i = length - 1
    while (i >= 0 && octets[i] === bytes[start + i]) i -= 1
    if (i < 0) return known
  }
  const kept = recall(others, 0, walk.data, start, end)
  if (kept !== undefined) return kept
  const text = dotted(bytes, start, end)
  if (text === undefined) {
    const hex = `#${hexOf(walk, start, Math.min(end, start + longestOid))}`
    note(walk, 'der/oid', start, 'an object identifier', hex)
    return { text: hex, name: hex }
  }
  const oid = { text, name: text }
  if (comesAgain(others)) keep(others, 0, walk.data, start, end, oid)
  return oid
}

function dotted(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (start === end || end - start > longestOid || (bytes[end - 1] ?? 0x80) >= 0x80) return undefined
  const arcs: (number | bigint)[] = []
  let at = start
  while (at < end) {
    if (bytes[at] === 0x80) return undefined // a leading zero septet: two spellings of one identifier
    let arc = 0
    let large: bigint | undefined
    for (let more = true; more; at += 1) {
      const octet = bytes[at] ?? 0
      more = octet >= 0x80
      if (large === undefined && arc >= 2 ** 45) large = BigInt(arc)
      if (large === undefined) arc = arc * 128 + (octet & 0x7f)
      else large = large * 128n + BigInt(octet & 0x7f)
    }
    arcs.push(large ?? arc)
  }
  const [both = 0, ...rest] = arcs
  const first = both < 40 ? 0 : both < 80 ? 1 : 2
  const second = typeof both === 'bigint' ? both - BigInt(first * 40) : both - first * 40
  return [first, second, ...rest].join('.')
}

/** The contents octets of an identifier in digits. */
export function octetsOf(text: string): number[] {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return [first * 40 + second, ...rest].flatMap(arc => {
    const septets = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) septets.unshift((left % 128) | 0x80)
    return septets
  })
}
