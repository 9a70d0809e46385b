import type { EventKind, EventStore, Row } from '../model/index.ts'
import { columnsOf } from '../model/index.ts'

export type EventFilter = {
  /** Newest events first; at most this many. */
  readonly limit: number
  readonly signal?: AbortSignal
}

/**
 * Events of a kind as plain records, newest first: hashes in lower-case hexadecimal, times ISO 8601, absent values left
 * out. Reads the whole kind by event_time (a minmax index) and keeps `limit` rows.
 */
export async function* events(store: EventStore, kind: EventKind, filter: EventFilter): AsyncGenerator<Row> {
  const columns = [...columnsOf(kind)].map(([name, { type }]) => `${presentation(name, type)} AS ${alias(name)}`)
  const text = `SELECT ${columns.join(', ')} FROM ${kind} ORDER BY ${kind}.event_time DESC, ${kind}.ingest_sequence LIMIT {limit:UInt64}`
  const options = filter.signal === undefined ? {} : { signal: filter.signal }
  const params = { limit: filter.limit }
  for await (const row of store.query({ name: `events/${kind}`, text }, { params, ...options }))
    yield withoutAbsent(row)
}

/** A column under an alias of its own name would replace the column in ORDER BY, so aliases are marked and unmarked. */
function alias(name: string): string {
  return `shown_${name}`
}

function presentation(name: string, type: string): string {
  if (type.includes('FixedString')) return `lower(hex(${name}))`
  if (type.includes('DateTime64'))
    return `if(isNull(${name}), NULL, concat(replaceOne(toString(${name}), ' ', 'T'), 'Z'))`
  if (name === 'certificate_der') return 'base64Encode(certificate_der)'
  if (type.includes('IPv6')) return `replaceRegexpOne(toString(${name}), '^::ffff:', '')`
  return name
}

function withoutAbsent(row: Row): Row {
  const entries = Object.entries(row).map(([name, value]): [string, unknown] => [name.replace(/^shown_/, ''), value])
  return Object.fromEntries(entries.filter(([, value]) => !isAbsent(value)))
}

function isAbsent(value: unknown): boolean {
  if (value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}
