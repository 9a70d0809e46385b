import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { assert } from '../../base/index.ts'
import type { EventKind, EventStore, ForgetOptions, Moment, Params, Row, TableSize } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { CollapsingTable } from './collapsing-tables.ts'
import { collapsingTables } from './collapsing-tables.ts'

/**
 * The SQL of upkeep, the same for every ClickHouse: embedded, one server, a cluster. Table and column names come from
 * `system.columns` and the dictionary, never from outside.
 */

export type Statement = { readonly text: string; readonly params: Params }

/** A column as its table has it. */
export type TableColumn = { readonly name: string; readonly type: string }

/** Columns of a table in their order, without computed ones. Empty when there is no such table. */
export async function tableColumns(store: Pick<EventStore, 'query'>, table: string): Promise<readonly TableColumn[]> {
  const text = `SELECT name, type FROM system.columns
WHERE database = currentDatabase() AND table = {table:String} AND default_kind NOT IN ('ALIAS', 'MATERIALIZED') ORDER BY position`
  const rows = await all(store.query({ name: 'upkeep/columns', text }, { params: { table } }))
  return rows.map(row => ({ name: String(row.name), type: String(row.type) }))
}

export async function tableSizes(store: Pick<EventStore, 'query'>): Promise<readonly TableSize[]> {
  const rows = await all(store.query('table-sizes'))
  return rows.map(row => ({
    table: String(row.table),
    rows: Number(row.rows),
    bytes: Number(row.bytes),
    parts: Number(row.parts),
  }))
}

/**
 * Now, as the ledger sees it. The sequence is asked first: a chunk that is written down between the two questions is
 * beyond it, and one that becomes done between them is whole.
 */
export async function currentMoment(store: EventStore): Promise<Moment> {
  const [row] = await rowsOf(store, 'next-sequence')
  const sequence = Number(row?.next ?? 0)
  const rows = await rowsOf(store, 'chunks-under-way', { params: { sequence } })
  return {
    sequence,
    underWay: rows.map(row => [String(row.evidence_id), Number(row.first), Number(row.last)] as const),
  }
}

/**
 * The condition that cuts a table to a moment; `1` for a table that is not cut. The ledger is cut like the events: where
 * the copy is used, nothing is known of the chunks that were under way, and they are read again.
 */
export function cutTo(columns: readonly TableColumn[], moment: Moment | undefined): Statement {
  const has = (name: string) => columns.some(column => column.name === name)
  const sequence = has('ingest_sequence') ? 'ingest_sequence' : has('prefix_sha256') ? 'sequence' : undefined
  if (moment === undefined || sequence === undefined || !has('evidence_id')) return { text: '1', params: {} }
  const before = `${sequence} < {moment_sequence:UInt64}`
  const params = { moment_sequence: moment.sequence }
  if (moment.underWay.length === 0) return { text: before, params }
  return {
    text: `${before} AND NOT arrayExists((id, first, last) -> id = evidence_id AND ${sequence} BETWEEN first AND last, {moment_ids:Array(String)}, {moment_firsts:Array(UInt64)}, {moment_lasts:Array(UInt64)})`,
    params: {
      ...params,
      moment_ids: moment.underWay.map(([id]) => id),
      moment_firsts: moment.underWay.map(([, first]) => first),
      moment_lasts: moment.underWay.map(([, , last]) => last),
    },
  }
}

/**
 * Rows and digest of a table: the sum of a hash over all columns of each row, so their order does not matter. The
 * columns stand in a tuple because a hash over a lone NULL is NULL, and would leave the row out. Guards against loss and
 * mishap; against an attacker it is the SHA-256 of the files that guards.
 */
export function digestStatement(table: string, columns: readonly TableColumn[], moment: Moment | undefined): Statement {
  const collapsing = collapsingTables[table]
  if (collapsing !== undefined) return collapsedDigest(table, collapsing)
  const cut = cutTo(columns, moment)
  const hash = `cityHash64(tuple(${columns.map(({ name }) => name).join(', ')}))`
  const text = `SELECT count() AS rows, leftPad(lower(hex(sum(${hash}))), 16, '0') AS digest FROM ${table} WHERE ${cut.text}`
  return { text, params: cut.params }
}

/** The same whether equal rows were merged or not; `rows` are distinct keys. Of such tables nothing is cut. */
function collapsedDigest(table: string, { keys, facts }: CollapsingTable): Statement {
  const hash = `cityHash64(tuple(${[...keys, ...facts].join(', ')}))`
  const text = `SELECT count() AS rows, leftPad(lower(hex(sum(hash))), 16, '0') AS digest FROM (SELECT ${hash} AS hash FROM ${table} GROUP BY ${keys.join(', ')})`
  return { text, params: {} }
}

/** The events that retention is about, cited or not. */
export function agedCondition({ before, readBefore }: Pick<ForgetOptions, 'before' | 'readBefore'>): Statement {
  return {
    text: 'event_time < {before:DateTime64(6)} AND ingest_sequence < {read_before:UInt64}',
    params: { before, read_before: readBefore },
  }
}

/**
 * `event_uid` is one of these. A list in the text rather than in a parameter or a file: a mutation is kept by the
 * engine, and goes on after a `kill -9` when the file would be gone. 200,000 uids are 6.6 MB of text and take 0.5 s.
 */
export function isOneOf(uids: readonly string[]): string {
  if (uids.length === 0) return '0'
  for (const uid of uids) assert(/^[0-9a-f]{32}$/.test(uid), `${JSON.stringify(uid)} is no event_uid`)
  return `event_uid IN (SELECT toFixedString(unhex(arrayJoin(splitByChar(',', '${uids.join(',')}'))), 16))`
}

/** Uids a staged list holds at most: 33 MB of a chunk's 64. */
const listed = 1_000_000

/** Aged events that are cited all the same: their uids, and how many rows that are. */
export type Endangered = { readonly uids: readonly string[]; readonly rows: number }

/** Those of the kept uids that belong to aged events of a kind: few, of all that is cited. */
export async function endangered(store: EventStore, kind: EventKind, options: ForgetOptions): Promise<Endangered> {
  const aged = agedCondition(options)
  const text = `SELECT lower(hex(event_uid)) AS uid, count() AS rows FROM ${kind} WHERE ${aged.text} AND event_uid IN (SELECT toFixedString(unhex(line), 16) FROM {{chunk}}) GROUP BY event_uid`
  const uids: string[] = []
  let rows = 0
  const directory = await mkdtemp(join(tmpdir(), 'counterseal-kept-'))
  try {
    for (let from = 0; from < options.kept.length; from += listed) {
      const path = join(directory, String(from))
      await writeFile(path, `${options.kept.slice(from, from + listed).join('\n')}\n`)
      const chunk = await store.stageChunk(path)
      try {
        const signal = options.signal === undefined ? {} : { signal: options.signal }
        for await (const row of store.query(
          { name: `forget/${kind}`, text },
          { params: aged.params, chunk, ...signal },
        )) {
          uids.push(String(row.uid))
          rows += Number(row.rows)
        }
      } finally {
        await chunk.release()
      }
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
  return { uids, rows }
}

/** How many aged events of a kind there are, cited or not. */
export async function countAged(store: EventStore, kind: EventKind, options: ForgetOptions): Promise<number> {
  const aged = agedCondition(options)
  const text = `SELECT count() AS events FROM ${kind} WHERE ${aged.text}`
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const [row] = await rowsOf(store, { name: `forget/${kind}`, text }, { params: aged.params, ...signal })
  return Number(row?.events)
}

async function all(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const list: Row[] = []
  for await (const row of rows) list.push(row)
  return list
}
