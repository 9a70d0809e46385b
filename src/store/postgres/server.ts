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

/** Asked for again, once, when the connection was lost on the way. The answer is the same however often it is asked. */
function persistent(store: CaseStore): CaseStore {
  const again = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof CountersealError && error.code === 'store/unreachable')) throw error
      return work()
    }
  }
  return {
    // Not this one: it says what it applied, and the second time that would be nothing.
    migrate: () => store.migrate(),
    recordHunt: (hunt, findings) => again(() => store.recordHunt(hunt, findings)),
    hunts: options => again(() => store.hunts(options)),
    findings: huntId => again(() => store.findings(huntId)),
    finding: findingId => again(() => store.finding(findingId)),
    close: () => store.close(),
  }
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
 * Closing waits for what was asked before. An open store that is idle does not keep its process alive.
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
  try {
    await attempt(`Connecting to ${describeAddress(address)}`, async () => (await pool.connect()).release())
  } catch (error) {
    await end()
    throw error
  }
  const open = openness()
  const store = persistent(postgresCaseStore(drizzle(pool), { close: () => open.close(end), schema: address.schema }))
  return {
    migrate: () => open.during('migrate', () => store.migrate()),
    recordHunt: (hunt, findings) => open.during('recordHunt', () => store.recordHunt(hunt, findings)),
    hunts: limit => open.during('hunts', () => store.hunts(limit)),
    findings: huntId => open.during('findings', () => store.findings(huntId)),
    finding: findingId => open.during('finding', () => store.finding(findingId)),
    close: () => store.close(),
    upkeep: upkeepOver(pool, open),
  }
}
