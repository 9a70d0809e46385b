import type { EventKind, FieldName, Params, Sql } from '../model/index.ts'
import { eventKinds, fields } from '../model/index.ts'
import type { ChunkPlace, Frame, InsertionOptions, Places, RecordRange } from './place.ts'
import { frameOf, inRecordRange, recordRangeParams } from './place.ts'
import type { Parameters, Segment } from './record.ts'
import { claimedLines, classifiedRelation, parameters, recordRelation } from './record.ts'
import type { MappedSource, Source } from './source.ts'
import { wholeList } from './source.ts'
import { textShapesFound } from './text-relation.ts'
import type { TextShape } from './text-shape.ts'

/**
 * The statements that take a chunk into the store. A mapping fills the dictionary's fields; the frame around it adds
 * what every event has. All values travel as native parameters.
 */

export type Statement = { readonly sql: Sql; readonly params: Params }

/** An address range by its first and last address. */
export type AddressRange = readonly [string, string]

/** Inserts the records of one source. What the other candidates claim stays out. */
export function insertStatement(
  source: MappedSource,
  candidates: readonly Source[],
  segment: Segment,
  places: Places,
  localRanges: readonly AddressRange[],
  options: InsertionOptions = {},
): Statement {
  const p = parameters()
  const record = recordRelation(source, candidates, segment, p)
  const frame = frameOf(places, 'frame_row')
  const mapped = mappedColumns(source)
  const { aliases, expressions } = derivedColumns(source, mapped)
  const identity = identityOf(segment, 'frame_line')
  const text = `INSERT INTO ${source.kind} (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, ${[...mapped, ...Object.keys(expressions)].join(', ')}, extra)
${aliases.length > 0 ? `WITH ${aliases.join(', ')} ` : ''}SELECT
  ${eventUid(frame, identity)},
  substring(SHA256(toString(identity)), 1, 16),
  ${frame.evidence_id}, ${frame.record_number}, ${frame.sequence}, {source:String},
  ${[...mapped, ...Object.values(expressions)].join(', ')}, frame_extra
FROM (${mappedRelation(source, `${frame.lines(record)} AS record`)})${options.unlessStored !== undefined ? `\nWHERE ${eventUid(frame, identity)} NOT IN (${storedBefore(source.kind)})` : ''}`
  const ranges =
    aliases.length > 0
      ? { local_first: localRanges.map(([first]) => first), local_last: localRanges.map(([, last]) => last) }
      : {}
  return {
    sql: { name: `ingest/${source.id}`, text },
    params: { ...p.values, ...ranges, ...frame.params, ...recordRangeParams(options.unlessStored), source: source.id },
  }
}

/**
 * What a mapping makes of its records, with the frame's own columns beside it. An ending stands around the mapping, not
 * behind it: the engine would write out each of its expressions again wherever another one names it.
 */
function mappedRelation(source: MappedSource, records: string): string {
  const { selectList, ending } = source
  const own = `SELECT line AS frame_line, row AS frame_row, extra AS frame_extra, ${selectList} FROM ${records}`
  return (ending?.steps ?? []).reduce((mapped, step) => `SELECT *, ${step} FROM (${mapped}) AS mapped`, own)
}

/** The bytes that identify a record: of a certificate its SHA-256, since the line is our own. */
function identityOf(segment: Segment, line: string): string {
  return segment.format === 'certificates' ? `JSONExtractString(${line}, 'sha256')` : line
}

function eventUid(frame: Frame, identity: string): string {
  return `substring(SHA256(concat(${frame.evidence_id}, '/', toString(${frame.record_number}), '\\n', ${identity})), 1, 16)`
}

function storedBefore(table: string): string {
  return `SELECT event_uid FROM ${table} WHERE ${inRecordRange}`
}

/**
 * Counts what becomes of every line: columns place (index of it, 0 for the only one), claim, reason, records. The
 * columns come in this order.
 */
export function censusStatement(candidates: readonly Source[], segment: Segment, places: Places): Statement {
  const p = parameters()
  const frame = frameOf(places, 'row')
  const lines = frame.lines(classifiedRelation(candidates, segment, p))
  const text = `SELECT ${frame.index} AS place, claim, reason, count() AS records FROM ${lines} GROUP BY place, claim, reason ORDER BY place, claim, reason`
  return { sql: { name: 'ingest/census', text }, params: p.values }
}

