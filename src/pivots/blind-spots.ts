import type { Lead, PivotResult, Seed } from './lead.ts'
import type { Side } from './pair.ts'

/** What pivoting could not have found, in sentences for whoever reads the answer. There is always one. */
export function blindSpotsOf(
  result: Pick<PivotResult, 'unknown_seeds' | 'leads' | 'refused' | 'capped'>,
  seeds: readonly { readonly seed: Seed; readonly side: Side }[],
  { certificates, owners, arrived_since, thin }: Counts,
): readonly string[] {
  const spots = [
    `Only the ${certificates} certificates of this store were compared; what it never saw is not in the answer.`,
  ]
  if (result.unknown_seeds.length > 0)
    spots.push(
      `${result.unknown_seeds.length} of the given certificates are not in this store: nothing can be said of them.`,
    )
  for (const { seed, side } of seeds) {
    const { certificate_id: id, values } = seed.certificate
    if (values.length === 0) {
      spots.push(`Of ${id} only a hash is known, which nothing but its sightings can share.`)
      continue
    }
    if (side.hosts.length === 0)
      spots.push(`Where ${id} was met is not known, so neighbours on an address cannot be found.`)
    const own = result.leads.filter(lead => lead.path[0] === id)
    if (side.isPublic && !own.some(isBeyondNames))
      spots.push(
        `${id} is of a public CA, and nothing in it is shared but its names: certificates cannot show infrastructure behind a CDN, nor what gets its certificates one by one by ACME.`,
      )
  }
  if (thin) spots.push(`The snapshot has ${owners} owner groups, too few to show that a value is common.`)
  if (arrived_since > 0)
    spots.push(`${arrived_since} certificates came after the frequencies were counted, and are in none of them.`)
  if (result.refused.length > 0)
    spots.push(
      `${result.refused.length} values are so common that they were not followed: what shares only those is not found.`,
    )
  if (result.capped.length > 0) spots.push('More was found than is looked at; the surest were kept.')
  return spots
}

type Counts = {
  readonly certificates: number
  readonly owners: number
  readonly arrived_since: number
  readonly thin: boolean
}

function isBeyondNames({ edge }: Lead): boolean {
  return edge.contributions.some(
    ({ counted, group, counts_for }) => counted && counts_for === 'operator' && group !== 'san',
  )
}
