import type { Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { CertificateFacts, CertificateId, DescribedCertificate } from '../pivots/index.ts'
import { certificateIdOf, factsFromDescription, factsOf, issuanceOf, ownerOf } from '../pivots/index.ts'
import { fingerprintsOf, readCertificate } from '../x509/index.ts'
import { certificateLines } from './certificate-line.ts'
import type { Part } from './certificate-lines.ts'
import { Lines, numbered } from './certificate-lines.ts'
import type { CertificatePiece } from './certificate-pieces.ts'
import type { IngestContext } from './context.ts'
import type { Entry } from './ledger.ts'
import type { Piece } from './piece.ts'

/**
 * Fills the certificate tables from evidence that was just stored. All of it follows from the evidence, so doing it
 * again changes nothing: a chunk that is completed after a death is simply taken again.
 */

/** Lines on their way into the certificate tables. */
type Taken = { readonly certificates: Lines; readonly index: Lines; readonly hosts: Lines }

/** Longest chunk that is staged, in bytes: well below what the store takes. */
const longestChunk = 32 << 20

export type WriteChunk = (context: IngestContext, parts: Iterable<Uint8Array>, name: string) => Promise<string>

export async function takeCertificates(
  context: IngestContext,
  pieces: readonly Piece[],
  entries: readonly Entry[],
  writeChunk: WriteChunk,
): Promise<void> {
  const taken: Taken = { certificates: new Lines(), index: new Lines(), hosts: new Lines() }
  const ofFiles = pieces.map((piece, nth) => {
    if (!isOfCertificates(piece)) return { certificates: [], index: [] }
    const first = entries[nth]?.sequence ?? 0
    return {
      certificates: piece.certificateLines.map(part => numbered(part, first)),
      index: piece.indexLines.map(bytesOf),
    }
  })
  const kinds = new Set(
    pieces.flatMap(({ account }) => [...account.seen]).map(source => ('kind' in source ? source.kind : '')),
  )
  const fromFiles = pieces.every(isOfCertificates)
  if (!fromFiles && kinds.has('certificate_sighting')) await describe(context, 'sighted-certificates', entries, taken)
  if (!fromFiles && kinds.has('tls_session')) await describe(context, 'served-certificates', entries, taken)
  if (!fromFiles && kinds.has('registry_value')) await describe(context, 'stored-certificates', entries, taken)
  if (!fromFiles && kinds.has('file_signature')) await describe(context, 'signing-certificates', entries, taken)
  const token = entries[0]?.token ?? ''
  const described = taken.certificates.take().map(part => numbered(part, 0))
  const certificates = [...ofFiles.flatMap(one => one.certificates), ...described]
  const index = [...ofFiles.flatMap(one => one.index), ...taken.index.take().map(bytesOf)]
  await Promise.all([
    takeLines(context, certificates, `${token}/certificate`, certificateStatements, writeChunk),
    takeLines(context, index, `${token}/certificate_index`, indexStatements, writeChunk),
  ])
  await takeLines(context, taken.hosts.take().map(bytesOf), `${token}/certificate_host`, hostStatements, writeChunk)
}

function bytesOf({ bytes }: Part): Buffer {
  return bytes
}

function isOfCertificates(piece: Piece): piece is CertificatePiece {
  return 'certificateLines' in piece
}

const certificateStatements = ['take-certificates'] as const

const indexStatements = ['take-certificate-pivots', 'take-certificate-names', 'take-certificate-aliases'] as const

const hostStatements = ['take-certificate-hosts', 'take-host-pivots'] as const

async function takeLines(
  context: IngestContext,
  lines: readonly Buffer[],
  token: string,
  statements: readonly string[],
  writeChunk: WriteChunk,
): Promise<void> {
  for (const [nth, parts] of chunksOf(lines).entries()) {
    const name = `${token.replaceAll('/', '-')}-${nth}`
    const chunk = await context.store.stageChunk(await writeChunk(context, parts, name))
    try {
      const signal = context.signal === undefined ? {} : { signal: context.signal }
      await Promise.all(
        statements.map(statement =>
          context.store.insert(statement, { chunk, token: `${token}/${nth}/${statement}`, ...signal }),
        ),
      )
    } finally {
      await chunk.release()
    }
  }
}

function chunksOf(lines: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const chunks: Buffer[][] = []
  let length = 0
  for (const part of lines) {
    const chunk = chunks.at(-1)
    if (chunk === undefined || length + part.length > longestChunk) {
      chunks.push([part])
      length = part.length
    } else {
      chunk.push(part)
      length += part.length
    }
  }
  return chunks
}

type Met = { readonly id: CertificateId; readonly owner: string; readonly issuance: string }

/** What sensors said in these chunks, each distinct statement once: of certificates, and of where they were met. */
async function describe(
  { store, signal }: IngestContext,
  query: 'sighted-certificates' | 'served-certificates' | 'stored-certificates' | 'signing-certificates',
  entries: readonly Entry[],
  taken: Taken,
): Promise<void> {
  const ends = entries.map(({ sequence, span }) => sequence + span.records - 1)
  const params = {
    first: Math.min(...entries.map(({ sequence }) => sequence)),
    last: Math.max(...ends),
    evidence_ids: [...new Set(entries.map(({ evidence_id }) => evidence_id))],
  }
  const known = new Map<string, Met | undefined>()
  const rows = await rowsOf(store, query, { params, ...(signal === undefined ? {} : { signal }) })
  for (const row of rows) {
    const { ip, port, server_name, first_seen, last_seen, sighting, first_sequence, ...said } = row
    const key = JSON.stringify(said)
    let certificate = known.get(key)
    if (!known.has(key)) {
      const { facts, der } = factsOfRow(said)
      const id = certificateIdOf(facts)
      certificate = id === undefined ? undefined : { id, owner: ownerOf(facts, id), issuance: issuanceOf(id, facts) }
      known.set(key, certificate)
      if (id !== undefined) {
        const { index, whole } = certificateLines(id, facts, der)
        taken.certificates.add(whole, Number(first_sequence))
        taken.index.add(index)
      }
    }
    if (certificate === undefined || ip === '') continue
    const { id, owner, issuance } = certificate
    const name = String(server_name).replace(/[\t\n\r]/g, ' ')
    const where = [id, ip, port, sighting ?? 'tls', name, first_seen, last_seen]
    taken.hosts.add([...where, owner.replace(/[\t\n\r]/g, ' '), issuance].join('\t'))
  }
}

/** By the bytes where the sensor logged them, else by its description. */
function factsOfRow(said: Row): { readonly facts: CertificateFacts; readonly der?: Uint8Array } {
  if (typeof said.der === 'string' && said.der !== '') {
    const reading = readCertificate(Buffer.from(said.der, 'base64'))
    if ('certificate' in reading) {
      const { certificate } = reading
      return { facts: factsOf(certificate, fingerprintsOf(certificate)), der: certificate.der }
    }
  }
  return { facts: factsFromDescription(descriptionOf(said)) }
}

/** The columns of the two queries as a description: what is empty or null is not known. */
function descriptionOf(said: Row): DescribedCertificate {
  const entries = Object.entries(said).filter(([, value]) => value !== null && value !== '' && value !== undefined)
  return Object.fromEntries(entries) as DescribedCertificate // the queries name their columns after its fields
}
