import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CaseStore, Finding, Hunt, Verdict } from '../../model/index.ts'
import { inventedApproval, inventedFinding, inventedHunt, inventedId } from './invented.contract.ts'

export type OpenedCaseStore = {
  /** Empty, and not yet migrated. */
  readonly store: CaseStore
  /** Opens the same data again; the store opened before has been closed. */
  readonly reopen: () => Promise<CaseStore>
  /** Takes the data away. Called last, with every store closed. */
  readonly remove: () => Promise<void>
}

/** What every adapter of the case store keeps to. Written against the port alone. */
export function caseStoreContract(name: string, open: () => Promise<OpenedCaseStore>): void {
  describe(name, () => {
    let opened: OpenedCaseStore
    let store: CaseStore
    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(async () => {
      await store.close()
      await opened.remove()
    })

    const record = async (findings: readonly Finding[], change: Partial<Hunt> = {}): Promise<Hunt> => {
      const hunt = inventedHunt(change)
      await store.recordHunt(hunt, findings)
      return hunt
    }
    const summaryOf = async (hunt: Hunt) => (await store.hunts()).find(one => one.hunt_id === hunt.hunt_id)

    test('a store that was not migrated refuses to answer instead of saying there is nothing', async () => {
      await expect(store.hunts()).rejects.toMatchObject({ code: 'store/query-failed' })
    })

    test('it tells of itself before and after it was migrated, and no password', async () => {
      const { migrations, ...same } = await store.describe()
      expect(same).toMatchObject({
        engine: expect.stringMatching(/^(pglite|postgresql)$/),
        version: expect.stringMatching(/^\d+/),
      })
      expect(same.location).not.toMatch(/password|p@ss|:w\/rd/)
      expect(migrations).toEqual([])
      const applied = await store.migrate()
      expect(await store.describe()).toEqual({ ...same, migrations: applied })
    })

    test('two migrations at once apply everything once, and say what they applied', async () => {
      const { store: other, remove } = await open()
      const both = await Promise.all([other.migrate(), other.migrate()])
      await other.close()
      await remove()
      const [nothing, everything] = both.toSorted((a, b) => a.length - b.length)
      expect(nothing).toEqual([])
      expect(everything?.[0]).toBe('0001_hunt_and_finding')
      expect(everything).toEqual(everything?.toSorted())
      expect(await store.migrate()).toEqual([])
    })

    test('an empty store has no hunts and no findings', async () => {
      expect(await store.hunts()).toEqual([])
      expect(await store.findings(inventedHunt().hunt_id)).toEqual([])
      expect(await store.finding(inventedId())).toBeUndefined()
    })

    test('a hunt comes back as it was recorded, with the number of its findings', async () => {
      const hunt = await record([inventedFinding(), inventedFinding()])
      expect(await summaryOf(hunt)).toEqual({ ...hunt, findings: 2 })
    })

    test('a hunt without paths and without findings is a hunt too', async () => {
      const hunt = await record([], { paths: [] })
      expect(await summaryOf(hunt)).toEqual({ ...hunt, paths: [], findings: 0 })
      expect(await store.findings(hunt.hunt_id)).toEqual([])
    })

    test('a finding comes back whole, to the microsecond', async () => {
      const finding = inventedFinding({
        blind: [{ what: 'renewals', why: 'no log', remedy: 'audit=on' }],
        score: 1 / 3,
      })
      const hunt = await record([finding])
      expect(await store.findings(hunt.hunt_id)).toEqual([finding])
      expect(await store.finding(finding.finding_id)).toEqual(finding)
    })

    test('hunts come newest first, and no more than asked for', async () => {
      const older = await record([])
      const newer = await record([])
      // Recorded last, but it ran before both.
      await record([], { started_at: new Date('2026-01-01T00:00:00Z') })
      const ids = (await store.hunts({ limit: 2 })).map(one => one.hunt_id)
      expect(ids).toEqual([newer.hunt_id, older.hunt_id])
      expect(await store.hunts({ limit: 0 })).toEqual([])
      expect((await store.hunts({ limit: 1_000_000 })).length).toBe((await store.hunts()).length)
    })

    test('of hunts that started together the one that finished last is the newest', async () => {
      const started_at = new Date('2027-01-01T00:00:00Z')
      const long = await record([], { started_at, finished_at: new Date('2027-01-01T00:10:00Z') })
      await record([], { started_at, finished_at: new Date('2027-01-01T00:05:00Z') })
      expect((await store.hunts({ limit: 1 })).map(one => one.hunt_id)).toEqual([long.hunt_id])
    })

    test.each([-1, 1.5, Number.NaN])('a limit of %d hunts is refused', async limit => {
      await expect(store.hunts({ limit })).rejects.toMatchObject({ code: 'usage/bad-argument' })
    })

    test('findings come most urgent first, then by score, then by id; what is beside the scale comes last', async () => {
      const one = (verdict: Verdict, score: number, digit: string) =>
        inventedFinding({ verdict, score, finding_id: digit.repeat(32) })
      const inOrder = [
        one('incident', 10, '9'),
        one('alert', 10, '8'),
        one('review', 90, '7'),
        one('lead', 80.5, '6'),
        one('lead', 9, '0'),
        one('lead', 9, 'a'),
        one('informational', 0, '5'),
        one('approved', 100, '4'),
        one('unknown', 60, '1'),
        one('refuted', 60, '3'),
      ]
      const hunt = await record([3, 7, 0, 9, 5, 1, 8, 4, 2, 6].flatMap(place => inOrder[place] ?? []))
      expect((await store.findings(hunt.hunt_id)).map(each => each.finding_id)).toEqual(
        inOrder.map(each => each.finding_id),
      )
    })

    test('recording the same hunt again changes nothing, whatever it says the second time', async () => {
      const finding = inventedFinding()
      const hunt = await record([finding])
      await store.recordHunt({ ...hunt, version: '9.9.9' }, [inventedFinding(), { ...finding, score: 1 }])
      expect(await summaryOf(hunt)).toEqual({ ...hunt, findings: 1 })
      expect(await store.findings(hunt.hunt_id)).toEqual([finding])
    })

    test('the same hunt recorded twice at once is recorded once', async () => {
      const [hunt, findings] = [inventedHunt(), [inventedFinding(), inventedFinding()]]
      await Promise.all([store.recordHunt(hunt, findings), store.recordHunt(hunt, findings)])
      expect(await summaryOf(hunt)).toEqual({ ...hunt, findings: 2 })
    })

    test('a hunt that cannot be stored whole is not stored at all, and can be recorded again', async () => {
      const hunt = inventedHunt()
      const findings = Array.from({ length: 1_200 }, () => inventedFinding())
      const twice = [...findings, ...findings.slice(0, 1)]
      await expect(store.recordHunt(hunt, twice)).rejects.toMatchObject({ code: 'store/query-failed' })
      expect(await summaryOf(hunt)).toBeUndefined()
      expect(await store.finding(findings[600]?.finding_id ?? '')).toBeUndefined()
      await store.recordHunt(hunt, findings)
      expect((await store.findings(hunt.hunt_id)).length).toBe(1_200)
    })

    test('an error says what was attempted and quotes no evidence', async () => {
      const finding = inventedFinding({ title: 'a secret from the evidence' })
      const error = await record([finding, finding]).catch(caught => caught)
      expect(error.message).toMatch(/^Recording hunt [0-9a-f-]{36} failed: /)
      expect(error.message).not.toContain('secret')
    })

    test('a finding is answered from the newest hunt that has it, in whatever order they were recorded', async () => {
      const finding_id = inventedId()
      const [early, late] = [inventedHunt(), inventedHunt()]
      const [before, after] = [inventedFinding({ finding_id, score: 10 }), inventedFinding({ finding_id, score: 20 })]
      await store.recordHunt(late, [after])
      await store.recordHunt(early, [before])
      await record([inventedFinding()])
      expect(await store.finding(finding_id)).toEqual(after)
      expect(await store.findings(early.hunt_id)).toEqual([before])
    })

    test.each(['', 'no-such-id', 'nul \u0000 and half \ud83d', "' or true --"])('nothing has the id %j', async id => {
      expect(await store.finding(id)).toBeUndefined()
      expect(await store.findings(id)).toEqual([])
    })

    test.each([
      ['umlauts, emoji and right-to-left', 'Größe 🛰️ \u202egnp.exe שלום'],
      ['NUL, as in a forged common name', 'bank.example\u0000.evil.example'],
      ['half a surrogate pair', 'low \udc00, high \ud800, the wrong way round \udc00\ud800'],
      ['control characters, the escape mark among them', '\u0001\u0010\u001b[31m\u007f\u0085 \u00100000 \u0010'],
      ['what looks like an escape', '\\u0000 \\0 %00 \\x00 "quoted"'],
      ['a byte order mark, noncharacters and combining marks', '\ufeff\ufffe\uffff e\u0301 \u00e9'],
    ])('text comes back unit for unit: %s', async (_, text) => {
      const finding = inventedFinding({
        title: text,
        summary: `${text}\n${text}`,
        entities: [{ kind: text, value: text }],
        evidence: [{ event_uid: inventedId(), file: text, record_number: 7 }],
      })
      const hunt = await record([finding], { paths: [text, `${text}/${text}`], version: text, intel_snapshot: text })
      expect(await store.findings(hunt.hunt_id)).toEqual([finding])
      expect(await summaryOf(hunt)).toEqual({ ...hunt, findings: 1 })
    })

    test('findings of several megabytes each are kept whole', async () => {
      const findings = [1, 2, 3].map(n => inventedFinding({ score: 4 - n, summary: `${n}`.repeat(5_000_000) }))
      const hunt = await record(findings)
      expect(await store.findings(hunt.hunt_id)).toEqual(findings)
    })

    test('a finding larger than a line of evidence may be is refused by name, and nothing of its hunt is kept', async () => {
      const huge = inventedFinding({ summary: 'x'.repeat(16 * 1024 * 1024) })
      const hunt = inventedHunt()
      await expect(store.recordHunt(hunt, [inventedFinding(), huge])).rejects.toMatchObject({
        code: 'data/bad-definition',
        message: expect.stringContaining(huge.detection_id),
      })
      expect(await summaryOf(hunt)).toBeUndefined()
    })

    test('what was recorded is there after closing and opening again', async () => {
      const finding = inventedFinding()
      const hunt = await record([finding])
      const before = await store.hunts()
      await store.close()
      store = await opened.reopen()
      expect(await store.migrate()).toEqual([])
      expect(await store.hunts()).toEqual(before)
      expect(await store.findings(hunt.hunt_id)).toEqual([finding])
    })

    test('approvals are kept whole, once, and withdrawn by a row of their own', async () => {
      const one = inventedApproval({ because: 'A\0B\ud800' })
      const other = inventedApproval()
      expect(await store.recordApprovals([one, other])).toBe(2)
      expect(await store.recordApprovals([{ ...one, ticket: 'another' }])).toBe(0)
      expect(await store.withdrawApproval(one.approval_id, 'c.roth', 'the window was moved')).toBe(true)
      expect(await store.withdrawApproval(one.approval_id, 'c.roth', 'again')).toBe(false)
      expect(await store.withdrawApproval(inventedApproval().approval_id, 'c.roth', 'unknown')).toBe(false)
      expect(await store.withdrawApproval('no uuid', 'c.roth', 'unknown')).toBe(false)
      await store.close()
      store = await opened.reopen()
      const kept = await store.approvals()
      const byId = new Map(kept.map(each => [each.approval.approval_id, each]))
      expect(byId.get(one.approval_id)).toMatchObject({
        approval: one,
        withdrawn: { by: 'c.roth', because: 'the window was moved' },
      })
      expect(byId.get(other.approval_id)).toEqual({ approval: other, recorded_at: expect.any(Date) })
    })

    test('closing waits for what was asked before it', async () => {
      const hunt = inventedHunt()
      const recording = store.recordHunt(hunt, [inventedFinding()])
      await store.close()
      await recording
      store = await opened.reopen()
      expect(await summaryOf(hunt)).toEqual({ ...hunt, findings: 1 })
    })

    test('closing twice is as good as once, and a closed store refuses to be used', async () => {
      await store.close()
      await store.close()
      await expect(store.hunts()).rejects.toThrow('closed')
      store = await opened.reopen()
    })
  })
}
