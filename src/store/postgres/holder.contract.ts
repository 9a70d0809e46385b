import { prepareCluster } from './cluster.ts'
import { lockDirectory } from './directory-lock.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { openPgliteCaseStore } from './pglite.ts'
import { openPostgresCaseStore } from './server.ts'

/**
 * Another process, for tests: takes one order at a time from its parent and answers each with one report. It has to be
 * a real one, because `kill -9` and races between processes are the subject. Named `.contract.ts` to stay out of the build.
 */
export type Order =
  /** Lock the directory and keep it. */
  | { readonly do: 'lock'; readonly directory: string }
  /** Let go of what was locked. */
  | { readonly do: 'release' }
  /** Open the case store, record one hunt with `findings` findings, and keep it open. */
  | { readonly do: 'record'; readonly directory: string; readonly findings: number }
  /** Open the case store, disconnect, and leave the rest to Node. */
  | { readonly do: 'leave'; readonly directory: string }
  /** Make a database without the help of a seed. Takes seconds. */
  | { readonly do: 'initialise'; readonly directory: string; readonly seedDirectory: string }
  /** Open the case store on a server, bring it up to date, disconnect, and leave the rest to Node. */
  | { readonly do: 'leave-server'; readonly url: string }
  /** Open the case store on a server, bring it up to date, and say what was applied. */
  | { readonly do: 'migrate-server'; readonly url: string; readonly schema: string }

export type Report =
  | { readonly said: 'migrated'; readonly applied: readonly string[] }
  | { readonly said: 'ready' | 'locked' | 'released' | 'opened' | 'initialised' | 'ended' }
  | { readonly said: 'recording' | 'recorded'; readonly huntId: string }
  | { readonly said: 'refused'; readonly code: string; readonly message: string }

function report(what: Report): void {
  process.send?.(what)
}

let release: () => Promise<void> = async () => {}

async function follow(order: Order): Promise<Report> {
  if (order.do === 'lock') {
    const lock = await lockDirectory(order.directory)
    release = lock.release
    return { said: 'locked' }
  }
  if (order.do === 'release') {
    await release()
    return { said: 'released' }
  }
  if (order.do === 'initialise') {
    await prepareCluster(order.directory, order.seedDirectory)
    return { said: 'initialised' }
  }
  if (order.do === 'migrate-server') {
    const store = await openPostgresCaseStore({ url: order.url, schema: order.schema })
    const applied = await store.migrate()
    await store.close()
    return { said: 'migrated', applied }
  }
  if (order.do === 'leave-server') {
    const store = await openPostgresCaseStore({ url: order.url })
    await store.migrate()
    return { said: 'opened' }
  }
  const store = await openPgliteCaseStore(order.directory)
  await store.migrate()
  if (order.do === 'leave') return { said: 'opened' }
  const hunt = inventedHunt()
  const recording = store.recordHunt(
    hunt,
    Array.from({ length: order.findings }, () => inventedFinding()),
  )
  report({ said: 'recording', huntId: hunt.hunt_id })
  await recording
  return { said: 'recorded', huntId: hunt.hunt_id }
}

process.on('message', async (order: Order) => {
  try {
    report(await follow(order))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'none'
    report({ said: 'refused', code, message: String(error) })
  }
  if (order.do === 'leave' || order.do === 'leave-server') process.disconnect()
})
report({ said: 'ready' })
