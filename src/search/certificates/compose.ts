import type { EventStore, Params, ParamValue } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { Bind, Condition, KnownColumn } from './condition.ts'
import { known } from './condition.ts'
import { conditionOf } from './fields/condition-of.ts'
import { describedColumns, rowColumns, testOfRow } from './known.ts'
import type { Search } from './query.ts'
import { realOf } from './real.ts'

/**
 * A search as SQL. Which key it reads by: terms about names, values, hashes and hosts are sets of certificate_id, each
 * from a table that is ordered for that question, and their intersection is looked up by the primary key of `certificate`.
 * Terms about columns are tested on the rows that are left; without a set that is a scan of the columns used.
 *
 * A cluster runs it as it stands: `IN` and `JOIN` between distributed tables go to every shard (store/clickhouse).
 */
export type Composed = {
  /** Takes a value into the parameters. */
  readonly bind: Bind
  /** All values taken in so far. */
  params(): Params
  /** ` WHERE …` for the rows of `certificate`. A row that is not from bytes may still be wrong: see `described`. */
  where(further: readonly string[]): string
  /** Whether rows without bytes need the test of {@link Composed.described}. */
  readonly tested: boolean
  /**
   * A SELECT of certificate_id of those certificates among `ids` that are known from sensors alone and belong to the
   * search. What one sensor leaves out another may say, so their rows are put together before they are tested.
   */
  described(ids: string, columns?: readonly KnownColumn[]): string
  /** A SELECT of the columns, as `known_…`, of every certificate of the search; one whose rows are unmerged may repeat. */
  relation(columns: readonly KnownColumn[]): string
}

/** Whether a search asks where certificates were met, and so has to know of provisional ids. */
export function asksMet(search: Search): boolean {
  const asks = (condition: Condition): boolean => {
    if (condition.on === 'all' || condition.on === 'any') return condition.of.some(asks)
    return condition.on === 'none' ? asks(condition.of) : condition.on === 'met'
  }
  return asks(conditionOf(search, () => ''))
}

/** @param provisional as {@link hasProvisional} says; false is right too for a search that does not {@link asksMet} */
export function compose(search: Search, provisional: boolean): Composed {
  const params: Record<string, ParamValue> = {}
  const bind: Bind = (type, value) => {
    const name = `p${Object.keys(params).length}`
    params[name] = value
    return `{${name}:${type}}`
  }
  const parts = conjuncts(conditionOf(search, bind))
  const sets = parts.filter(part => !asksKnown(part)).map(part => expression(part, provisional))
  const tests = parts.filter(asksKnown).map(part => expression(part, provisional))
  const test = tests.join(' AND ')
  const rows = [...sets, ...(tests.length === 0 ? [] : [`(NOT from_der OR (${testOfRow(test)}))`])]
  const described = (ids: string, columns: readonly KnownColumn[] = []) => {
    const list = ['certificate_id', ...describedColumns(test, columns)].join(', ')
    const among = where(['NOT from_der', ids, ...sets])
    const bytes =
      'SELECT certificate_id FROM certificate WHERE from_der AND certificate_id IN (SELECT certificate_id FROM certificate WHERE NOT from_der)'
    const shown = ['certificate_id', ...columns.map(known)].join(', ')
    const kept = where([...tests, `certificate_id NOT IN (${bytes})`])
    return `SELECT ${shown} FROM (SELECT ${list} FROM certificate${among} GROUP BY certificate_id)${kept}`
  }
  return {
    bind,
    params: () => params,
    where: further => where([...rows, ...further]),
    tested: tests.length > 0,
    described,
    relation: columns => {
      const list = ['certificate_id', ...rowColumns(columns)].join(', ')
      const fromBytes = where(['from_der', ...sets, ...tests.map(testOfRow)])
      return `SELECT ${list} FROM certificate${fromBytes} UNION ALL ${described(provisional ? notJoined : '1', columns)}`
    },
  }
}

const notJoined = `certificate_id NOT IN (SELECT provisional FROM (${realOf('SELECT certificate_id FROM certificate WHERE sha256 IS NULL')}))`

/** Whether the store has certificates whose SHA-256 nobody knows. Without any, searches need not ask what became of them. */
export async function hasProvisional(store: EventStore, signal?: AbortSignal): Promise<boolean> {
  const rows = await rowsOf(store, 'certificate-provisional', signal === undefined ? {} : { signal })
  return rows.length > 0
}

function where(tests: readonly string[]): string {
  return tests.length === 0 ? '' : ` WHERE ${tests.join(' AND ')}`
}

function conjuncts(condition: Condition): readonly Condition[] {
  return condition.on === 'all' ? condition.of.flatMap(conjuncts) : [condition]
}

function asksKnown(condition: Condition): boolean {
  switch (condition.on) {
    case 'known':
      return true
    case 'ids':
    case 'met':
      return false
    case 'none':
      return asksKnown(condition.of)
    default:
      return condition.of.some(asksKnown)
  }
}

/** True or false, never NULL: so NOT is the complement. */
function expression(condition: Condition, provisional: boolean): string {
  switch (condition.on) {
    case 'known':
      return `ifNull(${condition.test}, 0)`
    case 'ids':
      return `certificate_id IN (${condition.select})`
    case 'met':
      return provisional
        ? `certificate_id IN (${condition.select} UNION ALL SELECT real FROM (${realOf(condition.select)}))`
        : `certificate_id IN (${condition.select})`
    case 'none':
      return `NOT ${expression(condition.of, provisional)}`
    case 'all':
    case 'any': {
      const parts = condition.of.map(one => expression(one, provisional))
      if (parts.length === 0) return condition.on === 'all' ? '1' : '0'
      return `(${parts.join(condition.on === 'all' ? ' AND ' : ' OR ')})`
    }
  }
}
