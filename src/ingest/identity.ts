import { createHash } from 'node:crypto'

/** The head of evidence ends at the latest here: long enough for any Zeek header with its first record. */
export const longestHead = 64 << 10

/**
 * The id of a piece of evidence: SHA-256 over its bytes up to the end of the first line that does not begin with `#`,
 * without that line's newline, at most 64 KiB. It is the same before and after a log has grown, and it is known before the rest is read. Two
 * logs that share a head are told apart by the chunks that follow (docs/decisions/0001-evidence-identity.md).
 */
export function evidenceIdOf(head: Uint8Array): string {
  return createHash('sha256')
    .update(head.subarray(0, headLength(head)))
    .digest('hex')
}

function headLength(head: Uint8Array): number {
  let start = 0
  while (start < head.length && start < longestHead) {
    const end = head.indexOf(0x0a, start)
    const stop = end === -1 ? head.length : end
    if (head[start] !== 0x23) return Math.min(stop, longestHead)
    start = stop + 1
  }
  return Math.min(head.length, longestHead)
}
