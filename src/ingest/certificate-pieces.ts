import { setImmediate } from 'node:timers/promises'
import { CountersealError, excerpt } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import { indexLine } from './certificate-line.ts'
import type { Part } from './certificate-lines.ts'
import { Lines } from './certificate-lines.ts'
import { eachCertificate, longestBundle } from './certificates.ts'
import type { LedgerChunk } from './ledger.ts'
import type { Piece, UnreadableRecord } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'

/**
 * A piece of certificates, with the lines for the certificate tables, each with its record in the piece for a number, and
 * their beginnings for the indexes.
 */
export type CertificatePiece = Piece & {
  readonly certificateLines: readonly Part[]
  readonly indexLines: readonly Part[]
}

/** Certificates read before others are let on: some 10 ms. */
const inOneGo = 256

/**
 * Certificates: the whole of a file is one piece, of the lines our reader makes of it; none when the store has it. Lets
 * others on every now and then: an insertion is many statements, and each next one is sent from this thread.
 */
export async function certificatePieces(
  account: Account,
  content: Uint8Array,
  candidates: readonly Source[],
  ledger: readonly LedgerChunk[],
): Promise<readonly CertificatePiece[]> {
  const certificateLines = new Lines()
  const indexLines = new Lines()
  const sightings = new Lines()
  const unreadable: UnreadableRecord[] = []
  let records = 0
  for (const { byte_offset, bytes, line, problem, certificate } of eachCertificate(content, new Date())) {
    if (certificate !== undefined) {
      indexLines.add(indexLine(certificate))
      certificateLines.add(certificate, records)
    }
    // A blank line keeps the place of a certificate that could not be read, so the numbers of the others hold.
    sightings.add(problem === undefined ? line : '')
    if (problem !== undefined) {
      account.problems.push(problemAt(account, `byte ${byte_offset}`, problem))
      const place = { record_number: records, byte_offset, bytes }
      unreadable.push({ ...place, source: 'certificate-file', reason: problem.code, excerpt: excerpt(line, 4096) })
    }
    records += 1
    if (records % inOneGo === 0) await setImmediate()
  }
  const prefix_sha256 = account.evidence_id // bundleIdOf(content)
  const span = { byte_offset: 0, byte_end: content.length, first_record: 0, records, prefix_sha256 }
  Object.assign(account, { bytes: content.length, records, content_sha256: prefix_sha256 })
  const known = ledger.find(chunk => chunk.done && chunk.byte_end === content.length)
  if (known !== undefined) {
    account.addKnown(records, known.outcome)
    return []
  }
  const segment = { format: 'certificates' } as const
  const lines = Buffer.concat(sightings.take().map(({ bytes }) => bytes))
  const piece = { account, span, segment, candidates, seen: account.seen, headerLines: 0, lines, unreadable }
  const taken = { certificateLines: certificateLines.take(), indexLines: indexLines.take() }
  return [{ ...piece, ...taken, cutOff: cutOffOf(span, ledger) }]
}

/** All of it in memory. Throws `input/unreadable` for more than a bundle of certificates can be. */
export async function collectBundle(bytes: AsyncIterable<Uint8Array>, path: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of bytes) {
    length += piece.length
    if (length > longestBundle)
      throw new CountersealError('input/unreadable', {
        message: `${path} holds certificates and more than ${longestBundle} bytes: split it.`,
      })
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
