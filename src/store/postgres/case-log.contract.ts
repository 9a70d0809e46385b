import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseLogEntry, KeptCaseStore } from '../../model/index.ts'

const finding = 'ab'.repeat(16)
const id = (nth: number) => `5b1f6c1e-0d0b-4a53-9d0e-${String(nth).padStart(12, '0')}`

/** An invented decision. */
export function inventedDecision(change: Partial<CaseLogEntry<'triage'>> = {}): CaseLogEntry<'triage'> {
  return {
    action: 'note',
    by: 'e.berg',
    because: 'looked at \u0000 it',
    computed: { answers: { q1: 'unknown' }, decision: 'escalate', because: 'b', inputs_version: {} },
    ...change,
  }
}

/** What every adapter keeps to about the log of decisions. */
export function caseLogContract(name: string, open: () => Promise<KeptCaseStore>): void {
  describe(name, () => {
    let store: KeptCaseStore
    beforeAll(async () => {
      store = await open()
      await store.migrate()
    })
    afterAll(() => store.close())

    test('decisions come back as they were recorded, in their order, once each', async () => {
      const first = inventedDecision()
      const second = inventedDecision({ action: 'close', second: 'm.roth' })
      await store.addToCaseLog('triage', finding, first, id(1))
      await store.addToCaseLog('triage', finding, second, id(2))
      await store.addToCaseLog('triage', finding, inventedDecision({ by: 'another' }), id(2))
      await store.addToCaseLog('triage', 'cd'.repeat(16), first, id(3))
      const kept = await store.caseLog('triage', finding)
      expect(kept.map(({ entry }) => entry)).toEqual([first, second])
      expect(kept.every(({ recorded_at, subject }) => recorded_at instanceof Date && subject === finding)).toBe(true)
      expect(await store.caseLog('triage')).toHaveLength(3)
    })

    test('kinds are apart', async () => {
      expect(await store.caseLog('canary')).toEqual([])
    })
  })
}
