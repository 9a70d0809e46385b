import type { RuleEntry } from '../../src/pivots/index.ts'
import type { CorpusListEntry } from '../corpus-s/index.ts'
import { randomNamed } from '../corpus-s/random.ts'

/**
 * The part of a perfect list that the product is given, in the form in which it keeps its own. Parts are nested: what is
 * in a smaller part is in the larger one. Each action is drawn from by itself.
 *
 * Names of public issuers are given whole at every coverage: the root programs publish them, and they do not rot as lists
 * of platforms do. Nothing of intel/ is given.
 *
 * @param coverage 0–1
 */
export function rulesFromLists(
  lists: readonly CorpusListEntry[],
  coverage: number,
  seed: number,
): readonly RuleEntry[] {
  const drawn = randomNamed(`bench/pivots/lists/${seed}`).shuffled(lists.filter(({ action }) => action !== 'issuer0'))
  const given: CorpusListEntry[] = lists.filter(({ action }) => action === 'issuer0')
  for (const action of ['platform', 'pool', 'device', 'kit'] as const) {
    const all = drawn.filter(entry => entry.action === action)
    given.push(...all.slice(0, Math.round(all.length * coverage)))
  }
  return given.map(ruleEntry)
}

function ruleEntry({ id, action, keys, family }: CorpusListEntry): RuleEntry {
  const translated: Record<string, readonly string[]> = {}
  for (const [key, values] of Object.entries(keys)) {
    if (values === undefined) continue
    translated[key] = key === 'name_suffix' ? [...new Set(values.map(bareSuffix))] : values
  }
  const ofKit =
    action === 'kit' ? { family: family ?? '', role: 'unknown', strength: 'hard', false_positives: 'unknown' } : {}
  return {
    id,
    keys: translated,
    attributes: { action, ...ofKit },
    source: 'the generator of CORPUS-S',
    verified: true,
    expires: '9999-12-31',
  }
}

/** `.cdn.example` and `*.cdn.example` as rules write a suffix: without what stands before. It fits the name itself too. */
function bareSuffix(suffix: string): string {
  return suffix.replace(/^\*?\./, '')
}
