import type { IndexedCertificate, Lead } from '../../src/pivots/index.ts'
import { labelOf } from '../../src/search/index.ts'

/** Pairs that rest on the same value before all. */
export type EdgeGroup = {
  readonly attribute: string
  readonly value: string
  pairs: number
  least: number
  most: number
  /** Label by certificate_id. */
  readonly members: Map<string, string>
}

export function addPair(
  groups: Map<string, EdgeGroup>,
  seed: IndexedCertificate,
  { certificate, confidence, edge }: Lead,
) {
  const [strongest] = edge.contributions.filter(({ counted, counts_for }) => counted && counts_for === 'operator')
  if (strongest === undefined) return
  const { attribute, value } = strongest
  const key = `${attribute}\n${value}`
  const group = groups.get(key) ?? { attribute, value, pairs: 0, least: 1, most: 0, members: new Map<string, string>() }
  groups.set(key, group)
  group.pairs += 1
  group.least = Math.min(group.least, confidence)
  group.most = Math.max(group.most, confidence)
  for (const one of [seed, certificate]) group.members.set(one.certificate_id, labelOf(one))
}
