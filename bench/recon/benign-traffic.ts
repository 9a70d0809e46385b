import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import type { Problem } from '../../src/base/index.ts'
import { evidenceUnder, ingest } from '../../src/ingest/index.ts'
import { writeDown } from '../../src/ingest/ledger.ts'
import type { EventKind, EventStore } from '../../src/model/index.ts'
import { columnsOf, rowsOf } from '../../src/model/index.ts'

/**
 * Real traffic of the corpus in which, as its labels say, nobody looked certificates up. Zeek's own baselines have no times, so nothing
 * can be said of rates in them: their M57 is read from the copy that has times. The traffic of WRCCDC is of a
 * competition, with scans in it, and is what no office looks like: it is told apart. Of the two mixed recordings of Slips the larger is
 * read: the other has a few dozen records, six years apart.
 */
export const benignSets = [
  {
    name: 'M57',
    path: 'network/zeek/tenzir-vast-zeek-suricata.tar.gz',
    wants: /integration\/data\/zeek\/(conn|dns|http)\.log|artifacts\/logs\/zeek\/ssl\.log$/,
  },
  { name: 'RITA, requests', path: 'network/zeek/rita-valid_tsv-http.log.gz', wants: /./ },
  { name: 'RITA, through a proxy', path: 'network/zeek/rita-proxy.tar.gz', wants: /./ },
  { name: 'Slips, mixed', path: 'network/zeek/slips-zeek-dirs.tar.gz', wants: /test9-mixed/ },
  { name: 'WRCCDC', path: 'network/zeek/zed-sample-data/zeek-default', wants: /\/(dns|ssl|x509|notice)\.log/ },
] as const

export type BenignSet = (typeof benignSets)[number]

export const networkKinds = [
  'tls_session',
  'dns_query',
  'http_request',
  'network_flow',
  'database_session',
  'network_alert',
  'certificate_sighting',
] as const satisfies readonly EventKind[]

/** Returns how many records were stored. */
export async function readSet(app: App, corpus: string, { path, wants }: BenignSet): Promise<number> {
  const context = await app.ingestContext({})
  const problems: Problem[] = []
  const isArchive = path.endsWith('.tar.gz')
  const options = {
    spool: context.spool,
    wants: (label: string) => (isArchive && !label.includes('!')) || wants.test(label),
  }
  let stored = 0
  for await (const reading of ingest(context, evidenceUnder([join(corpus, path)], problems, options), problems))
    stored += reading.stored
  return stored
}

export type Extent = {
  readonly sessions: number
  readonly first: Date
  readonly last: Date
  /** Inside addresses that opened connections, the busiest first. */
  readonly hosts: readonly string[]
}

/** A session is a connection that the sensor told of; where it told of none, a handshake, a question or a request. */
export async function extentOf(store: EventStore): Promise<Extent> {
  const one = async (text: string) => await rowsOf(store, { name: 'bench/extent', text })
  const flows = await one('SELECT uniqExact(record_key) AS n FROM network_flow')
  const others = await one(
    'SELECT sum(n) AS n FROM (SELECT uniqExact(record_key) AS n FROM tls_session UNION ALL SELECT uniqExact(record_key) FROM dns_query UNION ALL SELECT uniqExact(record_key) FROM http_request)',
  )
  const times = await one(
    'SELECT toUnixTimestamp64Milli(min(event_time)) AS first, toUnixTimestamp64Milli(max(event_time)) AS last FROM (SELECT event_time FROM tls_session UNION ALL SELECT event_time FROM dns_query UNION ALL SELECT event_time FROM http_request UNION ALL SELECT event_time FROM network_flow)',
  )
  const hosts = await one(
    "SELECT source_address AS host FROM (SELECT source_address FROM network_flow WHERE network_direction = 'outbound' UNION ALL SELECT source_address FROM dns_query WHERE network_direction IN ('internal', 'outbound') UNION ALL SELECT source_address FROM tls_session WHERE network_direction = 'outbound') GROUP BY host HAVING isIPv4String(host) ORDER BY count() DESC, host LIMIT 20",
  )
  const [flow = { n: 0 }] = flows
  return {
    sessions: Number(flow.n) > 0 ? Number(flow.n) : Number(others[0]?.n ?? 0),
    first: new Date(Number(times[0]?.first)),
    last: new Date(Number(times[0]?.last)),
    hosts: hosts.map(({ host }) => String(host)),
  }
}

/** To this day and hour are moved times that count from zero, as in traffic that was made without them: 9 hours UTC on a Monday. */
const moved = Date.UTC(2026, 2, 2, 9) / 1000

/** What was read says when it was, or is moved to where it can have been. */
export async function retime(store: EventStore): Promise<void> {
  for (const kind of networkKinds) {
    const columns = [...columnsOf(kind).keys()]
    const told = columns.map(name => (name === 'event_time' ? 'event_time + toIntervalSecond({moved:UInt32})' : name))
    const text = `INSERT INTO ${kind} (${columns.join(', ')}) SELECT ${told.join(', ')} FROM ${kind} WHERE event_time < '1980-01-01'`
    await store.insert({ name: `bench/retime/${kind}`, text }, { params: { moved }, token: `retime/${kind}` })
    const old = `ALTER TABLE ${kind} DELETE WHERE event_time < '1980-01-01' SETTINGS mutations_sync = 2`
    await store.rows({ name: `bench/forget/${kind}`, text: old })
  }
}

/** The same traffic on each of the days before, as events of their own. */
export async function repeatBefore(store: EventStore, days: number): Promise<void> {
  for (const kind of networkKinds) {
    const columns = [...columnsOf(kind).keys()]
    const told = columns.map(name => {
      if (name === 'event_time') return 'event_time - toIntervalDay(day) AS event_time'
      if (name === 'event_uid' || name === 'record_key')
        return `toFixedString(substring(SHA256(concat(toString(${name}), toString(day))), 1, 16), 16) AS ${name}`
      if (name === 'ingest_sequence') return '{first:UInt64} + ingest_sequence + day * 100000000 AS ingest_sequence'
      return name
    })
    await store.insert(
      {
        name: `bench/repeat/${kind}`,
        text: `INSERT INTO ${kind} (${columns.join(', ')}) SELECT ${told.map(one => one.replace(/ AS \w+$/, '')).join(', ')} FROM ${kind} ARRAY JOIN range(1, {days:UInt32} + 1) AS day`,
      },
      { params: { days, first: 1_000_000_000 }, token: `repeat/${kind}` },
    )
  }
  await sayWritten(store)
}

/** Says in the ledger that numbers of events up to ours are taken. What it does not know of, baselines do not read. */
export async function sayWritten(store: EventStore): Promise<void> {
  const span = { byte_offset: 0, byte_end: 0, prefix_sha256: '', first_record: 0, records: 0 }
  await writeDown(store, [{ evidence_id: 'bench', span, sequence: 10_000_000_000, token: 'bench' }], 'done')
}
