/** CORPUS-S: a seeded world of certificates for the pivot benchmark. README.md says what is modelled. */
import { background } from './background/index.ts'
import { day } from './calendar.ts'
import type { Corpus } from './corpus.ts'
import { furnish } from './furniture.ts'
import { packMakers, packs } from './packs/index.ts'
import { randomNamed } from './random.ts'
import { emptyWorld } from './world.ts'

export type { Corpus, CorpusCertificate, CorpusListEntry, CorpusSighting, ListKeys, Role } from './corpus.ts'
export type { PackName } from './packs/index.ts'
export { packs }

/**
 * The same seed and scale give the same bytes on every machine.
 * @param options.scale multiplies how many live in the background; packs stay as they are. @default 1: about 40,000
 *   certificates of 16,000 to 20,000 owners, some seconds on one core
 */
export function generateCorpus(seed: number, options: { readonly scale?: number } = {}): Corpus {
  const { scale = 1 } = options
  const random = randomNamed(`corpus-s/${seed}`)
  // Nine months to a year of watching, ending in the summer of 2026, when public lifetimes are 200 days at most.
  const end = Date.UTC(2026, 5, 15) + random.whole(0, 90) * day
  const calendar = { start: end - random.whole(260, 360) * day, end }
  const world = emptyWorld(random, calendar, scale)
  const furniture = furnish(random.branch('furniture'), world.names, world.network, calendar)
  for (const [part, populate] of Object.entries(background)) {
    populate(world.scopeOf('background', furniture, `/${part}`))
  }
  for (const pack of packs) packMakers[pack](world.scopeOf(pack, furniture))
  return world.corpus(seed)
}
