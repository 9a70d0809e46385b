import { createHash } from 'node:crypto'
import type { LogEntry } from '../../ct/index.ts'
import { isSignedPrecertificate } from '../../ct/index.ts'
import type { Nearness, Watch } from '../../hostname/index.ts'
import { normalHostName, watchFor } from '../../hostname/index.ts'
import { factsOf } from '../../pivots/index.ts'
import type { Certificate } from '../../x509/index.ts'
import { fingerprintsOf } from '../../x509/index.ts'
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
  readonly entries: readonly EntryToRead[]
  readonly issuers: readonly Uint8Array[]
  /** Only entries whose names are near one of these domains are stored; all are without it. */
  readonly watch?: readonly string[]
}

export type EntryToRead = Pick<LogEntry, 'index' | 'timestamp' | 'kind' | 'der' | 'tbs' | 'chain'> & {
  /** The certificate above it has not the key that the log signed. */
  readonly hasOtherIssuer?: boolean
}

/** An entry that was stored because of a name in it. */
export type WatchedEntry = { readonly index: number; readonly name: string } & Nearness

export type EntryReading = BundleReading & {
  readonly watched: readonly WatchedEntry[]
  /** Indexes of precertificates that are not, or not shown to be, what the log signed. They count as not verified. */
  readonly unlinked: readonly number[]
}

/**
 * A line for each entry, as sources/ct-entry has it, and what goes into the certificate tables, issuers included. A certificate that cannot be read has
 * a line with its hash: the log has it, and somebody may accept it. Some 60 µs for each entry.
 */
export function readEntries({ ct_log, ct_log_id, verified, entries, issuers, watch }: EntryBatch): EntryReading {
  const certificateLines = new Lines()
  const indexLines = new Lines()
  const sightings = new Lines()
  const log = `"ct_log":${JSON.stringify(ct_log)},"ct_log_id":"${ct_log_id}"`
  const watched: WatchedEntry[] = []
  const unlinked: number[] = []
  const nearest = watch === undefined ? undefined : watchOf(watch)
  let records = 0
  for (const entry of entries) {
    const { index, timestamp, kind, der, chain } = entry
    const above = chain.map(one => `"${one}"`).join(',')
    const place = `${log},"ct_entry_index":${index},"logged_at":"${timeText(timestamp)}","chain":[${above}]`
    const { line, problem, certificate, read } = certificateRecord(der, place)
    const near = nearest === undefined ? undefined : nearestName(read, nearest)
    if (nearest !== undefined && near === undefined) continue
    if (near !== undefined) watched.push({ index, ...near })
    const isLinked = isAsSigned(entry, read)
    if (!isLinked) unlinked.push(index)
    if (certificate !== undefined) {
      indexLines.add(certificate.index)
      certificateLines.add(certificate.whole, records)
    }
    const whole =
      problem === undefined ? line : `{${place},${hashesOf(der)},"is_precertificate":${kind === 'precertificate'}}`
    const told = near === undefined ? '' : `,"watched":${JSON.stringify(watchedText(near))}`
    sightings.add(`${whole.slice(0, -1)},"verified":${verified && isLinked}${told}}`)
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
  return { records, lines, ...taken, unreadable: [], problems: [], watched, unlinked }
}

/** The tree covers a certificate whole, and of a precertificate what is in it. */
function isAsSigned({ kind, tbs, hasOtherIssuer = false }: EntryToRead, read: Certificate | undefined): boolean {
  if (kind === 'certificate') return true
  return !hasOtherIssuer && read !== undefined && isSignedPrecertificate({ kind, ...(tbs && { tbs }) }, read)
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
function nearestName(certificate: Certificate | undefined, watch: Watch): Near | undefined {
  if (certificate === undefined) return undefined
  let nearest: Near | undefined
  for (const { value } of factsOf(certificate, fingerprintsOf(certificate)).names) {
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
