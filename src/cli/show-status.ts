import type { Status, StoreStatus } from '../upkeep/index.ts'
import type { Output } from './output.ts'
import { grouped, styled, table } from './output.ts'

/** 1234567 as 1.2 MB. */
export function sized(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  return `${power === 0 ? bytes : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** Stores, tables, kinds and disk; tables without rows are left out for people. */
export function showStatus(output: Output, status: Status, data: string): void {
  if (output.json) showForMachines(output, status, data)
  else showForPeople(output, status, data)
}

function perRow({ rows, bytes }: { readonly rows: number; readonly bytes: number }): number | null {
  return rows === 0 ? null : Math.round((10 * bytes) / rows) / 10
}

function showForMachines(output: Output, status: Status, data: string): void {
  for (const { tables, ...store } of status.stores) output.record({ type: 'store', ...store })
  for (const { store, tables } of status.stores)
    for (const one of tables) output.record({ type: 'table', store, ...one, bytes_per_row: perRow(one) })
  for (const kind of status.kinds) output.record({ type: 'kind', ...kind })
  output.record({ type: 'disk', path: data, free_bytes: status.free_bytes, spooled: status.spooled })
  if (status.unfinished !== undefined) output.record({ type: 'unfinished_restore', ...status.unfinished })
}

function showForPeople(output: Output, status: Status, data: string): void {
  if (status.unfinished !== undefined) {
    const { from, started_at } = status.unfinished
    output.line(styled(output, 'red', `Restoring ${from} was begun at ${started_at} and is not finished.`))
  }
  for (const store of status.stores) output.line(described(output, store))
  for (const shard of status.stores.flatMap(({ shards }) => (shards.length > 1 ? shards : [])))
    output.line(`  shard ${shard.location} ${shard.answers ? 'answers' : styled(output, 'red', 'does not answer')}`)
  const rows = status.stores.flatMap(({ store, tables }) =>
    tables
      .filter(one => one.rows > 0)
      .map(one => [
        `${store} ${one.table}`,
        grouped(one.rows),
        sized(one.bytes),
        one.parts === 0 ? '' : String(one.parts),
        String(perRow(one)),
      ]),
  )
  output.line('')
  for (const line of table(['table', 'rows', 'on disk', 'parts', 'bytes a row'], rows)) output.line(line)
  output.line('')
  const kinds = status.kinds.map(({ kind, events, oldest, newest }) => [kind, grouped(events), oldest, newest])
  for (const line of table(['kind', 'events', 'oldest', 'newest'], kinds)) output.line(line)
  output.line('')
  output.line(
    `${status.spooled} files from standard input are kept; ${sized(status.free_bytes)} are free under ${data}`,
  )
}

function described(output: Output, { store, engine, version, location, migrations }: StoreStatus): string {
  const schema = `schema ${migrations.at(-1) ?? 'empty'}`
  return `${styled(output, 'bold', store)}  ${engine} ${version} at ${location}, ${schema}`
}
