import type { KeptCaseStore } from '../../model/index.ts'
import { startThread } from '../../threads/index.ts'
import { lockDirectory } from './directory-lock.ts'
import { openness } from './openness.ts'
import type { WorkerStart } from './pglite-protocol.ts'
import { type Conversation, converse } from './worker-conversation.ts'
import { upkeepThroughWorker } from './worker-upkeep.ts'

export type PgliteOptions = {
  /**
   * Where a freshly initialised database is kept for the next time, 4.5 MB. Default: `node_modules/.cache/counterseal`
   * of this installation. Name another one where that is not writable and new stores are made often.
   */
  readonly seedDirectory?: string
}

function throughWorker({ call }: Conversation, end: () => Promise<void>): KeptCaseStore {
  const open = openness()
  return {
    migrate: () => open.during('migrate', () => call('migrate')),
    recordHunt: (hunt, findings) => open.during('recordHunt', () => call('recordHunt', hunt, findings)),
    hunts: options => open.during('hunts', () => call('hunts', options)),
    findings: huntId => open.during('findings', () => call('findings', huntId)),
    finding: findingId => open.during('finding', () => call('finding', findingId)),
    recordApprovals: approvals => open.during('recordApprovals', () => call('recordApprovals', approvals)),
    approvals: () => open.during('approvals', () => call('approvals')),
    withdrawApproval: (id, by, because) =>
      open.during('withdrawApproval', () => call('withdrawApproval', id, by, because)),
    appendTrust: changes => open.during('appendTrust', () => call('appendTrust', changes)),
    trustEntries: question => open.during('trustEntries', () => call('trustEntries', question)),
    trustHead: () => open.during('trustHead', () => call('trustHead')),
    trustPosition: () => open.during('trustPosition', () => call('trustPosition')),
    setTrustPosition: position => open.during('setTrustPosition', () => call('setTrustPosition', position)),
    ctPositions: () => open.during('ctPositions', () => call('ctPositions')),
    keepCtPosition: position => open.during('keepCtPosition', () => call('keepCtPosition', position)),
    keepCtHead: head => open.during('keepCtHead', () => call('keepCtHead', head)),
    ctHeads: (logId, options) => open.during('ctHeads', () => call('ctHeads', logId, options)),
    keepCtFault: fault => open.during('keepCtFault', () => call('keepCtFault', fault)),
    ctFaults: () => open.during('ctFaults', () => call('ctFaults')),
    addToCaseLog: (...entry) => open.during('addToCaseLog', () => call('addToCaseLog', ...entry)),
    // Which kind comes back is what was asked for; over the wire between threads the type does not follow.
    caseLog: (kind, subject) => open.during('caseLog', () => call('caseLog', kind, subject) as Promise<never>),
    describe: () => open.during('describe', () => call('describe')),
    close: () => open.close(() => call('close').finally(end)),
    upkeep: upkeepThroughWorker(call, open),
  }
}

/**
 * Opens the case store in a directory, which is made if there is none. The directory belongs to the store:
 * `lock-*.sock` is the lock, `cluster/` the database. A copy out or in takes as much disk again while it lasts.
 *
 * Durable means: handed to the operating system. It survives `kill -9`; a loss of power can take or damage the latest,
 * because PGlite does not sync to the disk.
 *
 * `migrate()` is up to the caller. Closing twice is as good as once. An open store does not keep its process alive.
 *
 * Costs, compiled, on two shared cores under load, with the peak memory of the whole process:
 * the first store of an installation 4.1–4.5 s and 0.9 GB (PostgreSQL's initdb), a new store from the seed that this
 * left 1.2–1.4 s and 0.4 GB, opening one again 0.75 s and 0.35 GB, the first `migrate()` 0.05–0.25 s.
 * Run from the sources, about 0.35 s more for the compiler in the worker.
 *
 * @throws CountersealError `store/in-use` when another process, or this one, has it open; `store/damaged`, `store/full`
 *   or `store/unavailable` when it cannot be opened
 */
export async function openPgliteCaseStore(directory: string, options: PgliteOptions = {}): Promise<KeptCaseStore> {
  const lock = await lockDirectory(directory)
  const start: WorkerStart = { directory, ...options }
  const worker = startThread(new URL('./pglite-worker.ts', import.meta.url), { workerData: start })
  const end = async () => {
    await worker.terminate()
    await lock.release()
  }
  try {
    const conversation = converse(worker)
    await conversation.opened
    return throughWorker(conversation, end)
  } catch (error) {
    await end()
    throw error
  }
}
