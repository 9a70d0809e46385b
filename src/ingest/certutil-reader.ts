import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import type { CertutilSection } from '../formats/index.ts'
import { longestExcerpt, readCertutilStore } from '../formats/index.ts'
import { quoted } from './event-members.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { longestHead } from './identity.ts'

/**
 * Longest text that is read, in octets: some thousand certificates with `-v`. It is read whole, since a section ends where the
 * next one begins. What is longer ends there.
 */
const longestText = 32 << 20

/**
 * Reads what `certutil -store` prints: a record for each certificate or list of a store. The text has no time and no machine.
 *
 *   {"certutil_store":"text","is":"certificate","store":"Root","described":"Trusted Root …","serial":"0a","issuer":…,
 *    "subject":…,"not_before":"5/9/2001 4:19 PM","not_after":…,"sha1":…,"sha256":…,"evidence":…}
 *   {"certutil_store":"text","is":"list","store":"CA","described":…,"evidence":…}
 */
export class CertutilReader implements EvidenceReader {
  readonly #pieces: Uint8Array[] = []
  #length = 0

  add(bytes: Uint8Array): readonly EvidenceRecord[] {
    const kept = bytes.subarray(0, Math.max(0, longestText - this.#length))
    if (kept.length > 0) this.#pieces.push(Buffer.from(kept))
    this.#length += bytes.length
    return []
  }

  end(): ReturnType<EvidenceReader['end']> {
    const content = Buffer.concat(this.#pieces)
    this.#pieces.length = 0
    const notes: Problem[] = []
    if (this.#length > content.length)
      notes.push({ code: 'certutil/too-large', expected: `at most ${longestText} octets`, found: `${this.#length}` })
    return { records: [], more: recordsOf(content), notes }
  }
}

function* recordsOf(content: Buffer): Generator<EvidenceRecord> {
  // Nobody says of which machine it is: the file is part of what it tells.
  const evidence = createHash('sha256').update(content.subarray(0, longestHead)).digest('hex')
  const isWide = content[0] === 0xff && content[1] === 0xfe
  for (const section of readCertutilStore(content)) {
    const { byte_offset, bytes, notes, problem } = section
    const shown = content.subarray(byte_offset, byte_offset + Math.min(bytes, 2 * longestExcerpt))
    const text = (isWide ? Buffer.from(shown.toString('utf16le')) : shown).subarray(0, longestExcerpt)
    const place = { byte_offset, bytes, text, notes }
    if (problem !== undefined) yield { ...place, lines: [], problem }
    else yield { ...place, lines: [Buffer.from(lineOf(section, evidence))] }
  }
}

function lineOf({ store, described, certificate }: CertutilSection, evidence: string): string {
  const kind = certificate === undefined ? 'list' : 'certificate'
  const members = Object.entries({ store, described, ...certificate, evidence }).filter(([, text]) => text !== '')
  return `{"certutil_store":"text","is":"${kind}"${members.map(([name, text]) => `,"${name}":${quoted(text)}`).join('')}}`
}
