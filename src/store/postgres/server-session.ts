import type { ClientBase } from 'pg'
import { CountersealError } from '../../base/index.ts'
import { describeAddress, type ServerAddress } from './server-address.ts'

/**
 * The oldest server we work with, as `server_version_num` has it, and the name for people. 15, Debian 12's, because
 * that is the oldest one the tests run on; what we use of SQL is in 14 too, but nobody has seen it there.
 */
export const leastServerVersion = { number: 150_000, name: '15' } as const

/** What a server says of itself on a new connection. */
export type ServerFacts = {
  /** `server_version_num`: 150018 is 15.18. */
  readonly version: number
  readonly encoding: string
  /** A standby: it repeats what its primary does, and takes nothing else. */
  readonly standby: boolean
  /** `default_transaction_read_only` of the server, the database or the user. */
  readonly readOnly: boolean
}

/** @throws CountersealError `store/wrong-version`, `store/read-only`, `store/unavailable` for an encoding */
export function refuseServer(facts: ServerFacts, address: ServerAddress): void {
  const where = describeAddress(address)
  if (facts.version < leastServerVersion.number) {
    const version = `${Math.floor(facts.version / 10_000)}.${facts.version % 10_000}`
    throw new CountersealError('store/wrong-version', {
      message: `${where} is version ${version}; the case store needs ${leastServerVersion.name} or newer.`,
    })
  }
  if (facts.encoding !== 'UTF8') {
    throw new CountersealError('store/unavailable', {
      message: `${where} keeps text as ${facts.encoding}, which cannot hold all that evidence says; the case store needs UTF8.`,
      remedy: `Have a database created with: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`,
    })
  }
  if (facts.standby || facts.readOnly) {
    const why = facts.standby
      ? 'it is a standby'
      : 'default_transaction_read_only is on for this user, database or server'
    throw new CountersealError('store/read-only', {
      message: `${where} takes no changes: ${why}.`,
      remedy: 'Name the primary server, and a user whose transactions may write.',
    })
  }
}

/**
 * Makes a new connection ours, in one round trip: the schema, and how values are written, which a server, a database or
 * a user can have set otherwise. Every connection is looked at, because the next one may lead to another server.
 *
 * `pg_temp` comes last, so that nobody's temporary table hides one of ours. Not for a pooler that changes servers
 * between transactions (PgBouncer with `pool_mode=transaction`): the settings would stay behind.
 */
export async function prepareSession(
  client: ClientBase,
  address: ServerAddress,
  limits: { readonly connectTimeoutMs: number; readonly statementTimeoutMs: number },
): Promise<void> {
  const query = {
    text: `
      select
        current_setting('server_version_num')::integer as version,
        current_setting('server_encoding') as encoding,
        pg_is_in_recovery() as standby,
        current_setting('default_transaction_read_only')::boolean as "readOnly",
        set_config('search_path', $1, false),
        set_config('statement_timeout', $2, false),
        set_config('TimeZone', 'UTC', false),
        set_config('DateStyle', 'ISO, YMD', false),
        set_config('extra_float_digits', '1', false)`,
    values: [`"${address.schema}", pg_temp`, String(limits.statementTimeoutMs)],
    query_timeout: limits.connectTimeoutMs,
  }
  const { rows } = await client.query<ServerFacts>(query)
  if (rows[0] !== undefined) refuseServer(rows[0], address)
}
