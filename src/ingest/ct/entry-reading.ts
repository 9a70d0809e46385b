import { createHash } from 'node:crypto'
import type { LogEntry } from '../../ct/index.ts'
import type { Nearness, Watch } from '../../hostname/index.ts'
import { normalHostName, watchFor } from '../../hostname/index.ts'
import { factsOf } from '../../pivots/index.ts'
import { fingerprintsOf, readCertificate } from '../../x509/index.ts'
import type { BundleReading } from '../bundle-reading.ts'
import { Lines } from '../certificate-lines.ts'
import { certificateRecord } from '../certificates.ts'

/** Entries of one log on their way into the store, and certificates above them that were not stored before. */
export type EntryBatch = {
  /** URL of the log. */
  readonly ct_log: string
  /** Lower-case hex. */
  readonly ct_log_id: string
  /** Whether they were shown to be in the tree that the log signed. */
  readonly verified: boolean
  readonly entries: readonly Pick<LogEntry, 'index' | 'timestamp' | 'kind' | 'der' | 'chain'>[]
  readonly issuers: readonly Uint8Array[]
  /** Only entries whose names are near one of these domains are stored; all are without it. */
  readonly watch?: readonly string[]
}

/** An entry that was stored because of a name in it. */
export type WatchedEntry = { readonly index: number; readonly name: string } & Nearness

export type EntryReading = BundleReading & { readonly watched: readonly WatchedEntry[] }

/**
 * A line for each entry, as sources/ct-entry has it, and what goes into the certificate tables, issuers included. A certificate that cannot be read has
 * a line with its hash: the log has it, and somebody may accept it. Some 60 µs for each entry.
 */
export function readEntries({ ct_log, ct_log_id, verified, entries, issuers, watch }: EntryBatch): EntryReading {
  const certificateLines = new Lines()
  const indexLines = new Lines()
  const sightings = new Lines()
  const log = `"ct_log":${JSON.stringify(ct_log)},"ct_log_id":"${ct_log_id}","verified":${verified}`
  const watched: WatchedEntry[] = []
  const nearest = watch === undefined ? undefined : watchOf(watch)
  let records = 0
  for (const { index, timestamp, kind, der, chain } of entries) {
    const above = chain.map(one => `"${one}"`).join(',')
    const place = `${log},"ct_entry_index":${index},"logged_at":"${timeText(timestamp)}","chain":[${above}]`
    let head = place
    if (nearest !== undefined) {
      const near = nearestName(der, nearest)
      if (near === undefined) continue
      watched.push({ index, ...near })
      head = `${place},"watched":${JSON.stringify(watchedText(near))}`
    }
    const { line, problem, certificate } = certificateRecord(der, head)
    if (certificate !== undefined) {
      indexLines.add(certificate.index)
      certificateLines.add(certificate.whole, records)
    }
    sightings.add(
      problem === undefined ? line : `{${head},${hashesOf(der)},"is_precertificate":${kind === 'precertificate'}}`,
    )
    records += 1
  }
  for (const der of issuers) {
    const { certificate } = certificateRecord(der, '')
    if (certificate === undefined) continue
    indexLines.add(certificate.index)
    certificateLines.add(certificate.whole, 0)
  }
  const lines = Buffer.concat(sightings.take().map(({ bytes }) => bytes))
  const taken = { certificateLines: certificateLines.take(), indexLines: indexLines.take() }
  return { records, lines, ...taken, unreadable: [], problems: [], watched }
}

/** A log's clock may say anything. What no calendar has, the engine says in quarantine. */
function timeText(timestamp: number): string {
  const time = new Date(timestamp)
  return Number.isNaN(time.getTime()) ? String(timestamp) : time.toISOString()
}

function hashesOf(der: Uint8Array): string {
  return ['sha256', 'sha1', 'md5'].map(name => `"${name}":"${createHash(name).update(der).digest('hex')}"`).join(',')
}

type Near = Omit<WatchedEntry, 'index'>

/** The nearest of the names of a certificate. One that cannot be read has none that we know of. */
function nearestName(der: Uint8Array, watch: Watch): Near | undefined {
  const reading = readCertificate(der)
  if (!('certificate' in reading)) return undefined
  let nearest: Near | undefined
  for (const { value } of factsOf(reading.certificate, fingerprintsOf(reading.certificate)).names) {
    const name = normalHostName(value)
    const near = watch.nearest(name)
    if (near !== undefined && (nearest === undefined || order.indexOf(near.how) < order.indexOf(nearest.how)))
      nearest = { name, ...near }
  }
  return nearest
}

/** The most telling first. */
const order: readonly Nearness['how'][] = ['exact', 'subdomain', 'confusable', 'other_suffix', 'similar']

/** `confusable of example.com: xn--…` */
function watchedText({ name, how, domain, distance }: Near): string {
  return `${how}${distance === undefined ? '' : ` ${distance}`} of ${domain}: ${name}`
}

/** Batches of one reading watch the same domains. */
let lastWatch: { readonly key: string; readonly watch: Watch } | undefined

function watchOf(domains: readonly string[]): Watch {
  const key = domains.join(' ')
  if (lastWatch?.key !== key) {
    const watch = watchFor(domains)
    if (watch === undefined) throw new RangeError(`${key} has a domain that nobody can register under`)
    lastWatch = { key, watch }
  }
  return lastWatch.watch
}
