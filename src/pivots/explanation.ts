import type { Alternative, Contribution, Edge } from './edge.ts'
import { explainedFactor, worthUnexplained } from './edge.ts'
import { pivots } from './list.ts'

/** The words for an edge. Nothing here decides anything. */

type Unexplained = Omit<Edge, 'explanation' | 'alternatives' | 'counterfactuals'>

const trapOf: ReadonlyMap<string, string> = new Map(pivots.map(({ name, trap }) => [name, trap]))

/** Parts of a sentence that are told; the rest stands in the contributions. */
const mostTold = 3
const mostLeftOut = 2
/** What would be worth less is not missed. */
const leastLeftOut = 0.2

/**
 * One sentence: what is shared, by how many, and what was left out. "Same public key as …: shared by 3 owner groups in
 * snapshot S; left out: start of validity, because …".
 */
export function explanationOf(edge: Unexplained): string {
  const { contributions, relation, snapshot, df_uncertain, suppressions } = edge
  const counting = contributions.filter(
    ({ counted, counts_for, result }) => counted && counts_for === 'operator' && result > 0,
  )
  const told = counting.slice(0, mostTold).map(({ title, owners }) => `${title} (${groupsOf(owners)})`)
  const because = contributions.flatMap(one => reasonAgainst(one) ?? []).slice(0, mostLeftOut)
  const thin = df_uncertain ? ['frequencies are uncertain, the snapshot is small'] : []
  const where = ` in snapshot ${snapshot}`
  if (relation === 'SAME_TOOLING') {
    const tool = suppressions.find(({ action }) => action === 'kit')
    return sentence(`made by the same tool: ${tool?.because ?? 'unknown'}`, ['which says nothing of who used it'])
  }
  const platform = suppressions.find(({ action }) => action !== 'kit' && action !== 'issuer0')
  if (counting.length === 0 || relation.startsWith('SAME_P') || relation === 'SAME_TENANT_POOL') {
    const shared = contributions[0] === undefined ? 'nothing' : contributions[0].title
    return sentence(
      `same ${shared}, which ${platform === undefined ? 'says nothing of an operator' : 'is given out to strangers'}`,
      [...(platform === undefined ? [] : [`${platform.id}: ${platform.because}`]), ...because],
    )
  }
  return sentence(`same ${told.join(', ')}${where}`, [...because, ...thin])
}

/** Why a value that would be worth telling of counts little or nothing here. */
function reasonAgainst(contribution: Contribution): string | undefined {
  const { title, reliability, frequency_factor, context, counts_for } = contribution
  if (reliability * frequency_factor < leastLeftOut) return undefined
  const smallest = context.toSorted((a, b) => a.factor - b.factor)[0]
  const explained = context.find(({ name }) => name === explainedFactor)
  if (counts_for !== 'operator' && explained !== undefined) return `${title} left out: ${explained.because}`
  return smallest !== undefined && smallest.factor < 0.5 ? `${title} counts less: ${smallest.because}` : undefined
}

function groupsOf(owners: number): string {
  return owners === 1 ? '1 owner group' : `${owners} owner groups`
}

function sentence(what: string, more: readonly string[]): string {
  const text = [what, ...more].join('; ')
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`
}

/** What else could be the reason, and what speaks against it. */
export function alternativesOf(edge: Unexplained): readonly Alternative[] {
  const alternatives: Alternative[] = []
  for (const { id, action, because } of edge.suppressions) {
    if (action === 'issuer0') continue
    alternatives.push({
      explanation: action === 'kit' ? `two users of one tool: ${because}` : `customers of one ${action}, by ${id}`,
      why_less_likely:
        edge.relation === 'SAME_KEY' || edge.relation === 'SAME_OPERATOR_CANDIDATE' || edge.relation === 'SAME_ARTIFACT'
          ? 'what counted is none of what it gives out'
          : 'it is not: this is what the relation says',
    })
  }
  const strongest = edge.contributions.find(({ counted, counts_for }) => counted && counts_for === 'operator')
  if (strongest !== undefined && worthUnexplained(strongest) > 0) {
    const thin = edge.df_uncertain ? ', although the snapshot is small' : ''
    alternatives.push({
      explanation: trapOf.get(strongest.attribute) ?? '',
      why_less_likely: `${groupsOf(strongest.owners)} share it in snapshot ${edge.snapshot}${thin}, and no rule names it`,
    })
  }
  return alternatives
}
