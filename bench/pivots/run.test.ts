import { beforeAll, describe, expect, it } from 'vitest'
import { generateCorpus, packs } from '../corpus-s/index.ts'
import { figuresOf } from './figures.ts'
import { rulesFromLists } from './list-rules.ts'
import { measureWorlds } from './measured.ts'
import { precisionOf, recallOf } from './metrics.ts'
import { tallyOf } from './outcome.ts'
import { pageOf } from './page.ts'
import { openSession, type Session } from './session.ts'
import { truthOf } from './truth.ts'
import { shipped } from './variant.ts'
import { type World, worldOf } from './world.ts'

let world: World
let session: Session

beforeAll(() => {
  world = worldOf(generateCorpus(3, { scale: 0.02 }))
  session = openSession(world)
})

describe('the pivot benchmark', () => {
  it('reads every certificate, and knows each in the hands of each owner once', () => {
    expect(world.certificates.length).toBeGreaterThan(4000)
    const keys = world.entries.map(({ issuance, owner }) => `${issuance} ${owner}`)
    expect(new Set(keys).size).toBe(keys.length)
    for (const { ids } of world.entries) expect(ids.length).toBeGreaterThan(0)
  })

  it('has seeds and reachable pairs in every pack, and never counts the seed’s own owner', () => {
    const truths = truthOf(world, 2)
    for (const pack of packs) {
      const of = truths.filter(({ seed }) => seed.pack === pack)
      expect(
        of.some(({ direct }) => direct.size > 0),
        pack,
      ).toBe(true)
      for (const { seed, others, direct, within, own } of of) {
        expect(others.has(seed.owner)).toBe(false)
        for (const owner of direct) expect(within.has(owner) && others.has(owner)).toBe(true)
        for (const owner of own) expect(direct.has(owner)).toBe(true)
      }
    }
  })

  it('gives the product larger parts of the lists that contain the smaller ones, and public issuers always', () => {
    const ids = (coverage: number) => new Set(rulesFromLists(world.lists, coverage, 3).map(({ id }) => id))
    const issuers = world.lists.filter(({ action }) => action === 'issuer0').map(({ id }) => id)
    expect([...ids(0)].sort()).toEqual(issuers.toSorted())
    for (const id of ids(0.3)) expect(ids(0.6).has(id)).toBe(true)
    expect(ids(1).size).toBe(world.lists.length)
  })

  it('answers the same when asked again, and tells no more with fewer lists', async () => {
    // Two packs and one hop: in so small a world everything is rare, and a walk goes far.
    const job = { coverage: 0.9, variant: shipped, perPack: 2, hops: 1, packs: ['cdn', 'hosting-default'] }
    const [first, second] = [await session.run(job), await session.run(job)]
    expect(second.outcomes).toEqual(first.outcomes)
    expect(first.outcomes).toHaveLength(4)
    const bare = await session.run({ ...job, coverage: 0 })
    const falseClaims = (outcomes: typeof first.outcomes) => tallyOf(outcomes, 0.6).falsePositives
    expect(falseClaims(bare.outcomes)).toBeGreaterThanOrEqual(falseClaims(first.outcomes))
  })

  it('finds everything reachable by accepting any value, at the price of claiming everybody', () => {
    const { B0, B1 } = session.baselines(2)
    const [exact, any] = [tallyOf(B0, 1), tallyOf(B1, 1)]
    expect(recallOf(any, 'direct')).toBeGreaterThan(0.95)
    expect(precisionOf(any)).toBeLessThan(0.05)
    expect(recallOf(exact, 'direct')).toBeLessThan(recallOf(any, 'direct'))
  })

  it('writes a page that says what was measured', async () => {
    const own = { turned: [], variant: shipped, threshold: 0.6 }
    const choices = new Map([['ordinary', own] as const])
    const measured = await measureWorlds(choices, {
      run: async jobs => {
        const results = []
        for (const job of jobs) results.push(await session.run({ ...job, packs: ['ordinary'], perPack: 1 }))
        const size = { certificates: world.certificates.length, owners: 1 }
        return [{ seed: 3, results, baselines: session.baselines(1), ...size }]
      },
      perPack: 2,
      resamples: 20,
    })
    const run = { tuningSeeds: [], reportSeeds: [3], scale: 0.02, perPack: 1, minutes: 0 }
    const tuning = { byPack: choices, tried: 0, candidates: 0 }
    const page = pageOf(measured, tuning, run)
    expect(page).toContain('| ordinary | 1 |')
    expect(page).not.toMatch(/NaN|undefined|Infinity/)
    expect(JSON.stringify(figuresOf(measured, tuning, run))).toContain('"coverage":0.9')
  })
})
