import { couldBeSigned } from '../authenticode/index.ts'
import { excerpt } from '../base/index.ts'
import type { W3cHeader, ZeekHeader } from '../formats/index.ts'
import {
  JsonDocumentReader,
  looksLikeCertutilStore,
  looksLikePem,
  readW3cHeaderLine,
  readZeekHeaderLine,
  w3cDefaults,
  zeekDefaults,
} from '../formats/index.ts'
import type { Format, SampleRecord, Source } from '../mapping/index.ts'
import { claims, inTextOrder, isMapped, readTextLine } from '../mapping/index.ts'
import { isHive, looksLikeRegText } from '../registry/index.ts'
import { csvLayout } from './csv-layout.ts'
import type { EvidenceFormat } from './evidence-reader.ts'
import { looksLikeEventLog } from './log-chunks.ts'
import type { LineFormat } from './record-readers.ts'
import { documentOptions, markOfLines, recordReader } from './record-readers.ts'

/**
 * What a piece of evidence is, told from its first bytes. Names of files are never trusted.
 */
export type Recognition =
  | {
      readonly format: EvidenceFormat
      /** Every source that may claim a record of it, in order. */
      readonly candidates: readonly Source[]
      /** Those of them that claim a record of the head. */
      readonly seen: readonly Source[]
    }
  | {
      /** Why it is not read: what it looks like, and what to do if one cares. */
      readonly unknown: string
    }

/** How many bytes are looked at. A file whose first record is longer is not recognised. */
export const headBytes = 256 * 1024

/** Records of the head that are looked at: enough to meet every common type of a mixed log. */
const sampleRecords = 500

