import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import type { Part } from './certificate-lines.ts'
import { Lines } from './certificate-lines.ts'
import { eachCertificate } from './certificates.ts'
import type { UnreadableRecord } from './piece.ts'

/** What our reader makes of a bundle of certificates. All of it can be handed to another thread. */
export type BundleReading = {
  /** Certificates in the bundle, also those that could not be read. */
  readonly records: number
  /** A line for each, as sources/certificate-file has it; an empty one keeps the place of what could not be read. */
  readonly lines: Uint8Array
  /** For the certificate tables: whole lines, and what the indexes are made of. */
  readonly certificateLines: readonly Part[]
  readonly indexLines: readonly Part[]
  readonly unreadable: readonly UnreadableRecord[]
  readonly problems: readonly { readonly byte_offset: number; readonly problem: Problem }[]
}

/** Reads a PEM bundle or a DER file whole: some 50 µs for each certificate. */
export function readBundle(content: Uint8Array, readAt: Date): BundleReading {
  const certificateLines = new Lines()
  const indexLines = new Lines()
  const sightings = new Lines()
  const unreadable: UnreadableRecord[] = []
  const problems: { readonly byte_offset: number; readonly problem: Problem }[] = []
  let records = 0
  for (const { byte_offset, bytes, line, problem, certificate } of eachCertificate(content, readAt)) {
    if (certificate !== undefined) {
      indexLines.add(certificate.index)
      certificateLines.add(certificate.whole, records)
    }
    // A blank line keeps the place of a certificate that could not be read, so the numbers of the others hold.
    sightings.add(problem === undefined ? line : '')
    if (problem !== undefined) {
      problems.push({ byte_offset, problem })
      const place = { record_number: records, byte_offset, bytes }
      unreadable.push({ ...place, source: 'certificate-file', reason: problem.code, excerpt: excerpt(line, 4096) })
    }
    records += 1
  }
  const lines = Buffer.concat(sightings.take().map(({ bytes }) => bytes))
  const taken = { certificateLines: certificateLines.take(), indexLines: indexLines.take() }
  return { records, lines, ...taken, unreadable, problems }
}
