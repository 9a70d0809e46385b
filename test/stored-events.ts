/**
 * What a data directory holds, as one line of JSON: to compare two. Run by exactly-once.test.ts as a process of its own.
 */
import { createHash } from 'node:crypto'
import { openApp } from '../src/app.ts'
import { configFrom } from '../src/config.ts'
import { eventKindNames, rowsOf } from '../src/model/index.ts'

export type Stored = {
  readonly events: number
  /** Rows more than there are event_uids. */
  readonly doubled: number
  /** SHA-256 over the sorted set of event_uids. */
  readonly event_uids: string
  /** The same of evidence id, record number and reason of every line in quarantine. */
  readonly malformed: string
  readonly malformed_lines: number
  /** SHA-256 over everything in the certificate tables, equal rows once. */
  readonly certificates: string
}

/** What follows from evidence, as text; first_sequence is given out in the order of arrival, and is not compared. */
const derived = [
  'SELECT concat(lower(hex(certificate_id)), toString(max(from_der)), lower(hex(max(sha1))), max(subject), toString(arraySort(groupUniqArrayArray(pivots))), lower(hex(max(der)))) AS line FROM certificate GROUP BY certificate_id',
  'SELECT DISTINCT concat(name_reversed, lower(hex(certificate_id))) AS line FROM certificate_name',
  "SELECT DISTINCT concat(attribute, '=', value, ' ', lower(hex(certificate_id)), owner) AS line FROM certificate_pivot",
  "SELECT DISTINCT concat(kind, '=', value, ' ', lower(hex(certificate_id))) AS line FROM certificate_alias",
  "SELECT concat(lower(hex(certificate_id)), IPv6NumToString(ip), ' ', toString(port), sighting, toString(min(first_seen)), toString(max(last_seen))) AS line FROM certificate_host GROUP BY certificate_id, ip, port, sighting",
]

const { data } = JSON.parse(process.argv[2] ?? '') as { data: string } // written by the test
const app = openApp(configFrom({ data }))
const store = await app.events()
const uids: string[] = []
for (const kind of eventKindNames)
  for await (const row of store.query({ name: 'stored', text: `SELECT lower(hex(event_uid)) AS uid FROM ${kind}` }))
    uids.push(String(row.uid))
const text = "SELECT concat(toString(evidence_id), '/', toString(record_number), '/', reason) AS line FROM malformed"
const lines = (await rowsOf(store, { name: 'stored', text })).map(row => String(row.line))
const set = [...new Set(uids)].sort()
const digest = (texts: readonly string[]) => createHash('sha256').update(texts.join('\n')).digest('hex')
const facts: string[] = []
for (const part of derived)
  for (const row of await rowsOf(store, { name: 'stored', text: part })) facts.push(String(row.line))
const stored: Stored = {
  events: set.length,
  doubled: uids.length - set.length,
  event_uids: digest(set),
  malformed: digest(lines.sort()),
  malformed_lines: lines.length,
  certificates: digest(facts.sort()),
}
await app.close()
process.stdout.write(`${JSON.stringify(stored)}\n`)
