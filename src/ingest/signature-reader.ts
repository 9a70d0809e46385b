import type { Problem } from '../base/index.ts'
import { longestExcerpt } from '../formats/index.ts'
import type { EvidenceReader } from './evidence-reader.ts'

/** A file that was verified already: one record. */
export class SignatureReader implements EvidenceReader {
  readonly fingerprint = 'records'
  readonly whole: NonNullable<EvidenceReader['whole']>
  readonly #line: string
  readonly #problem: Problem | undefined

  /**
   * @param line what is read in its place; where there is a problem, the words that go to quarantine
   * @param whole the file, which is not fed here: a large one does not lie in memory
   */
  constructor(line: string, whole: NonNullable<EvidenceReader['whole']>, problem?: Problem) {
    this.#line = line
    this.whole = whole
    this.#problem = problem
  }

  add(): readonly [] {
    return []
  }

  end(): ReturnType<EvidenceReader['end']> {
    const line = Buffer.from(this.#line)
    const place = { byte_offset: 0, bytes: this.whole.bytes, octets: line }
    if (this.#problem === undefined) return { records: [{ ...place, lines: [line], text: line }] }
    return { records: [{ ...place, lines: [], text: line.subarray(0, longestExcerpt), problem: this.#problem }] }
  }
}
