import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CtPosition, KeptCaseStore, KeptCtFault, KeptCtHead } from '../../model/index.ts'

const log_id = 'a1'.repeat(32)
const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))
const head = (size: number, minute: number, root = 'b2'): KeptCtHead => ({
  log_id,
  size,
  root: root.repeat(32),
  timestamp: at(minute).getTime(),
  signature: '0403',
  seen_at: at(minute),
})

/** What every adapter keeps to about logs of Certificate Transparency. */
export function ctLedgerContract(name: string, open: () => Promise<KeptCaseStore>): void {
  describe(name, () => {
    let store: KeptCaseStore
    beforeAll(async () => {
      store = await open()
      await store.migrate()
    })
    afterAll(() => store.close())

    test('a log has a position for each stretch that is read, and the last one that was kept', async () => {
      expect(await store.ctPositions()).toEqual([])
      const position: CtPosition = { log_id, scope: '', first_index: 0, size: 8192, frontier: 'c3', updated_at: at(1) }
      const later: CtPosition = {
        log_id,
        scope: 'example.com',
        first_index: 3_000_000_000,
        size: 3_000_008_192,
        frontier: 'd4',
        updated_at: at(2),
      }
      await store.keepCtPosition(later)
      await store.keepCtPosition(position)
      await store.keepCtPosition({ ...position, size: 16_384, updated_at: at(3) })
      expect(await store.ctPositions()).toEqual([{ ...position, size: 16_384, updated_at: at(3) }, later])
    })

    test('every head stays, also one that contradicts another, and the same one once', async () => {
      const heads = [head(10, 1), head(12, 2), head(12, 2, 'e5'), head(12, 3)]
      for (const one of [...heads, ...heads]) await store.keepCtHead(one)
      await store.keepCtHead({ ...head(99, 9), log_id: 'f6'.repeat(32) })
      expect(await store.ctHeads(log_id, { limit: 10 })).toEqual([
        head(12, 3),
        head(12, 2),
        head(12, 2, 'e5'),
        head(10, 1),
      ])
      expect(await store.ctHeads(log_id, { limit: 1 })).toEqual([head(12, 3)])
    })

    test('a fault is kept once with its proof, whatever stands in it', async () => {
      const fault: KeptCtFault = {
        log_id,
        code: 'ct/fork',
        key: 'size 12 \u0000',
        seen_at: at(4),
        proof: { heads: [{ size: 12, root: 'b2' }], said: 'a NUL \u0000 and \ud800' },
      }
      expect(await store.keepCtFault(fault)).toBe(true)
      expect(await store.keepCtFault({ ...fault, seen_at: at(5) })).toBe(false)
      expect(await store.keepCtFault({ ...fault, key: 'size 13', seen_at: at(6) })).toBe(true)
      expect(await store.ctFaults()).toEqual([{ ...fault, key: 'size 13', seen_at: at(6) }, fault])
    })
  })
}
