import type { Stretch } from '../../ct/index.ts'
import type { Source } from '../../mapping/index.ts'
import { rootOf } from '../../merkle/index.ts'
import type { BundleReading } from '../bundle-reading.ts'
import type { CertificatePiece } from '../certificate-pieces.ts'
import type { LedgerChunk } from '../ledger.ts'
import { nothing } from '../ledger.ts'
import { cutOffOf } from '../piece.ts'
import type { Account } from '../reading.ts'

/**
 * Entries of a log as a piece of evidence. The ledger counts them instead of bytes: a chunk of it goes from one index to another, and its prefix is the root of
 * the tree up to there. Undefined when all of them are in the store.
 */
export function entryPiece(
  account: Account,
  { entries, frontier, verified }: Stretch,
  reading: BundleReading,
  { candidates, ledger }: { readonly candidates: readonly Source[]; readonly ledger: readonly LedgerChunk[] },
): CertificatePiece | undefined {
  const byte_offset = entries[0]?.index ?? 0
  const byte_end = byte_offset + entries.length
  const prefix_sha256 = verified ? Buffer.from(rootOf(frontier)).toString('hex') : ''
  const { records } = reading
  const span = { byte_offset, byte_end, first_record: byte_offset, records, prefix_sha256 }
  account.records += records
  account.bytes += entries.reduce((sum, { der }) => sum + der.length, 0)
  const known = ledger.find(chunk => chunk.done && chunk.byte_offset <= byte_offset && byte_end <= chunk.byte_end)
  if (known !== undefined) {
    account.addKnown(records, { ...nothing, stored: records })
    return undefined
  }
  const segment = { format: 'json-lines' } as const
  const piece = { account, span, segment, candidates, seen: account.seen, headerLines: 0, ...reading }
  return { ...piece, cutOff: cutOffOf(span, ledger) }
}
