import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Approval, KeptCaseStore } from '../../model/index.ts'

/** An invented approval of one certificate; `nth` tells it from others. */
export function inventedApproval(nth: number, change: Partial<Approval> = {}): Approval {
  return {
    approval_id: `5b1f6c1e-0d0b-4a53-9d0e-${String(nth).padStart(12, '0')}`,
    kind: 'change',
    ticket: `CHG-${nth}`,
    requester: 'e.berg',
    approver: 'm.roth',
    because: '',
    rollback: '',
    hosts: ['ws-*.corp.example'],
    from: '2026-03-02T08:00:00.000000Z',
    until: '2026-03-02T12:00:00.000000Z',
    expires: '2026-06-01T00:00:00.000000Z',
    object: { certificate_sha1: ['1f3d38f280635f275be92b87cf83e40e40458400'] },
    writers: [],
    exercise: false,
    ...change,
  }
}

/** What every adapter keeps to about approvals. */
export function approvalsContract(name: string, open: () => Promise<KeptCaseStore>): void {
  describe(name, () => {
    let store: KeptCaseStore
    beforeAll(async () => {
      store = await open()
      await store.migrate()
    })
    afterAll(() => store.close())

    test('approvals come back as they were recorded, in their order, once each', async () => {
      expect(await store.approvals()).toEqual([])
      const both = [inventedApproval(1, { because: 'a NUL \u0000 and \\u0000' }), inventedApproval(2)]
      expect(await store.recordApprovals(both)).toBe(2)
      expect(await store.recordApprovals([inventedApproval(2), inventedApproval(3)])).toBe(1)
      const kept = await store.approvals()
      expect(kept.map(({ approval }) => approval)).toEqual([...both, inventedApproval(3)])
      expect(kept.every(({ recorded_at, withdrawn }) => recorded_at instanceof Date && withdrawn === undefined)).toBe(
        true,
      )
    })

    test('recording the same id with other words changes nothing', async () => {
      expect(await store.recordApprovals([inventedApproval(1, { approver: 'another' })])).toBe(0)
      const [first] = await store.approvals()
      expect(first?.approval.approver).toBe('m.roth')
    })

    test('an approval is withdrawn once, and stays', async () => {
      const { approval_id } = inventedApproval(2)
      expect(await store.withdrawApproval(approval_id, 'k.lind', 'wrong host')).toBe(true)
      expect(await store.withdrawApproval(approval_id, 'somebody else', '')).toBe(false)
      const kept = (await store.approvals()).find(({ approval }) => approval.approval_id === approval_id)
      expect(kept?.withdrawn).toEqual({ at: expect.any(Date), by: 'k.lind', because: 'wrong host' })
      expect(await store.recordApprovals([inventedApproval(2)])).toBe(0)
      expect((await store.approvals()).filter(({ withdrawn }) => withdrawn !== undefined)).toHaveLength(1)
    })

    test.each(['5b1f6c1e-0d0b-4a53-9d0e-00000000ffff', 'no id', "' or true --"])(
      'there is no approval %s to withdraw',
      async id => {
        expect(await store.withdrawApproval(id, 'k.lind', '')).toBe(false)
      },
    )

    test('many are recorded at once', async () => {
      const many = Array.from({ length: 1200 }, (_, nth) => inventedApproval(1000 + nth))
      expect(await store.recordApprovals(many)).toBe(1200)
      expect(await store.approvals()).toHaveLength(1203)
    })
  })
}
