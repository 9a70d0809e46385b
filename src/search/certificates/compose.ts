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
  /**
   * ` PREWHERE … WHERE …` for the rows of `certificate` of the search. Of a certificate whose bytes were seen rows of sensors may be
   * among them: they do not count, and say by their place that they do not.
   */
  where(further: readonly string[]): string
  /** A SELECT of the columns, as `known_…`, of every certificate of the search; one whose rows are unmerged may repeat. */
  relation(columns: readonly KnownColumn[]): string
}

/** What there is in a store beside certificates whose bytes were seen. What there is not, a search need not ask for. */
export type RowKinds = {
  /** Certificates, or some of them, were described by sensors. */
  readonly described: boolean
  /** Some of those without their SHA-256. */
  readonly provisional: boolean
}

export async function rowKindsOf(store: EventStore, signal?: AbortSignal): Promise<RowKinds> {
  const [row] = await rowsOf(store, 'certificate-row-kinds', signal === undefined ? {} : { signal })
  return { described: Number(row?.described) > 0, provisional: Number(row?.provisional) > 0 }
}

/** Whether a search is composed in another way where there are rows of sensors. */
export function dependsOnRowKinds(search: Search): boolean {
  const depends = (condition: Condition): boolean => {
    if (condition.on === 'all' || condition.on === 'any') return condition.of.some(depends)
    return condition.on === 'none' ? depends(condition.of) : condition.on !== 'ids'
  }
  return depends(conditionOf(search, () => ''))
}

export function compose(search: Search, kinds: RowKinds): Composed {
  const params: Record<string, ParamValue> = {}
  const bind: Bind = (type, value) => {
    const name = `p${Object.keys(params).length}`
    params[name] = value
    return `{${name}:${type}}`
  }
  const parts = conjuncts(conditionOf(search, bind))
  const sets = parts.filter(part => !asksKnown(part)).map(part => expression(part, kinds))
  const tests = parts.filter(asksKnown).map(part => expression(part, kinds))
  const test = tests.join(' AND ')
  /** What one sensor leaves out another may say, so rows of sensors are put together before they are tested. */
  const described = (columns: readonly KnownColumn[]) => {
    const list = ['certificate_id', ...describedColumns(test, columns)].join(', ')
    const rows = `SELECT ${list} FROM certificate${where(['NOT from_der', ...sets])} GROUP BY certificate_id`
    const shown = ['certificate_id', ...columns.map(known)].join(', ')
    return `SELECT ${shown} FROM (${rows})${where([...tests, `certificate_id NOT IN (${withBoth})`])}`
  }
  const fromBytes = ['from_der', ...tests.map(testOfRow)].join(' AND ')
  const tested =
    tests.length === 0
      ? []
      : [kinds.described ? `((${fromBytes}) OR (NOT from_der AND certificate_id IN (${described([])})))` : fromBytes]
  return {
    bind,
    params: () => params,
    // certificate_id first: a part of the table is not read further where no id is in it.
    where: further => `${where(sets, 'PREWHERE')}${where([...tested, ...further])}`,
    relation: columns => {
      const list = ['certificate_id', ...rowColumns(columns)].join(', ')
      const bytes = `SELECT ${list} FROM certificate${where([...sets, fromBytes])}`
      if (!kinds.described) return bytes
      const joined = kinds.provisional
        ? ` WHERE certificate_id NOT IN (SELECT provisional FROM (${realOf(provisionalIds)}))`
        : ''
      return `${bytes} UNION ALL SELECT ${['certificate_id', ...columns.map(known)].join(', ')} FROM (${described(columns)})${joined}`
    },
  }
}

/** Certificates that sensors described and whose bytes were seen too. */
const withBoth =
  'SELECT certificate_id FROM certificate WHERE from_der AND certificate_id IN (SELECT certificate_id FROM certificate WHERE NOT from_der)'
const provisionalIds = 'SELECT certificate_id FROM certificate WHERE sha256 IS NULL'

function where(tests: readonly string[], clause = 'WHERE'): string {
  return tests.length === 0 ? '' : ` ${clause} ${tests.join(' AND ')}`
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
function expression(condition: Condition, kinds: RowKinds): string {
  switch (condition.on) {
    case 'known':
      return `ifNull(${condition.test}, 0)`
    case 'ids':
      return `certificate_id IN (${condition.select})`
    case 'met':
      return kinds.provisional
        ? `certificate_id IN (${condition.select} UNION ALL SELECT real FROM (${realOf(condition.select)}))`
        : `certificate_id IN (${condition.select})`
    case 'none':
      return `NOT ${expression(condition.of, kinds)}`
    case 'all':
    case 'any': {
      const parts = condition.of.map(one => expression(one, kinds))
      if (parts.length === 0) return condition.on === 'all' ? '1' : '0'
      return `(${parts.join(condition.on === 'all' ? ' AND ' : ' OR ')})`
    }
  }
}
