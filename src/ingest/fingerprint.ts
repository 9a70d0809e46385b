import type { Hash } from 'node:crypto'
import { createHash } from 'node:crypto'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'

/**
 * SHA-256 over evidence from its start up to a place, for the ledger: over all bytes, or over the octets of its records.
 * Places are asked for in their order.
 */
export class Fingerprint {
  readonly #over: NonNullable<EvidenceReader['fingerprint']>
  readonly #digest: Hash = createHash('sha256')
  /** Of all bytes, where the other is over records. */
  readonly #content: Hash = createHash('sha256')
  /** Bytes that are not hashed yet, and the offset of the first of them. */
  #pending: Uint8Array[] = []
  #hashed = 0

  constructor(over: EvidenceReader['fingerprint'] = 'bytes') {
    this.#over = over
  }

  /** Whether it is over records alone: then nothing behind the last of them counts. */
  get isOfRecords(): boolean {
    return this.#over === 'records'
  }

  /** The bytes that follow on those before. They must stay as they are until `settle`. */
  add(bytes: Uint8Array): void {
    if (this.#over === 'records') this.#content.update(bytes)
    else if (bytes.length > 0) this.#pending.push(bytes)
  }

  addRecord({ octets }: EvidenceRecord): void {
    if (this.#over === 'records' && octets !== undefined) this.#digest.update(octets)
  }

  /** Hashes up to an offset, and copies what is left of the bytes that came last: they may soon be somebody else's. */
  settle(end: number): void {
    this.#hashTo(end)
    const left = this.#pending.pop()
    if (left !== undefined) this.#pending.push(Buffer.from(left))
  }

  /** In lower-case hexadecimal. */
  upTo(end: number): string {
    this.#hashTo(end)
    return this.#digest.copy().digest('hex')
  }

  /** Over the bytes of the whole evidence, where that is not what {@link upTo} gives. */
  content(): string {
    return this.#content.copy().digest('hex')
  }

  #hashTo(end: number): void {
    while (this.#hashed < end) {
      const [piece] = this.#pending
      if (piece === undefined) return
      const wanted = Math.min(piece.length, end - this.#hashed)
      this.#digest.update(piece.subarray(0, wanted))
      this.#hashed += wanted
      if (wanted === piece.length) this.#pending.shift()
      else this.#pending[0] = piece.subarray(wanted)
    }
  }
}
