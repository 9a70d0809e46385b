import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { BundleReader } from './bundle-reader.ts'
import { certificatePieces } from './certificate-pieces.ts'
import type { IngestContext, IngestLimits } from './context.ts'
import type { EvidenceReader } from './evidence-reader.ts'
import type { Known } from './ledger.ts'
import { knownOf } from './ledger.ts'
import type { LogClock } from './line-pieces.ts'
import { linePieces } from './line-pieces.ts'
import type { Piece } from './piece.ts'
import type { Account, Reading } from './reading.ts'
import { readingOf, register } from './register.ts'
import { storePieces } from './store-pieces.ts'

/** Evidence that was opened and recognised. */
export type OpenedEvidence = {
  readonly account: Account
  readonly candidates: readonly Source[]
  readonly mayGrow: boolean
  /** What its containers report; filled while it is read. */
  readonly damage: readonly Problem[]
  /** See `LineOptions`. */
  readonly reader?: EvidenceReader
  readonly logClock?: LogClock | undefined
}

export type SmallEvidence = OpenedEvidence & { readonly content: Uint8Array }

/** Small pieces of evidence, waiting to be taken in together. */
export class Pile {
  readonly #evidence = new Map<string, SmallEvidence & { readonly sha256: string }>()
  readonly #copies: { readonly copy: SmallEvidence; readonly of: SmallEvidence }[] = []
  readonly #limits: IngestLimits
  #bytes = 0

  constructor(limits: IngestLimits) {
    this.#limits = limits
  }

  /** Two that share a head are told apart by the ledger: the second waits until the first is written down. */
  accepts(small: SmallEvidence): boolean {
    const { account, content } = small
    const known = this.#evidence.get(account.evidence_id)
    if (known !== undefined && known.sha256 !== sha256Of(small)) return false
    const files = this.#evidence.size + this.#copies.length
    return files === 0 || (files < this.#limits.pileFiles && this.#bytes + content.length <= this.#limits.pileBytes)
  }

  add(small: SmallEvidence): void {
    const { evidence_id } = small.account
    const of = this.#evidence.get(evidence_id)
    if (of !== undefined) {
      this.#copies.push({ copy: small, of })
      return
    }
    this.#evidence.set(evidence_id, { ...small, sha256: sha256Of(small) })
    this.#bytes += small.content.length
  }

  /** Nothing in it is in the other. */
  isApartFrom(other: Pile): boolean {
    return this.evidence.every(({ account }) => !other.#evidence.has(account.evidence_id))
  }

  get evidence(): readonly SmallEvidence[] {
    return [...this.#evidence.values()]
  }

  /** The same bytes under another name, in the same pile. */
  get copies(): readonly { readonly copy: SmallEvidence; readonly of: SmallEvidence }[] {
    return this.#copies
  }
}

/** A pile that was cut into pieces: all that needs no insertion. */
export type PreparedPile = { readonly pile: Pile; readonly known: Known; readonly pieces: readonly Piece[] }

/**
 * Cuts a pile into pieces, by what the ledger knows of it. May run while another pile is inserted, unless the two have a
 * piece of evidence in common.
 */
export async function preparePile(context: IngestContext, pile: Pile, reader: BundleReader): Promise<PreparedPile> {
  const { evidence } = pile
  const known = await knownOf(
    context.store,
    evidence.map(({ account }) => account.evidence_id),
  )
  const pieces: Piece[] = []
  for (const small of evidence) pieces.push(...(await piecesOf(context, small, known, reader)))
  return { pile, known, pieces }
}

/** Takes a pile into the store; gives its readings in the order in which it was gathered, copies last. */
export async function takePile(context: IngestContext, prepared: PreparedPile): Promise<readonly Reading[]> {
  const { pile, known, pieces } = prepared
  const { evidence, copies } = pile
  if (evidence.length === 0) return []
  await storePieces(context, pieces)
  for (const { copy, of } of copies) copy.account.copyOf(of.account)
  const read = [...evidence, ...copies.map(({ copy }) => copy)]
  await register(context, known, read)
  return read.map(readingOf)
}

async function piecesOf(
  context: IngestContext,
  small: SmallEvidence,
  known: Known,
  reader: BundleReader,
): Promise<readonly Piece[]> {
  const { account, candidates, mayGrow, content } = small
  const ledger = known.chunksOf(account.evidence_id)
  if (account.format === 'certificates') return await certificatePieces(account, content, candidates, ledger, reader)
  const pieces: Piece[] = []
  const options = {
    candidates,
    limits: context.limits,
    ledger,
    mayGrow,
    reader: small.reader,
    logClock: small.logClock,
  }
  for await (const piece of linePieces(account, once(content), options))
    pieces.push({ ...piece, lines: Buffer.from(piece.lines) })
  return pieces
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content
}

/** Certificates are named by the hash of all their bytes; what can grow, by that of its head. */
function sha256Of({ account, content }: SmallEvidence): string {
  if (account.format === 'certificates') return account.evidence_id
  return createHash('sha256').update(content).digest('hex')
}
