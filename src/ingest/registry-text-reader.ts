import { createHash } from 'node:crypto'
import type { Problem } from '../base/index.ts'
import { longestExcerpt } from '../formats/index.ts'
import type { RegItem, RegText } from '../registry/index.ts'
import { readRegText, registryPath } from '../registry/index.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'
import { longestHead } from './identity.ts'
import { lineOfFact } from './registry-line.ts'

/** Longest .reg file that is read: whole, since Regedit's own encoding is told from all of it. What is longer ends there. */
const longestText = 512 << 20

/**
 * Reads registry text: a record for each value that it sets or deletes, each key that it deletes, and each key it names with
 * nothing below. The text has no times and no machine.
 */
export class RegistryTextReader implements EvidenceReader {
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
    const text = readRegText(content)
    const notes: Problem[] = [...text.problems]
    if (this.#length > content.length)
      notes.push({ code: 'registry/too-large', expected: `at most ${longestText} octets`, found: `${this.#length}` })
    // Nobody says of which machine it is: the file is part of what it tells.
    const evidence_id = createHash('sha256').update(content.subarray(0, longestHead)).digest('hex')
    return { records: [], more: recordsOf(text, content, evidence_id), notes }
  }
}

/** Items with where they end: before the next one. */
function* recordsOf(text: RegText, content: Buffer, evidence_id: string): Generator<EvidenceRecord> {
  let before: RegItem | undefined
  for (const item of text.items) {
    if (before !== undefined && !isHeading(before, item))
      yield recordOf(before, item.offset, text, content, evidence_id)
    before = item
  }
  if (before !== undefined) yield recordOf(before, content.length, text, content, evidence_id)
}

/** A key that is only named for the values that follow. */
function isHeading(item: RegItem, next: RegItem): boolean {
  return item.action === 'key' && next.action !== 'key' && next.action !== 'delete_key' && item.problems.length === 0
}

function recordOf(
  item: RegItem,
  end: number,
  { encoding }: RegText,
  content: Buffer,
  evidence_id: string,
): EvidenceRecord {
  const octets = content.subarray(item.offset, end)
  const bytes = octets.length
  const shown = octets.subarray(0, 2 * longestExcerpt)
  const decoded = encoding === 'utf-16le' ? Buffer.from(shown.toString('utf16le')) : shown
  const text = decoded.subarray(0, longestExcerpt)
  const [problem] = item.problems
  const place = { byte_offset: item.offset, bytes, text }
  if (item.action === 'none') return { ...place, lines: [], problem: problem ?? { code: 'registry/reg-line' } }
  const line = lineOfFact('text', {
    path: registryPath(item.path),
    told: item.path,
    name: item.action === 'set_value' ? item.value.name : item.action === 'delete_value' ? item.name : '',
    value: item.action === 'set_value' ? item.value : undefined,
    common: `,"operation":"${operations[item.action]}","evidence":"${evidence_id}"`,
    problems: item.problems.map(({ code }) => code),
  })
  return { ...place, lines: [Buffer.from(line)], notes: item.problems }
}

const operations = {
  key: 'key_created',
  delete_key: 'key_deleted',
  set_value: 'value_set',
  delete_value: 'value_deleted',
} as const
