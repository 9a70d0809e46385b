import { createHash } from 'node:crypto'
import type { LogEntry } from '../../ct/index.ts'
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
}

/**
 * A line for each entry, as sources/ct-entry has it, and what goes into the certificate tables, issuers included. A certificate that cannot be read has
 * a line with its hash: the log has it, and somebody may accept it. Some 60 µs for each entry.
 */
export function readEntries({ ct_log, ct_log_id, verified, entries, issuers }: EntryBatch): BundleReading {
  const certificateLines = new Lines()
  const indexLines = new Lines()
  const sightings = new Lines()
  const log = `"ct_log":${JSON.stringify(ct_log)},"ct_log_id":"${ct_log_id}","verified":${verified}`
  for (const [nth, { index, timestamp, kind, der, chain }] of entries.entries()) {
    const above = chain.map(one => `"${one}"`).join(',')
    const head = `${log},"ct_entry_index":${index},"logged_at":"${timeText(timestamp)}","chain":[${above}]`
    const { line, problem, certificate } = certificateRecord(der, head)
    if (certificate !== undefined) {
      indexLines.add(certificate.index)
      certificateLines.add(certificate.whole, nth)
    }
    sightings.add(
      problem === undefined ? line : `{${head},${hashesOf(der)},"is_precertificate":${kind === 'precertificate'}}`,
    )
  }
  for (const der of issuers) {
    const { certificate } = certificateRecord(der, '')
    if (certificate === undefined) continue
    indexLines.add(certificate.index)
    certificateLines.add(certificate.whole, 0)
  }
  const lines = Buffer.concat(sightings.take().map(({ bytes }) => bytes))
  const taken = { certificateLines: certificateLines.take(), indexLines: indexLines.take() }
  return { records: entries.length, lines, ...taken, unreadable: [], problems: [] }
}

/** A log's clock may say anything. What no calendar has, the engine says in quarantine. */
function timeText(timestamp: number): string {
  const time = new Date(timestamp)
  return Number.isNaN(time.getTime()) ? String(timestamp) : time.toISOString()
}

function hashesOf(der: Uint8Array): string {
  return ['sha256', 'sha1', 'md5'].map(name => `"${name}":"${createHash(name).update(der).digest('hex')}"`).join(',')
}
