import type { EventKind, FieldName, Params, Sql } from '../model/index.ts'
import { eventKinds, fields } from '../model/index.ts'
import type { Parameters, Segment } from './record.ts'
import { classifiedRelation, jsonLines, parameters, recordRelation } from './record.ts'
import type { MappedSource, Source } from './source.ts'

/**
 * The statements that take a chunk into the store. A mapping fills the dictionary's fields; the frame around it adds
 * what every event has. All values travel as native parameters.
 */

export type Statement = { readonly sql: Sql; readonly params: Params }

/** Where a chunk stands: what the frame needs to give its rows an identity. */
export type ChunkPlace = {
  readonly evidence_id: string
  readonly first_record: number
  /** `ingest_sequence` of the chunk's first line. */
  readonly sequence: number
  readonly byte_offset: number
}

/** An address range by its first and last address. */
export type AddressRange = readonly [string, string]

/** Inserts the records of one source. What the other candidates claim stays out. */
export function insertStatement(
  source: MappedSource,
  candidates: readonly Source[],
  segment: Segment,
  place: ChunkPlace,
  localRanges: readonly AddressRange[],
): Statement {
  const p = parameters()
  const record = recordRelation(source, candidates, segment, p)
  const mapped = mappedColumns(source)
  const { aliases, expressions } = derivedColumns(source, mapped)
  const identity = segment.format === 'certificates' ? "JSONExtractString(frame_line, 'der')" : 'frame_line'
  const text = `INSERT INTO ${source.kind} (event_uid, record_key, evidence_id, record_number, ingest_sequence, source, ${[...mapped, ...Object.keys(expressions)].join(', ')}, extra)
${aliases.length > 0 ? `WITH ${aliases.join(', ')} ` : ''}SELECT
  substring(SHA256(concat({evidence_id:String}, '/', toString({first_record:UInt64} + frame_row), '\\n', ${identity})), 1, 16),
  substring(SHA256(toString(identity)), 1, 16),
  {evidence_id:String}, {first_record:UInt64} + frame_row, {sequence:UInt64} + frame_row, {source:String},
  ${[...mapped, ...Object.values(expressions)].join(', ')}, frame_extra
FROM (
  SELECT line AS frame_line, row AS frame_row, extra AS frame_extra,
  ${source.selectList}
  FROM ${record} AS record
)`
  const ranges =
    aliases.length > 0
      ? { local_first: localRanges.map(([first]) => first), local_last: localRanges.map(([, last]) => last) }
      : {}
  const { evidence_id, first_record, sequence } = place
  return {
    sql: { name: `ingest/${source.id}`, text },
    params: { ...p.values, ...ranges, evidence_id, first_record, sequence, source: source.id },
  }
}

/** Counts what becomes of every line: columns claim, reason, records. */
export function censusStatement(candidates: readonly Source[], segment: Segment): Statement {
  const p = parameters()
  const text = `SELECT claim, reason, count() AS records FROM ${classifiedRelation(candidates, segment, p)} GROUP BY claim, reason ORDER BY claim, reason`
  return { sql: { name: 'ingest/census', text }, params: p.values }
}

/** Counts the JSON lines that one source claims, well-formed for it or not: column records. */
export function claimedStatement(source: Source, candidates: readonly Source[]): Statement {
  const p = parameters()
  const text = `SELECT count() AS records FROM ${jsonLines(source, candidates, p)}`
  return { sql: { name: `ingest/claimed/${source.id}`, text }, params: p.values }
}

/** Puts every malformed line of the chunk into quarantine with its place, its reason and at most 4,096 of its bytes. */
export function quarantineStatement(candidates: readonly Source[], segment: Segment, place: ChunkPlace): Statement {
  const p: Parameters = parameters()
  const offset = 'sum(length(line) + 1) OVER (ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)'
  const text = `INSERT INTO malformed (evidence_id, record_number, byte_offset, bytes, source, reason, field, excerpt, ingest_sequence)
SELECT {evidence_id:String}, {first_record:UInt64} + row, {byte_offset:UInt64} + before, length(line), claim, reason, field, substring(line, 1, 4096), {sequence:UInt64} + row
FROM (SELECT line, row, claim, reason, field, ${offset} AS before FROM ${classifiedRelation(candidates, segment, p)})
WHERE reason != '' AND NOT startsWith(reason, 'ignored/')`
  return { sql: { name: 'ingest/quarantine', text }, params: { ...p.values, ...place } }
}

/** The dictionary fields a mapping fills, in its order, by the aliases at the ends of its expressions. */
export function mappedColumns(source: MappedSource): readonly FieldName[] {
  const known: readonly string[] = eventKinds[source.kind].fields
  const aliases = [...source.selectList.matchAll(/\bAS\s+([a-z][a-z0-9_]*)\s*(?:,|$)/gi)].map(
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

/**
 * What a chunk has put into the table of a source: columns stored, implausible, first_implausible (record number) and
 * implausible_time. Reads by the minmax index on ingest_sequence.
 */
export function storedStatement(source: MappedSource, place: ChunkPlace, records: number): Statement {
  const [from, to] = plausible
  const odd = `(event_time < ${from} OR event_time >= ${to})`
  const text = `SELECT count() AS stored, countIf(${odd}) AS implausible,
  argMinIf(record_number, record_number, ${odd}) AS first_implausible, toString(argMinIf(event_time, record_number, ${odd})) AS implausible_time
FROM ${source.kind}
WHERE ingest_sequence BETWEEN {first:UInt64} AND {last:UInt64} AND source = {source:String} AND evidence_id = {evidence_id:String}`
  const params = {
    first: place.sequence,
    last: place.sequence + records - 1,
    source: source.id,
    evidence_id: place.evidence_id,
  }
  return { sql: { name: `ingest/stored/${source.id}`, text }, params }
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
