import type { CountersealError } from '../../base/index.ts'
import { attempt, sqlStateOf } from './failure.ts'

/**
 * One connection to PostgreSQL with a transaction open on it: what upkeep runs on, embedded and on a server alike.
 * All columns that are asked for are text, which both drivers give as it is.
 */
export type Ask = (query: string, parameters?: readonly unknown[]) => Promise<readonly Answer[]>

export type Answer = Readonly<Record<string, string>>

/**
 * Values are written in one way in this transaction, whatever the server, the database or the user have set. And no
 * timeout: upkeep takes as long as the store is large.
 */
export const ownWriting = `
  select set_config('TimeZone', 'UTC', true), set_config('extra_float_digits', '1', true),
    set_config('statement_timeout', '0', true)`

/**
 * Says what was attempted when a statement fails, and of what the failure speaks when it is about data: class 22, data
 * that PostgreSQL does not take, and class 23, rows that contradict one another.
 */
export function asking(what: string, ask: Ask, badData?: (sqlState: string) => CountersealError): Ask {
  return (query, parameters) =>
    attempt(what, async () => {
      try {
        return await ask(query, parameters)
      } catch (error) {
        const sqlState = sqlStateOf(error)
        if (badData === undefined || sqlState === undefined || !/^2[23]/.test(sqlState)) throw error
        // Without the cause: PostgreSQL quotes the data in it.
        throw badData(sqlState)
      }
    })
}
