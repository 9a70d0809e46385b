import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { caseStoreContract } from './case-store.contract.ts'
import { startOtherProcess } from './other-process.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'

caseStoreContract('the embedded case store', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  return {
    store: await openPgliteCaseStore(directory),
    reopen: () => openPgliteCaseStore(directory),
    remove: async () => rmSync(directory, { recursive: true, force: true }),
  }
})

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a store that is open is refused a second time, and is still good', async () => {
  const store = await openPgliteCaseStore(directory)
  await expect(openPgliteCaseStore(directory)).rejects.toMatchObject({ code: 'store/in-use' })
  await store.migrate()
  expect(await store.hunts()).toEqual([])
  await store.close()
})

test('a store that could not be opened is not locked', async () => {
  writeFileSync(join(directory, 'cluster'), 'not a directory')
  await expect(openPgliteCaseStore(directory)).rejects.toMatchObject({ code: 'store/damaged' })
  rmSync(join(directory, 'cluster'))
  await (await openPgliteCaseStore(directory)).close()
  expect(readdirSync(directory)).toEqual(['cluster'])
})

test('a hunt recorded by a process that is killed with -9 is there for the next, which is not locked out', async () => {
  const recorded: string[] = []
  for (let round = 0; round < 3; round++) {
    const other = await startOtherProcess()
    const { huntId } = await recordIn(other, 10)
    await expect(openPgliteCaseStore(directory)).rejects.toMatchObject({
      code: 'store/in-use',
      message: expect.stringContaining(`process ${other.pid},`),
    })
    await other.kill()
    recorded.push(huntId)
    const store = await openPgliteCaseStore(directory)
    expect((await store.hunts()).map(hunt => hunt.hunt_id).toSorted()).toEqual(recorded.toSorted())
    expect((await store.findings(huntId)).length).toBe(10)
    await store.close()
  }
})

test('a process killed with -9 while it records leaves the whole hunt or nothing of it', async () => {
  for (let round = 0; round < 3; round++) {
    const other = await startOtherProcess()
    const begun = await other.tell({ do: 'record', directory, findings: 5_000 })
    expect(begun.said).toBe('recording')
    await other.kill()
    const store = await openPgliteCaseStore(directory)
    for (const hunt of await store.hunts()) {
      expect(hunt.findings).toBe(5_000)
      expect((await store.findings(hunt.hunt_id)).length).toBe(5_000)
    }
    await store.close()
  }
})

test('a store left open does not keep its process alive', async () => {
  const other = await startOtherProcess()
  expect(await other.tell({ do: 'leave', directory })).toEqual({ said: 'opened' })
  expect(await other.ended).toBe(0)
  await (await openPgliteCaseStore(directory)).close()
})

async function recordIn(other: Awaited<ReturnType<typeof startOtherProcess>>, findings: number) {
  const begun = await other.tell({ do: 'record', directory, findings })
  expect(begun.said).toBe('recording')
  const report = await other.hear()
  if (report.said !== 'recorded') throw new Error(`The other process answered ${JSON.stringify(report)}`)
  return report
}
