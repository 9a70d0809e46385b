/** Certificates with more registrable domains pack strangers, and tell nothing of who belongs to whom. */
export const mostApexesTogether = 3

export type OwnerGroupOptions = {
  /**
   * A domain that stands beside more different others than this is a platform's (sni.cloudflaressl.com is on the
   * certificate of every customer), and joins nobody. Joining too little counts an owner twice; joining too much makes a
   * platform look like one owner.
   */
  readonly mostNeighbours?: number
}

/**
 * Which owners belong together: registrable domains that stand together on one certificate, transitively (specification
 * AN1972 §2.0). The caller leaves out certificates with more than {@link mostApexesTogether}.
 *
 * @param together domains of one certificate each
 * @returns group by owner, for every owner that is not alone; the group is named after its first owner in the alphabet
 */
export function ownerGroups(
  together: Iterable<readonly string[]>,
  options: OwnerGroupOptions = {},
): ReadonlyMap<string, string> {
  const { mostNeighbours = 12 } = options
  const kept = [...together]
  const neighbours = countNeighbours(kept, mostNeighbours)
  const isPlatform = (owner: string) => (neighbours.get(owner)?.size ?? 0) > mostNeighbours
  const parent = new Map<string, string>()
  /** Follows to the root, and shortens the way for the next. */
  const rootOf = (owner: string): string => {
    let root = owner
    for (let above = parent.get(root); above !== undefined; above = parent.get(root)) root = above
    for (let at = owner; at !== root; ) {
      const next = parent.get(at) ?? root
      parent.set(at, root)
      at = next
    }
    return root
  }
  const members = new Set<string>()
  for (const domains of kept) {
    const owners = domains.filter(domain => !isPlatform(domain))
    const [first, ...others] = owners
    if (first === undefined || others.length === 0) continue
    for (const owner of owners) members.add(owner)
    for (const other of others) {
      const [smaller = first, larger = other] = [rootOf(first), rootOf(other)].sort()
      if (smaller !== larger) parent.set(larger, smaller)
    }
  }
  return new Map([...members].sort().map(owner => [owner, rootOf(owner)]))
}

/** Distinct domains beside each one, counted no further than one above `most`. */
function countNeighbours(
  together: readonly (readonly string[])[],
  most: number,
): ReadonlyMap<string, ReadonlySet<string>> {
  const neighbours = new Map<string, Set<string>>()
  for (const domains of together)
    for (const domain of domains) {
      const beside = neighbours.get(domain) ?? new Set<string>()
      neighbours.set(domain, beside)
      for (const other of domains) if (other !== domain && beside.size <= most) beside.add(other)
    }
  return neighbours
}