/** Asks which shapes of text a chunk has: one row with `found`, an array of 0 and 1 in the order of `shapes`. */
export function shapesStatement(
  shapes: readonly TextShape[],
  candidates: readonly Source[],
  places: Places,
): Statement {
  const p = parameters()
  const text = `SELECT found FROM ${frameOf(places, 'row').lines(textShapesFound(shapes, candidates, p))}`
  return { sql: { name: 'ingest/shapes', text }, params: p.values }
}

/** Counts the lines that one source claims, well-formed for it or not: columns place, records. */
export function claimedStatement(
  source: Source,
  candidates: readonly Source[],
  segment: Segment,
  places: Places,
): Statement {
  const p = parameters()
  const frame = frameOf(places, 'row')
  const text = `SELECT ${frame.index} AS place, count() AS records FROM ${frame.lines(claimedLines(source, candidates, segment, p))} GROUP BY place`
  return { sql: { name: `ingest/claimed/${source.id}`, text }, params: p.values }
}

/** Puts every malformed line of the chunk into quarantine with its place, its reason and at most 4,096 of its bytes. */
export function quarantineStatement(
  candidates: readonly Source[],
  segment: Segment,
  places: Places,
  options: InsertionOptions = {},
): Statement {
  const p: Parameters = parameters()
  const frame = frameOf(places, 'row')
  const before = `sum(length(line) + 1) OVER (PARTITION BY ${frame.index} ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const unless =
    options.unlessStored !== undefined
      ? `\n  AND (${frame.evidence_id}, ${frame.record_number}, ${frame.byte_offset} + before, length(line)) NOT IN (SELECT toString(evidence_id), record_number, byte_offset, bytes FROM malformed WHERE ${inRecordRange})`
      : ''
  const text = `INSERT INTO malformed (evidence_id, record_number, byte_offset, bytes, source, reason, field, excerpt, ingest_sequence)
SELECT ${frame.evidence_id}, ${frame.record_number}, ${frame.byte_offset} + before, length(line), claim, reason, field, substring(line, 1, 4096), ${frame.sequence}
FROM (SELECT line, row, claim, reason, field, ${before} AS before FROM ${frame.lines(classifiedRelation(candidates, segment, p))})
WHERE reason != '' AND NOT startsWith(reason, 'ignored/')${unless}`
  const params = { ...p.values, ...frame.params, ...recordRangeParams(options.unlessStored) }
  return { sql: { name: 'ingest/quarantine', text }, params }
}

/** The dictionary fields a mapping fills, in its order, by the aliases at the ends of its expressions. */
export function mappedColumns(source: MappedSource): readonly FieldName[] {
  const known: readonly string[] = eventKinds[source.kind].fields
  const aliases = [...wholeList(source).matchAll(/\bAS\s+([a-z][a-z0-9_]*)\s*(?:,|$)/gi)].map(
    ([, alias]) => alias ?? '',
  )
  return aliases.filter((alias): alias is FieldName => known.includes(alias))
}

/** What the frame works out itself where a mapping has not said it, and the aliases it uses for that. */
function derivedColumns(
  source: MappedSource,
  mapped: readonly FieldName[],
): { readonly aliases: readonly string[]; readonly expressions: Partial<Record<FieldName, string>> } {
  const fields: readonly FieldName[] = eventKinds[source.kind].fields
  const both = mapped.includes('source_ip') && mapped.includes('destination_ip')
  if (!both || !fields.includes('network_direction') || mapped.includes('network_direction'))
    return { aliases: [], expressions: {} }
  const local = (side: string) =>
    `arrayExists((first, last) -> ${side} BETWEEN first AND last, {local_first:Array(IPv6)}, {local_last:Array(IPv6)})`
  const aliases = [`${local('source_ip')} AS frame_from_local`, `${local('destination_ip')} AS frame_to_local`]
  const direction =
    "multiIf(source_ip IS NULL OR destination_ip IS NULL, '', frame_from_local AND frame_to_local, 'internal', frame_from_local, 'outbound', frame_to_local, 'inbound', 'external')"
  return { aliases, expressions: { network_direction: direction } }
}

/** Times outside are kept, and reported: a clock that stands at 1601 hides an event from every window of time. */
const plausible = ["'1990-01-01'", "'2100-01-01'"] as const

/** A run of sequences, and the records that have them. */
export type StoredRange = RecordRange & { readonly firstSequence: number; readonly lastSequence: number }

/**
 * What a chunk has put into the table of a source: columns stored, evidence (its ids), implausible, and of the first
 * implausible one implausible_evidence, implausible_record and implausible_time. Reads by the minmax index on
 * ingest_sequence.
 */
export function storedStatement(source: MappedSource, range: StoredRange): Statement {
  const [from, to] = plausible
  const odd = `(event_time < ${from} OR event_time >= ${to})`
  const first = (what: string) => `argMinIf(${what}, (evidence_id, record_number), ${odd})`
  const text = `SELECT count() AS stored, groupUniqArray(toString(evidence_id)) AS evidence, countIf(${odd}) AS implausible, toString(${first('evidence_id')}) AS implausible_evidence,
  ${first('record_number')} AS implausible_record, toString(${first('event_time')}) AS implausible_time
FROM ${source.kind}
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND source = {source:String} AND ${inRecordRange}`
  const sequence = { first: range.firstSequence, last: range.lastSequence }
  return {
    sql: { name: `ingest/stored/${source.id}`, text },
    params: { ...recordRangeParams(range), ...sequence, source: source.id },
  }
}

/**
 * How many of a chunk's records are in the table of a source, by whichever insertion they came: columns stored and
 * evidence. Looks every one of them up, among the rows of its evidence: a scan of two columns.
 */
export function arrivedStatement(
  source: MappedSource,
  candidates: readonly Source[],
  segment: Segment,
  places: Places,
  range: RecordRange,
): Statement {
  const p = parameters()
  const frame = frameOf(places, 'row')
  const text = `SELECT count() AS stored, groupUniqArray(${frame.evidence_id}) AS evidence
FROM ${frame.lines(recordRelation(source, candidates, segment, p))}
WHERE ${eventUid(frame, identityOf(segment, 'line'))} IN (${storedBefore(source.kind)})`
  return {
    sql: { name: `ingest/arrived/${source.id}`, text },
    params: { ...p.values, ...frame.params, ...recordRangeParams(range) },
  }
}

/**
 * Inserts rows that are told in the dictionary's own words, one JSON object a line: hashes in hexadecimal, times in ISO
 * 8601. For the cases beside detections and for rows that Counterseal makes itself.
 */
export function dictionaryStatement(kind: EventKind, place: ChunkPlace): Statement {
  const columns = eventKinds[kind].fields.map(name => ({ name, expression: fromDictionary(name, fields[name].type) }))
  const text = `INSERT INTO ${kind} (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, ${columns.map(({ name }) => name).join(', ')}, extra)
SELECT substring(SHA256(concat({evidence_id:String}, '/', toString({first_record:UInt64} + row), '\\n', line)), 1, 16),
  if(JSONHas(line, 'record_key'), substring(SHA256(JSONExtractString(line, 'record_key')), 1, 16), substring(SHA256(concat('${kind}', line)), 1, 16)),
  {evidence_id:String}, {first_record:UInt64} + row, {sequence:UInt64} + row, 'counterseal',
  ${columns.map(({ expression }) => expression).join(', ')}, map()
FROM {{chunk}} WHERE JSONExtractString(line, 'kind') = '${kind}'`
  const { evidence_id, first_record, sequence } = place
  return { sql: { name: `ingest/dictionary/${kind}`, text }, params: { evidence_id, first_record, sequence } }
}

function fromDictionary(name: FieldName, type: string): string {
  const hash = /FixedString\((\d+)\)/.exec(type)
  const text = `JSONExtractString(line, '${name}')`
  if (hash !== null)
    return `if(${text} = '', NULL, toFixedString(substring(unhex(${text}), 1, ${hash[1]}), ${hash[1]}))`
  if (type === 'Nullable(IPv6)') return `toIPv6OrNull(${text})`
  if (type.startsWith('Nullable(DateTime64')) return `parseDateTime64BestEffortOrNull(${text}, 6, 'UTC')`
  if (type.startsWith('DateTime64')) return `assumeNotNull(parseDateTime64BestEffortOrNull(${text}, 6, 'UTC'))`
  return `JSONExtract(line, '${name}', '${type.replaceAll("'", "\\'")}')`
}
