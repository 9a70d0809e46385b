import {
  compileRules,
  defaultLearnSettings,
  gatherFeatures,
  type LearnedSuppression,
  type LearnSettings,
  learnSuppressions,
  type MemoryIndex,
  memoryIndex,
  type PivotIndex,
  type Rules,
  type ValueFeatures,
} from '../../src/pivots/index.ts'
import { rulesFromLists } from './list-rules.ts'
import type { World } from './world.ts'

/** What is taken from the product, to see what it is worth. */
export const ablations = {
  'learned suppression': 'no platform is learned',
  'owner groups': 'document frequency counts certificates instead of owner groups',
  'SAN packing': 'names in large packs count as any others',
  'hop decay': 'later hops count as the first',
  kits: 'no tool is known',
} as const

export type Ablation = keyof typeof ablations

/** The product over one world: everything it computes before somebody asks. */
export type Product = {
  readonly world: World
  index(ablation: Ablation | undefined, learning: Partial<LearnSettings>): Promise<PivotIndex>
  rules(coverage: number, ablation: Ablation | undefined): Rules
}

/** Lists are used on this day; what is learned was learned on it. */
const today = new Date('2026-11-22T00:00:00Z')

export function productOver(world: World): Product {
  const memory = memoryIndex(world.certificates, { hosts: world.sightings })
  const learned = new Map<string, Promise<MemoryIndex>>()
  return {
    world,
    async index(ablation, learning) {
      const settings = { ...defaultLearnSettings, ...learning }
      const key = JSON.stringify(settings)
      if (!learned.has(key)) learned.set(key, learn(memory, settings))
      const index = ablation === 'learned suppression' ? memory : await learned.get(key)
      if (index === undefined) return memory
      return ablation === 'owner groups' ? byCertificates(index) : index
    },
    rules(coverage, ablation) {
      const given = rulesFromLists(world.lists, coverage, world.seed)
      const rules = compileRules(
        ablation === 'kits' ? given.filter(({ attributes }) => attributes.action !== 'kit') : given,
        today,
      )
      const [fault] = rules.faulty
      if (fault !== undefined) throw new Error(`a rule of the corpus means nothing: ${fault.id}: ${fault.because}`)
      return rules
    },
  }
}

const features = new WeakMap<MemoryIndex, Map<string, Promise<readonly ValueFeatures[]>>>()

async function learn(index: MemoryIndex, settings: LearnSettings): Promise<MemoryIndex> {
  const of = features.get(index) ?? new Map<string, Promise<readonly ValueFeatures[]>>()
  features.set(index, of)
  // Features depend on these two only, and cost the most.
  const key = `${settings.sample} ${settings.least_owners}`
  const gathered = of.get(key) ?? gatherFeatures(index, index.shared, settings)
  of.set(key, gathered)
  const rows: readonly LearnedSuppression[] = learnSuppressions(await gathered, {
    settings,
    snapshot: index.snapshot.id,
    now: today,
  })
  return index.withLearned(rows)
}

/** Frequencies as if each certificate were somebody else's. */
function byCertificates(index: MemoryIndex): PivotIndex {
  return {
    ...index,
    frequencies: async values => (await index.frequencies(values)).map(one => ({ ...one, owners: one.certificates })),
  }
}