export function recognise(head: Uint8Array, sources: readonly Source[]): Recognition {
  if (head.length === 0) return { unknown: 'it is empty' }
  if (looksLikeEventLog(head)) return recogniseEventLog(head, sources)
  if (isHive(head)) return recogniseRegistry('registry-hive', sources)
  if (couldBeSigned(head)) return recogniseSigned(sources)
  if (looksLikeRegText(head)) return recogniseRegistry('registry-text', sources)
  if (looksLikeCertutilStore(head)) return recogniseCertutil(head, sources)
  const events = looksLikeEvents(head) ? recogniseEvents('event-xml', head, sources) : undefined
  if (events !== undefined) return events
  const magic = magicOf(head)
  if (magic !== undefined) return { unknown: magic }
  const read = (format: Format) => sources.filter(source => source.formats.includes(format))
  if (looksLikePem(head) || looksLikeDer(head)) return whole('certificates', read('certificates'))
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('utf8')
  const lines = text.split('\n')
  if (lines.length > 1 && head.length >= headBytes) lines.pop()
  if (/^#(separator|fields)[ \t]/m.test(lines.slice(0, 10).join('\n'))) return recogniseZeek(lines, read('zeek-tsv'))
  if (lines.slice(0, 20).some(line => /^#Fields:[ \t]/i.test(line))) return recogniseW3c(lines, read('w3c'))
  // The lines within a document may be JSON too: it goes first where its first line is no record by itself.
  const isDocument = /^\s*[[{]/.test(text.slice(0, 64).replace(/^\ufeff/, ''))
  const asDocument = () => (isDocument ? recogniseDocument(head, read('json-document')) : undefined)
  const startsWithRecord = readRecord(lines[0] ?? '').length > 0
  const document = startsWithRecord ? undefined : asDocument()
  if (document !== undefined) return document
  const found = recogniseJson(lines, read('json-lines'))
  if (!('unknown' in found)) return found
  const other = startsWithRecord ? asDocument() : recogniseCsv(head, read('csv'))
  // A document that nobody reads may quote lines of a log, each in its own place.
  const quotes = /^\ufeff?\s*[[{]+\s*$/.test(lines.find(line => line.trim() !== '') ?? '')
  return other ?? (quotes ? undefined : recogniseText(lines, read('text-lines'))) ?? found
}

/** A document belongs to the first producer whose way of cutting it gives a record that is its own. */
function recogniseDocument(head: Uint8Array, sources: readonly Source[]): Recognition | undefined {
  for (const producer of new Set(sources.map(source => source.producer))) {
    const candidates = sources.filter(source => source.producer === producer)
    const cut = new JsonDocumentReader(documentOptions(candidates)).add(head)
    const lines = cut.flatMap(({ lines }) => lines).slice(0, sampleRecords)
    const records = lines.flatMap(line => readRecord(Buffer.from(line).toString('utf8')))
    const seen = candidates.filter(source => records.some(record => firstClaimant(candidates, record) === source))
    if (seen.length > 0) return { format: 'json-document', candidates, seen }
  }
  return undefined
}

function firstClaimant(sources: readonly Source[], record: SampleRecord): Source | undefined {
  return sources.find(source => claims(source, record))
}

function recogniseCsv(head: Uint8Array, sources: readonly Source[]): Recognition | undefined {
  const source = csvLayout(head, sources)?.source
  return source === undefined ? undefined : { format: 'csv', candidates: [source], seen: [source] }
}

function whole(format: Format, candidates: readonly Source[]): Recognition {
  if (candidates.length === 0) return { unknown: `${format}, which no source reads` }
  return { format, candidates, seen: candidates }
}

function recogniseZeek(lines: readonly string[], sources: readonly Source[]): Recognition {
  let header = zeekDefaults
  for (const line of lines) {
    if (!line.startsWith('#')) break
    header = readZeekHeaderLine(header, line.replace(/\r$/, '')).header
  }
  if (header.columns.length === 0) return { unknown: 'a Zeek log whose header has no #fields line' }
  const seen = zeekCandidates(header, sources)
  if (seen.length === 0) return { unknown: `a Zeek log "${excerpt(header.path, 60)}", which no source reads` }
  return { format: 'zeek-tsv', candidates: sources, seen }
}

function recogniseW3c(lines: readonly string[], sources: readonly Source[]): Recognition {
  let header = w3cDefaults
  for (const line of lines) {
    if (header.columns.length > 0 && !line.startsWith('#')) break
    header = readW3cHeaderLine(header, line.replace(/\r$/, '')).header
  }
  const seen = w3cCandidates(header, sources)
  if (seen.length === 0) return { unknown: `a W3C log of "${excerpt(header.software, 60)}", which no source reads` }
  return { format: 'w3c', candidates: sources, seen }
}

/** The source of the lines below a header, or none. */
export function w3cCandidates(header: W3cHeader, sources: readonly Source[]): readonly Source[] {
  if (header.columns.length === 0) return []
  const columns = Object.fromEntries(header.columns.map(name => [name, 'present']))
  const record = { ...columns, _software: header.software, _date: header.date || undefined, _time: 'present' }
  const claimant = sources.find(source => source.formats.includes('w3c') && claims(source, record))
  return claimant === undefined ? [] : [claimant]
}

/** Lines of text that are looked at before a file is taken for none of them, and the longest of them. */
const textLinesAtFirst = 60
const longestTextLine = 16_384

/**
 * Text of a producer whose line is among the first. A log of syslog holds what many programs said: then all that read
 * such lines may claim one.
 */
function recogniseText(lines: readonly string[], sources: readonly Source[]): Recognition | undefined {
  const ordered = inTextOrder(sources)
  const seen = new Set<Source>()
  let mixed = false
  for (const [nth, line] of lines.slice(0, sampleRecords).entries()) {
    if (nth >= textLinesAtFirst && seen.size === 0) return undefined
    if (line.length > longestTextLine || line.includes('\0')) continue
    for (const source of ordered) {
      const record = readTextLine(source, line)
      if (record === undefined || !claims(source, record)) continue
      seen.add(source)
      mixed ||= record.syslog_time !== undefined
      break
    }
  }
  if (![...seen].some(isMapped)) return undefined
  const producers = new Set([...seen].map(({ producer }) => producer))
  const candidates = ordered.filter(({ producer, enveloped }) => producers.has(producer) || (mixed && enveloped))
  return { format: 'text-lines', candidates, seen: candidates.filter(source => seen.has(source)) }
}

/** An event log is known by itself, so one without events is read too: that there are none is worth knowing. */
function recogniseEventLog(head: Uint8Array, sources: readonly Source[]): Recognition {
  if (head.length < shortestLog)
    return { unknown: 'the beginning of a Windows event log (EVTX), which is cut off before its first event' }
  return recogniseEvents('evtx', head, sources) ?? { unknown: 'a Windows event log (EVTX), which no source reads' }
}

/** The header of the file, and that of a chunk. */
const shortestLog = 4096 + 512

/** Undefined when no source reads events. Where all of the head is broken, those that would are seen. */
function recogniseEvents(
  format: 'evtx' | 'event-xml',
  head: Uint8Array,
  sources: readonly Source[],
): Recognition | undefined {
  const candidates = sourcesOfLines(format, sources)
  if (candidates.length === 0) return undefined
  const reader = recordReader(format, head, candidates)
  const cut = [...reader.add(head), ...reader.end(true).records].flatMap(({ lines }) => lines)
  const records = cut.slice(0, sampleRecords).flatMap(line => readRecord(Buffer.from(line).toString('utf8')))
  const seen = candidates.filter(source => records.some(record => firstClaimant(candidates, record) === source))
  return { format, candidates, seen: seen.length === 0 ? candidates : seen }
}

/** What it holds is not looked at here: a hive is read whole or not at all, and both are known by how they begin. */
function recogniseRegistry(format: 'registry-hive' | 'registry-text', sources: readonly Source[]): Recognition {
  return recogniseMade(format, sources)
}

function recogniseMade(format: LineFormat, sources: readonly Source[]): Recognition {
  const candidates = sourcesOfLines(format, sources)
  const seen = candidates.slice(0, 1)
  return candidates.length > 0 ? { format, candidates, seen } : { unknown: `${format}, which no source reads` }
}

/** A head without a whole section is of every source that reads them. */
function recogniseCertutil(head: Uint8Array, sources: readonly Source[]): Recognition {
  const found = recogniseMade('certutil-text', sources)
  if ('unknown' in found) return found
  const reader = recordReader('certutil-text', head, found.candidates)
  reader.add(head)
  const lines: string[] = []
  for (const record of reader.end(true).more ?? []) {
    lines.push(...record.lines.map(line => Buffer.from(line).toString('utf8')))
    if (lines.length >= sampleRecords) break
  }
  const records = lines.flatMap(readRecord)
  const seen = found.candidates.filter(source =>
    records.some(record => firstClaimant(found.candidates, record) === source),
  )
  return seen.length === 0 ? found : { ...found, seen }
}

/** A file that has a signature, or could have one. All of it is needed to say more. */
export function recogniseSigned(sources: readonly Source[]): Recognition {
  return recogniseMade('signed-file', sources)
}

/** Those that ask for the mark of the lines that are made of it (event-line.ts, registry-line.ts, signature-line.ts). */
function sourcesOfLines(format: LineFormat, sources: readonly Source[]): readonly Source[] {
  const [name, mark] = markOfLines[format]
  return sources.filter(
    source =>
      source.formats.includes('json-lines') &&
      source.match.some(({ equals }) => [equals[name] ?? []].flat().includes(mark)),
  )
}

/**
 * Events in XML, in UTF-8 or UTF-16: it begins as XML, as evtx_dump or as a copy from a browser, and the first Event has the namespace
 * (MS-EVEN6 §2.2.13), or System follows. JSON that holds such XML in a text is JSON.
 */
function looksLikeEvents(head: Uint8Array): boolean {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 8192))
  const isUtf16 = (start[0] === 0xff && start[1] === 0xfe) || (start[0] === 0xfe && start[1] === 0xff)
  // Of UTF-16 in either order, what is ASCII: enough to find a tag.
  const text = isUtf16 ? start.toString('latin1').replaceAll('\0', '') : start.toString('latin1')
  const event = /<Event[\s>]/.exec(text)?.index
  if (event === undefined || !/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*(?:-\s*)?(?:<|Record [0-9])/.test(text))
    return false
  return /^<Event[^<>]{0,1000}(?:schemas\.microsoft\.com\/win\/2004\/08\/events\/event|>\s{0,200}<System)/.test(
    text.slice(event),
  )
}

/** The source of the lines below a header, or none. */
export function zeekCandidates(header: ZeekHeader, sources: readonly Source[]): readonly Source[] {
  const columns = Object.fromEntries(header.columns.map(name => [name, 'present']))
  const claimant = sources.find(
    source => source.formats.includes('zeek-tsv') && claims(source, { ...columns, _path: header.path }),
  )
  return claimant === undefined ? [] : [claimant]
}

function recogniseJson(lines: readonly string[], sources: readonly Source[]): Recognition {
  const records = lines.slice(0, sampleRecords).flatMap(readRecord)
  const [first] = records
  if (first === undefined) return { unknown: likeness(lines.join('\n')) }
  const claimants = new Set(records.map(record => sources.find(source => claims(source, record))))
  const seen = sources.filter(source => claimants.has(source))
  if (seen.length === 0)
    return {
      unknown: `JSON lines that no source claims; the first record has ${excerpt(Object.keys(first).join(', '), 160)}`,
    }
  const producers = new Set(seen.map(source => source.producer))
  return { format: 'json-lines', candidates: sources.filter(source => producers.has(source.producer)), seen }
}

/** What text in no format that is read looks like, for the person who wonders why it was passed over. */
function likeness(text: string): string {
  const start = text.replace(/^\ufeff/, '').trimStart()
  if (/[\0\ufffd]/.test(text.slice(0, 4096))) return 'binary data of no kind that is known here'
  if (/^(\{\s*["}]|\[\s*[[{"])/.test(start))
    return 'a JSON document with records of no source: others are read one a line (`jq -c` writes them so)'
  if (/^<(\?xml|[A-Za-z!])/.test(start))
    return 'XML or HTML, which is not read yet, without an event of Windows in its beginning'
  return `text in no format that is read; it begins with ${JSON.stringify(excerpt(start.split('\n')[0] ?? '', 60))}`
}

function readRecord(line: string): SampleRecord[] {
  if (!/^\s*\{/.test(line)) return []
  try {
    return [JSON.parse(line) as SampleRecord] // begins with a brace, so it is an object
  } catch {
    return [] // the engine will say so of this line, with its place
  }
}

/** DER: a SEQUENCE whose length in the long form fits a certificate. */
function looksLikeDer(head: Uint8Array): boolean {
  return head[0] === 0x30 && (head[1] === 0x82 || head[1] === 0x83) && head[4] === 0x30
}

const magics: readonly { readonly bytes: readonly number[]; readonly unknown: string }[] = [
  { bytes: [0x42, 0x5a, 0x68], unknown: 'bzip2 data, which is not opened: unpack it first' },
  { bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a], unknown: 'xz data, which is not opened: unpack it first' },
  { bytes: [0xd4, 0xc3, 0xb2, 0xa1], unknown: 'a packet capture (pcap): let Zeek or Suricata read it first' },
  { bytes: [0xa1, 0xb2, 0xc3, 0xd4], unknown: 'a packet capture (pcap): let Zeek or Suricata read it first' },
  { bytes: [0x0a, 0x0d, 0x0d, 0x0a], unknown: 'a packet capture (pcapng): let Zeek or Suricata read it first' },
  { bytes: [0xff, 0xfe], unknown: 'UTF-16 text: convert it to UTF-8 first' },
  { bytes: [0xfe, 0xff], unknown: 'UTF-16 text: convert it to UTF-8 first' },
]

function magicOf(head: Uint8Array): string | undefined {
  return magics.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte))?.unknown
}
