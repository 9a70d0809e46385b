import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { shipped } from '../src/config.ts'
import { loadProcedures, logOfProcedure } from '../src/validate/index.ts'
import { counterseal, engineInstalled } from './run-cli.ts'

const directory = mkdtempSync(join(tmpdir(), 'counterseal-order-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Numbers from 0 to 1 that a seed decides. */
function numbersOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/**
 * The whole chain (T-27), each event in a log of its own, read in an order that the seed decides, and the first of them a
 * second time at the end. Each order is a host of its own.
 */
it.runIf(engineInstalled)(
  'the order in which the events of a case arrive changes neither verdict nor score',
  { timeout: 240_000 },
  () => {
    const chain = loadProcedures(shipped('analytics'), 'an1246').find(({ id }) => id === 'T-27')
    if (chain === undefined) throw new Error('there is no T-27')
    const start = Date.UTC(2026, 2, 2, 9)
    const seeds = [1, 2, 3, 4]
    for (const seed of seeds) {
      const number = numbersOf(seed)
      const places = chain.events.map((event, nth) => ({ event, nth, place: seed === 1 ? nth : number() }))
      const arriving = places.sort((a, b) => a.place - b.place)
      // A root of its own: one that several hosts have is not the rule A11's.
      const root = `${seed}7`.repeat(20)
      const logs = [...arriving, ...arriving.slice(0, 1)].map(({ event }) => ({
        ...event,
        data: Object.fromEntries(
          Object.entries(event.data).map(([name, text]) => [name, text.replace('27'.repeat(20), root)]),
        ),
      }))
      for (const [nth, event] of logs.entries()) {
        const log = logOfProcedure({ ...chain, id: `T-27${'abcd'[seed - 1]}`, events: [event] }, start, {
          files: [],
          told: new Map(),
        })
        const folder = join(directory, `order-${seed}`)
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `${String(nth).padStart(2, '0')}.evtx`), log)
      }
    }
    const { records } = counterseal(['hunt', directory, '--json'])
    const cases = records
      .filter(({ type, analytic }) => type === 'finding' && analytic === 'AN1246')
      .map(({ verdict, score, correlation, contributions, event_count }) => ({
        ...{ verdict, score, event_count },
        signals: (contributions as { signal: string; points: number }[]).map(
          ({ signal, points }) => `${signal} ${points}`,
        ),
        rules: (correlation as { standalone: { rule: string }[] }).standalone.map(({ rule }) => rule),
      }))
    expect(cases).toHaveLength(seeds.length)
    expect(cases[0]).toMatchObject({ verdict: 'incident', score: 100, rules: ['A1', 'A11'] })
    for (const one of cases) expect(one).toEqual(cases[0])
  },
)
