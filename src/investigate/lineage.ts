import type { IndexedCertificate } from '../pivots/index.ts'

/** Names that two renewals share at least, as a share of all of theirs. */
const leastAlike = 0.8

/**
 * Since when a certificate's line of renewals exists, milliseconds since the epoch (specification AN1972 §6.3): issuances of one group of owners with the same key, or
 * with nearly the same names and no longer a gap than one lifetime. Certificates of 47 days would otherwise cut what is asked about to weeks.
 *
 * @param others certificates that are known beside it, in any order
 */
export function lineageStart(
  certificate: IndexedCertificate,
  others: readonly IndexedCertificate[],
): number | undefined {
  let start = certificate.not_before
  if (start === undefined) return undefined
  const dated = others.filter(
    one => one.owner_group === certificate.owner_group && one.not_before !== undefined && one.not_after !== undefined,
  )
  const line = new Set<IndexedCertificate>([certificate])
  for (let grows = true; grows; ) {
    grows = false
    for (const one of dated)
      if (!line.has(one) && [...line].some(member => isRenewal(one, member))) {
        line.add(one)
        start = Math.min(start, one.not_before ?? start)
        grows = true
      }
  }
  return start
}

function isRenewal(earlier: IndexedCertificate, later: IndexedCertificate): boolean {
  if (keyOf(earlier) !== '' && keyOf(earlier) === keyOf(later)) return true
  if (alike(earlier.names, later.names) < leastAlike) return false
  const [one, two] = [earlier, later].sort((a, b) => (a.not_before ?? 0) - (b.not_before ?? 0))
  const gap = (two?.not_before ?? 0) - (one?.not_after ?? 0)
  return gap <= (one?.not_after ?? 0) - (one?.not_before ?? 0)
}

function keyOf({ values }: IndexedCertificate): string {
  return values.find(({ attribute }) => attribute === 'spki_sha256')?.value ?? ''
}

/** Jaccard: shared over all. */
function alike(some: readonly string[], others: readonly string[]): number {
  const [a, b] = [new Set(some), new Set(others)]
  const shared = [...a].filter(one => b.has(one)).length
  const all = a.size + b.size - shared
  return all === 0 ? 0 : shared / all
}
