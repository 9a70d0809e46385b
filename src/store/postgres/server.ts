import { CountersealError } from '../../base/index.ts'
import type { CaseStore, KeptCaseStore } from '../../model/index.ts'
import { describeAddress, readServerAddress, type ServerOptions } from './server-address.ts'

export type PostgresOptions = ServerOptions & {
  /** Connections at most, 1 or more. Default 4: calls wait for one another, an export occupies one. */
  readonly poolSize?: number
  /** How long a connection may take, name, TLS and password included. Default 10,000 ms. */
  readonly connectTimeoutMs?: number
  /**
   * How long the server may work on one statement before it gives up. Default 60,000 ms; 0: as long as it likes.
   * Migrations, exports and imports are exempt.
   */
  readonly statementTimeoutMs?: number
}

/** Asks again, once, when the connection was lost on the way. For what has one result however often it is asked. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isLost(error)) throw error
    return work()
  }
}

function isLost(error: unknown): boolean {
  return error instanceof CountersealError && error.code === 'store/unreachable'
}

function checkLimit(name: string, value: number, least: number): number {
  // PostgreSQL's own timeouts end at 2^31 - 1, and so do Node's.
  if (Number.isSafeInteger(value) && value >= least && value < 2 ** 31) return value
  throw new CountersealError('usage/bad-argument', { message: `${name} of the case store cannot be ${value}.` })
}

/**
 * Opens the case store on a PostgreSQL server. Any number of processes may use one store. Connects once, to say at once
 * what is wrong. `migrate()` is up to the caller; it makes the schema and the tables.
 *
 * The user needs CONNECT, and USAGE of the schema with SELECT and INSERT on its tables. To migrate, also CREATE on the
 * schema, or on the database where the schema is missing.
 *
 * Durable means: committed, as the server's `synchronous_commit` has it. A call whose connection is lost is repeated
 * once, because all but three have one result however often they run; `migrate`, `importRows` and an export that has
 * begun are not repeated and fail with `store/unreachable`. Of a lost import it is not known whether it was stored: an
 * empty store says that it was not.
 *
 * A server that vanishes without a word is noticed after about 40 s where it had taken the question (TCP keep-alive, as
 * libuv sets it), otherwise when the kernel gives up, which can take a quarter of an hour.
 *
 * Closing waits for what was asked before. An open store that is idle does not keep its process alive.
 *
 * Costs, from the sources, server on the same machine with `fsync` off, two shared cores under heavy load: opening 36 ms
 * when the code is loaded, the first `migrate()` 130 ms, a later one 4 ms; a hunt of 10,000 findings 2.3 to 3.2 s
 * (embedded, beside it: 2.1 to 4.8 s). 100,000 findings: copied out in 3.1 s (embedded 4.6 s), out and back in 15 s
 * (embedded 46 to 58 s), cited events 1.0 s in both.
 *
 * @throws CountersealError `usage/bad-argument` for an address we cannot use; `store/unreachable`; `store/refused` for a
 *   wrong password, a missing database or right, or a certificate that is not to be trusted; `store/wrong-version`;
 *   `store/read-only` on a standby or where transactions are read-only; `store/unavailable` for a database that is not
 *   in UTF8. None of them quotes a password. Later calls can meet the same, and `store/full`.
 */
export async function openPostgresCaseStore(options: PostgresOptions): Promise<KeptCaseStore> {
  const { poolSize = 4, connectTimeoutMs = 10_000, statementTimeoutMs = 60_000 } = options
  const address = readServerAddress(options)
  const limits = {
    poolSize: checkLimit('poolSize', poolSize, 1),
    connectTimeoutMs: checkLimit('connectTimeoutMs', connectTimeoutMs, 1),
    statementTimeoutMs: checkLimit('statementTimeoutMs', statementTimeoutMs, 0),
  }
  // Loaded when needed: the driver takes 30 to 45 ms, and Drizzle 70 to 120 ms.
  const [{ drizzle }, { postgresCaseStore }, { attempt }, { openPool }, { openness }, { upkeepOver }] =
    await Promise.all([
      import('drizzle-orm/node-postgres'),
      import('./case-store.ts'),
      import('./failure.ts'),
      import('./server-pool.ts'),
      import('./openness.ts'),
      import('./server-upkeep.ts'),
    ])
  const { pool, end } = openPool(address, limits)
  const connect = () => attempt(`Connecting to ${describeAddress(address)}`, () => pool.connect())
  try {
    const first = await connect()
    first.release()
  } catch (error) {
    await end()
    throw error
  }
  const open = openness()
  const named = { engine: 'postgresql', location: describeAddress(address) } as const
  /**
   * A connection for each call, and a store over it. Not Drizzle over the pool: a transaction whose BEGIN fails then
   * keeps its connection for ever (drizzle-orm 0.45, NodePgSession.transaction).
   */
  const onConnection = async <T>(work: (store: CaseStore) => Promise<T>): Promise<T> => {
    const client = await connect()
    let lost = true
    try {
      const surroundings = { close: async () => {}, schema: address.schema, ...named }
      const result = await work(postgresCaseStore(drizzle(client), surroundings))
      lost = false
      return result
    } catch (error) {
      lost = isLost(error)
      throw error
    } finally {
      client.release(lost)
    }
  }
  const call = <T>(method: string, work: (store: CaseStore) => Promise<T>): Promise<T> =>
    open.during(method, () => persistently(() => onConnection(work)))
  return {
    // Once: it says what it applied, and the second time that would be nothing.
    migrate: () => open.during('migrate', () => onConnection(store => store.migrate())),
    recordHunt: (hunt, findings) => call('recordHunt', store => store.recordHunt(hunt, findings)),
    hunts: limit => call('hunts', store => store.hunts(limit)),
    findings: huntId => call('findings', store => store.findings(huntId)),
    finding: findingId => call('finding', store => store.finding(findingId)),
    recordApprovals: approvals => call('recordApprovals', store => store.recordApprovals(approvals)),
    approvals: () => call('approvals', store => store.approvals()),
    withdrawApproval: (id, by, because) => call('withdrawApproval', store => store.withdrawApproval(id, by, because)),
    appendTrust: changes => call('appendTrust', store => store.appendTrust(changes)),
    trustEntries: question => call('trustEntries', store => store.trustEntries(question)),
    trustHead: () => call('trustHead', store => store.trustHead()),
    trustPosition: () => call('trustPosition', store => store.trustPosition()),
    setTrustPosition: position => call('setTrustPosition', store => store.setTrustPosition(position)),
    ctPositions: () => call('ctPositions', store => store.ctPositions()),
    keepCtPosition: position => call('keepCtPosition', store => store.keepCtPosition(position)),
    keepCtHead: head => call('keepCtHead', store => store.keepCtHead(head)),
    ctHeads: (logId, options) => call('ctHeads', store => store.ctHeads(logId, options)),
    keepCtFault: fault => call('keepCtFault', store => store.keepCtFault(fault)),
    ctFaults: () => call('ctFaults', store => store.ctFaults()),
    addToCaseLog: (...entry) => call('addToCaseLog', store => store.addToCaseLog(...entry)),
    caseLog: (kind, subject) => call('caseLog', store => store.caseLog(kind, subject)),
    describe: () => call('describe', store => store.describe()),
    close: () => open.close(end),
    upkeep: upkeepOver(connect, open),
  }
}
