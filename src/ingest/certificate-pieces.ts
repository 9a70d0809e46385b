import { CountersealError } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { BundleReader } from './bundle-reader.ts'
import type { BundleReading } from './bundle-reading.ts'
import { longestBundle } from './certificates.ts'
import type { LedgerChunk } from './ledger.ts'
import type { Piece } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'

/**
 * A piece of certificates, with the lines for the certificate tables, each with its record in the piece for a number, and
 * their beginnings for the indexes.
 */
export type CertificatePiece = Piece & Pick<BundleReading, 'certificateLines' | 'indexLines'>

/** Certificates: the whole of a file is one piece, of the lines our reader makes of it; none when the store has it. */
export async function certificatePieces(
  account: Account,
  content: Uint8Array,
  candidates: readonly Source[],
  ledger: readonly LedgerChunk[],
  reader: BundleReader,
): Promise<readonly CertificatePiece[]> {
  const { problems, ...reading } = await reader.read(content, new Date())
  for (const { byte_offset, problem } of problems)
    account.problems.push(problemAt(account, `byte ${byte_offset}`, problem))
  const { records } = reading
  const prefix_sha256 = account.evidence_id // bundleIdOf(content)
  const span = { byte_offset: 0, byte_end: content.length, first_record: 0, records, prefix_sha256 }
  Object.assign(account, { bytes: content.length, records, content_sha256: prefix_sha256 })
  const known = ledger.find(chunk => chunk.done && chunk.byte_end === content.length)
  if (known !== undefined) {
    account.addKnown(records, known.outcome)
    return []
  }
  const segment = { format: 'certificates' } as const
  const piece = { account, span, segment, candidates, seen: account.seen, headerLines: 0, ...reading }
  return [{ ...piece, cutOff: cutOffOf(span, ledger) }]
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
