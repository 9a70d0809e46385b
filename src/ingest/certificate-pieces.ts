import { CountersealError, excerpt } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import { bundleIdOf, longestBundle, readCertificates } from './certificates.ts'
import type { LedgerChunk } from './ledger.ts'
import type { Piece } from './piece.ts'
import { cutOffOf, problemAt } from './piece.ts'
import type { Account } from './reading.ts'

/** Certificates: the whole of a file is one piece, of the lines our reader makes of it; none when the store has it. */
export function certificatePieces(
  account: Account,
  content: Uint8Array,
  candidates: readonly Source[],
  ledger: readonly LedgerChunk[],
): readonly Piece[] {
  const records = readCertificates(content, new Date())
  const prefix_sha256 = bundleIdOf(content)
  const span = { byte_offset: 0, byte_end: content.length, first_record: 0, records: records.length, prefix_sha256 }
  Object.assign(account, { bytes: content.length, records: records.length, content_sha256: prefix_sha256 })
  const unreadable = records.flatMap(({ byte_offset, bytes, line, problem }, record_number) => {
    if (problem === undefined) return []
    account.problems.push(problemAt(account, `byte ${byte_offset}`, problem))
    const place = { record_number, byte_offset, bytes }
    return [{ ...place, source: 'certificate-file', reason: problem.code, excerpt: excerpt(line, 4096) }]
  })
  const known = ledger.find(chunk => chunk.done && chunk.byte_end === content.length)
  if (known !== undefined) {
    account.addKnown(records.length, known.outcome)
    return []
  }
  // A blank line keeps the place of a certificate that could not be read, so the numbers of the others hold.
  const lines = Buffer.from(records.map(({ line, problem }) => `${problem === undefined ? line : ''}\n`).join(''))
  const certificates = records.flatMap(({ certificate: line }, record) =>
    line === undefined ? [] : [{ record, line }],
  )
  const segment = { format: 'certificates' } as const
  const cutOff = cutOffOf(span, ledger)
  return [
    { account, span, segment, candidates, seen: account.seen, lines, headerLines: 0, certificates, unreadable, cutOff },
  ]
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
