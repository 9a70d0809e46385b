import { claimExpression, matchPaths } from './match.ts'
import type { MappedSource, Source, SourceField } from './source.ts'
import { isMapped } from './source.ts'
import { textCensus, textLines, textList, textOf, textRest } from './text-relation.ts'
import { w3cCells, w3cLines, w3cRest, w3cText } from './w3c-relation.ts'
import type { LogClock } from './wire-type.ts'
import { typedExpression } from './wire-type.ts'

/**
 * SQL that reads the lines of a chunk as records. Every format gives the same thing: a relation with `line`, `row`, one
 * typed column per declared field (named by its path) and `extra`, holding only complete records of one source.
 */

/** How the lines of a chunk are to be read. A Zeek header holds until the next one; chunks never span two. */
export type Segment =
  | { readonly format: 'json-lines' | 'json-document' | 'csv' | 'certificates' }
  | TextSegment
  | W3cSegment
  | {
      readonly format: 'zeek-tsv'
      readonly columns: readonly string[]
      readonly separator: string
      readonly setSeparator: string
      readonly emptyField: string
      readonly unsetField: string
    }

/** Lines of text. They may leave out the zone and the year of their times. */
export type TextSegment = {
  readonly format: 'text-lines'
  /** IANA name of the zone of times without one. */
  readonly zone: string
  /** Day, as 2026-11-24, after which nothing in it can have happened: by it a missing year is told. */
  readonly until: string
}

/** Lines below a header of the W3C format, which holds until the next one. */
export type W3cSegment = {
  readonly format: 'w3c'
  readonly columns: readonly string[]
  readonly software: string
  /** As 2026-03-02; empty where the header does not tell. */
  readonly date: string
}

export type ZeekSegment = Extract<Segment, { format: 'zeek-tsv' }>

/** Collects values on their way into native parameters. A value that is asked for again keeps its name. */
export type Parameters = {
  readonly values: Record<string, string | readonly string[]>
  add(type: string, value: string | readonly string[]): string
}

export function parameters(): Parameters {
  const values: Record<string, string | readonly string[]> = {}
  const placeholders = new Map<string, string>()
  return {
    values,
    add(type, value) {
      const key = JSON.stringify([type, value])
      const known = placeholders.get(key)
      if (known !== undefined) return known
      const name = `p${placeholders.size}`
      const placeholder = `{${name}:${type}}`
      values[name] = value
      placeholders.set(key, placeholder)
      return placeholder
    },
  }
}

/** Names of a field's text, a Nullable(String), and of its value. No path of a field holds a `$`, so none is hidden. */
type FieldColumn = { readonly field: SourceField; readonly text: string; readonly value: string }

/**
 * The relation of `source`'s records among `candidates`, which claim lines in their order. It is built in floors, a
 * SELECT above a SELECT: texts, then values, then records. Every expression stands in it once: analysing a statement
 * costs more than reading a small file, and cost four times as much when values were spelled out wherever they are used.
 */
export function recordRelation(
  source: MappedSource,
  candidates: readonly Source[],
  segment: Segment,
  p: Parameters,
): string {
  const columns = source.fields.map((field, nth) => {
    const text = `text$${nth}`
    return { field, text, value: field.type === 'string' ? text : `value$${nth}` }
  })
  const { lines, kept, textAt, listOf, extraOf } = layoutOf(source, candidates, segment, p)
  const texts = columns.map(({ field, text }) => `${textAt(field.path)} AS ${text}`)
  const values = columns.flatMap(column => {
    const { field, text, value } = column
    if (field.type === 'string') return []
    return [
      `${field.type === 'strings' ? listOf(column) : typedExpression(field.type, text, clockOf(segment, p))} AS ${value}`,
    ]
  })
  const named = columns.map(
    ({ field, value }) => `${field.required ? `assumeNotNull(${value})` : value} AS "${field.path}"`,
  )
  const { pairs, extra } = extraOf(columns)
  const isThere = ({ value }: FieldColumn) => `${value} IS NOT NULL`
  const complete = [
    ...columns.filter(({ field }) => field.required).map(isThere),
    ...(source.one_of ?? []).map(
      group =>
        `(${columns
          .filter(({ field }) => group.includes(field.path))
          .map(isThere)
          .join(' OR ')})`,
    ),
  ]
  return `(SELECT line, row, ${named.join(', ')}, ${extra} AS extra
  FROM (SELECT ${[...kept, ...columns.map(({ text }) => text), ...values, ...pairs].join(', ')}
  FROM (SELECT ${[...kept, ...texts].join(', ')}
  FROM ${lines})) WHERE ${complete.join(' AND ')})`
}

/** Where the texts of a record's fields stand in the lines of a segment. */
type Layout = {
  readonly lines: string
  /** Columns of the lines that the floors above need. */
  readonly kept: readonly string[]
  readonly textAt: (path: string) => string
  readonly listOf: (column: FieldColumn) => string
  readonly extraOf: (columns: readonly FieldColumn[]) => Extra
}

function layoutOf(source: MappedSource, candidates: readonly Source[], segment: Segment, p: Parameters): Layout {
  if (segment.format === 'zeek-tsv')
    return {
      lines: zeekLines(segment, p),
      kept: ['line', 'row', 'r', 'c'],
      textAt: path => zeekText(path, segment, p),
      listOf: ({ field }) => zeekList(field.path, segment, p),
      extraOf: columns => zeekExtra(source, columns, segment, p),
    }
  if (segment.format === 'w3c')
    return {
      lines: w3cLines(segment),
      kept: ['line', 'row', 'r'],
      textAt: path => w3cText(path, segment, source, p),
      listOf: ({ text }) => textList(text),
      extraOf: columns => ({
        pairs: [],
        extra: `CAST(arrayConcat(${[w3cRest(source, segment, p), ...misfits(columns)].join(', ')}), '${extraType}')`,
      }),
    }
  if (segment.format === 'text-lines')
    return {
      lines: textLines(source, candidates, p),
      kept: ['line', 'row', 'h', 'w', 'g', 'c', 'm'],
      textAt: path => textOf(source, path, p),
      listOf: ({ text }) => textList(text),
      extraOf: columns => ({
        pairs: [],
        extra: `CAST(arrayConcat(${[textRest(source, p), ...misfits(columns)].join(', ')}), '${extraType}')`,
      }),
    }
  return {
    lines: jsonLines(source, candidates, p, ownedByHeader(segment)),
    kept: ['line', 'row'],
    textAt: path => jsonText(path, 'j'),
    listOf: ({ text }) => jsonList(text),
    extraOf: jsonExtra,
  }
}

function clockOf(segment: Segment, p: Parameters): LogClock | undefined {
  if (segment.format !== 'text-lines') return undefined
  return { zone: p.add('String', segment.zone), until: p.add('Date', segment.until) }
}

/**
 * Every line of a chunk with what becomes of it: `claim` is the source that claims it, `reason` is empty for a record
 * that is stored, begins with `ignored/` for what is left out on purpose, and otherwise says why the line is malformed;
 * `field` names the required field that is missing or does not fit.
 */
export function classifiedRelation(candidates: readonly Source[], segment: Segment, p: Parameters): string {
  const mapped = candidates.filter(isMapped)
  if (segment.format === 'zeek-tsv') return classifiedZeek(mapped, segment, p)
  if (segment.format === 'text-lines') return classifiedText(candidates, segment, p)
  if (segment.format === 'w3c') return classifiedW3c(mapped, segment, p)
  const tuple = tupleType([...candidates.flatMap(matchPaths), ...mapped.flatMap(source => requiredPaths(source))])
  const missing = candidates.map(
    (source, index) => `claimed = ${index + 1}, ${isMapped(source) ? missingField(source, segment, p) : "''"}`,
  )
  const names = candidates.map((source, index) => `claimed = ${index + 1}, '${source.id}'`)
  const ignored = candidates.flatMap((source, index) =>
    isMapped(source) ? [] : [`claimed = ${index + 1}, 'ignored/${source.id}'`],
  )
  return `(SELECT line, row, multiIf(${names.join(', ')}, '') AS claim, multiIf(${missing.join(', ')}, '') AS field,
    multiIf(type = 'Object', multiIf(claimed = 0, 'source/unclaimed', ${[...ignored, ''].join(', ')}field != '', 'field/required', ''),
      trimBoth(line) = '', 'ignored/blank-line', NOT isValidJSON(line), 'json/invalid', 'json/not-an-object') AS reason
    FROM (SELECT line, row, j, JSONType(line) AS type, ${ownedByHeader(segment) ? '1' : claimedExpression(candidates, path => jsonText(path, 'j'), p)} AS claimed
      FROM (SELECT line, row, JSONExtract(line, '${tuple}') AS j FROM {{chunk}})))`
}

function classifiedZeek(mapped: readonly MappedSource[], segment: ZeekSegment, p: Parameters): string {
  const [source] = mapped
  const field = source === undefined ? "''" : missingField(source, segment, p)
  const width = segment.columns.length
  return `(SELECT line, row, '${source?.id ?? ''}' AS claim, if(length(r) = ${width}, ${field}, '') AS field,
    multiIf(trimBoth(line) = '', 'ignored/blank-line', startsWith(line, '#'), 'ignored/zeek-header',
      ${source === undefined ? "true, 'source/unclaimed', " : ''}length(r) != ${width}, 'record/column-count', field != '', 'field/required', '') AS reason
    FROM (SELECT line, row, r, r AS c FROM (SELECT line, row, ${zeekSplit(segment, p)} AS r FROM {{chunk}})))`
}

function classifiedText(candidates: readonly Source[], segment: TextSegment, p: Parameters): string {
  const missing = candidates.map((source, nth) => {
    const textAt = (path: string) => textOf(source, path, p, `$${nth}`)
    return `claimed = ${nth + 1}, ${isMapped(source) ? missingField(source, segment, p, textAt) : "''"}`
  })
  const names = candidates.map(({ id }, nth) => `claimed = ${nth + 1}, '${id}'`)
  const ignored = candidates.flatMap((source, nth) =>
    isMapped(source) ? [] : [`claimed = ${nth + 1}, 'ignored/${source.id}'`],
  )
  return `(SELECT line, row, multiIf(${names.join(', ')}, '') AS claim, multiIf(${missing.join(', ')}, '') AS field,
    multiIf(${ignored.map(one => `${one}, `).join('')}field != '', 'field/required', claimed > 0, '',
      trimBoth(line) = '', 'ignored/blank-line', 'source/unclaimed') AS reason
    FROM ${textCensus(candidates, p)})`
}

function classifiedW3c(mapped: readonly MappedSource[], segment: W3cSegment, p: Parameters): string {
  const [source] = mapped
  const textAt = (path: string) => (source === undefined ? "''" : w3cText(path, segment, source, p))
  const field = source === undefined ? "''" : missingField(source, segment, p, textAt)
  const width = segment.columns.length
  return `(SELECT line, row, '${source?.id ?? ''}' AS claim, if(length(r) = ${width}, ${field}, '') AS field,
    multiIf(trimBoth(line) = '', 'ignored/blank-line', startsWith(line, '#'), 'ignored/w3c-header',
      ${source === undefined ? "true, 'source/unclaimed', " : ''}length(r) != ${width}, 'record/column-count', field != '', 'field/required', '') AS reason
    FROM (SELECT line, row, ${w3cCells()} AS r FROM {{chunk}}))`
}

function missingField(
  source: MappedSource,
  segment: Segment,
  p: Parameters,
  textAt = (path: string) => (segment.format === 'zeek-tsv' ? zeekText(path, segment, p) : jsonText(path, 'j')),
): string {
  const isMissing = ({ path, type }: SourceField) => {
    return `${typedExpression(type, textAt(path), clockOf(segment, p))} IS NULL`
  }
  const required = source.fields.filter(field => field.required)
  const cases = required.map(field => `${isMissing(field)}, '${field.path}'`)
  for (const group of source.one_of ?? []) {
    const fields = source.fields.filter(field => group.includes(field.path))
    cases.push(`${fields.map(isMissing).join(' AND ')}, '${group[0]}'`)
  }
  return `multiIf(${cases.join(', ')}, '')`
}

function requiredPaths(source: MappedSource): readonly string[] {
  return [...source.fields.filter(field => field.required).map(field => field.path), ...(source.one_of ?? []).flat()]
}

function claimedExpression(candidates: readonly Source[], column: (path: string) => string, p: Parameters): string {
  const cases = candidates.map((source, index) => {
    const claim = claimExpression(source, column, texts => p.add('Array(String)', texts))
    return `${claim}, ${index + 1}`
  })
  return `multiIf(${cases.join(', ')}, 0)`
}

/** The fields whose text may be there while its value is not: such a text is kept in `extra`. */
function mayMisfit(columns: readonly FieldColumn[]): readonly FieldColumn[] {
  return columns.filter(({ field }) => field.type !== 'string' && field.type !== 'strings' && !field.required)
}

/** Those texts under the names of their fields. A value is there only where its text is, so the two differ in no other case. */
function misfits(columns: readonly FieldColumn[]): readonly string[] {
  const cases = mayMisfit(columns).map(({ field, text, value }) => {
    const test = `isNull(${value}) != isNull(${text})`
    return { test, list: `if(${test}, [('${field.path}', assumeNotNull(${text}))], [])` }
  })
  if (cases.length === 0) return []
  return [
    `if(${cases.map(({ test }) => test).join(' OR ')}, arrayConcat(${[...cases.map(({ list }) => list), '[]'].join(', ')}), [])`,
  ]
}

const extraType = 'Map(LowCardinality(String), String)'

// ——— JSON ———————————————————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The lines a source claims, with its fields as the tuple `j`. Each line is taken apart once, for what decides whose it
 * is and for the fields together; only when one reads a name as a value and the other goes below it are there two tuples.
 * A list is no record, though the engine would give its elements to a tuple in their order.
 */
function jsonLines(source: Source, candidates: readonly Source[], p: Parameters, byHeader = false): string {
  const own = isMapped(source) ? source.fields.map(field => field.path) : []
  const asked = byHeader ? [] : candidates.flatMap(matchPaths)
  const all = [...own, ...asked]
  const together = !all.some(path => all.some(other => other.startsWith(`${path}/`)))
  const tuples = together
    ? `JSONExtract(line, '${tupleType(all)}') AS j, j AS k`
    : `JSONExtract(line, '${tupleType(own)}') AS j, JSONExtract(line, '${tupleType(asked)}') AS k`
  const possible = candidates.length > 1 ? possibleExpression(source, p) : undefined
  const filter = possible === undefined ? '' : ` WHERE ${possible}`
  const claimed = byHeader ? '1' : claimedExpression(candidates, path => jsonText(path, 'k'), p)
  return `(SELECT line, row, j FROM (SELECT line, row, ${tuples} FROM {{chunk}}${filter})
    WHERE ${claimed} = ${candidates.indexOf(source) + 1} AND (startsWith(line, '{') OR JSONType(line) = 'Object'))`
}

/** The lines that one source claims, of JSON or of text. */
export function claimedLines(source: Source, candidates: readonly Source[], segment: Segment, p: Parameters): string {
  return segment.format === 'text-lines' ? textLines(source, candidates, p) : jsonLines(source, candidates, p)
}

/** The columns of a CSV file say whose its records are, so the only candidate claims them all, empty fields or not. */
function ownedByHeader({ format }: Segment): boolean {
  return format === 'csv'
}

/**
 * A condition that every line the source claims meets, by its bytes alone: most lines of a mixed log are put aside
 * before they are taken apart. A text stands in a line as it is, between quotes and right behind its name, unless there
 * is white space at the colon (RFC 8259 §2) or a backslash somewhere: such a line passes. Undefined when a rule gives
 * nothing to go by. A regular expression that allows for white space costs more than taking the line apart.
 */
function possibleExpression(source: Source, p: Parameters): string | undefined {
  const marks = new Set(['\\'])
  for (const { equals, present } of source.match) {
    const [wanted] = Object.entries(equals)
    const name = `"${lastName(wanted?.[0] ?? present.at(-1) ?? '')}"`
    const texts = [wanted?.[1] ?? []].flat()
    // The text of a number or a boolean stands without quotes, and a number in more than one way.
    if (texts.some(text => !/^[A-Za-z]/.test(text) || /["\\]|^(true|false|null)$/.test(text))) return undefined
    if (wanted === undefined) marks.add(name)
    else for (const text of texts) marks.add(`${name}:"${text}"`)
    if (wanted !== undefined)
      for (const space of [' ', '\t', '\r']) marks.add(`${name}${space}`).add(`${name}:${space}`)
  }
  return marks.size <= mostMarks ? `multiSearchAny(line, ${p.add('Array(String)', [...marks])})` : undefined
}

/** The engine refuses a search for more (MultiSearchImpl.h). */
const mostMarks = 255

const lastName = (path: string) => path.slice(path.lastIndexOf('/') + 1)

/**
 * A named tuple with a Nullable(String) at every path; of a path that goes below another only the longer one is in it.
 * Paths hold no character that would need escaping.
 */
function tupleType(paths: readonly string[]): string {
  const below = groups(paths)
  const leaves = [...new Set(paths.filter(path => !path.includes('/') && !below.has(path)))]
  const members = [
    ...leaves.map(name => `\`${name}\` Nullable(String)`),
    ...[...below].map(([name, inner]) => `\`${name}\` ${tupleType(inner)}`),
  ]
  return `Tuple(${members.join(', ')})`
}

/** What stands below each name, as paths from there on. */
function groups(paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of new Set(paths)) {
    const slash = path.indexOf('/')
    if (slash === -1) continue
    const top = path.slice(0, slash)
    found.set(top, [...(found.get(top) ?? []), path.slice(slash + 1)])
  }
  return found
}

function jsonText(path: string, tuple: string): string {
  return path.split('/').reduce((inside, name) => `tupleElement(${inside}, '${name}')`, tuple)
}

/** A JSON array as a list of texts; a lone value as a list of one; nothing as an empty list. */
function jsonList(raw: string): string {
  return `if(${raw} IS NULL, [], if(startsWith(assumeNotNull(${raw}), '['), JSONExtract(assumeNotNull(${raw}), 'Array(String)'), [assumeNotNull(${raw})]))`
}

/** What `extra` is made of: columns of the floor of values, and the expression above it. */
type Extra = { readonly pairs: readonly string[]; readonly extra: string }

/**
 * The keys no field declares, repeated keys, and values that did not fit. Counting keys is cheap, listing them is not:
 * where all keys are accounted for an empty text is listed instead of the line. The listing is no branch of an `if`,
 * because the engine works out the branches' common parts once for each place they stand in (a third of the whole time).
 */
function jsonExtra(columns: readonly FieldColumn[]): Extra {
  const inGroup = (name: string) => columns.filter(({ field }) => field.path.startsWith(`${name}/`))
  const top = columns.filter(({ field }) => !field.path.includes('/'))
  const names = [...groups(columns.map(({ field }) => field.path)).keys()]
  const there = ({ text }: FieldColumn) => `isNotNull(${text})`
  const groupThere = (name: string) => `(${inGroup(name).map(there).join(' OR ')})`
  const unknown = (pairs: string, declared: readonly string[]) =>
    `arrayFilter((pair, nth) -> NOT has([${declared.map(name => `'${name}'`).join(', ')}], pair.1) OR nth > 1, ${pairs}, arrayEnumerateUniq(${pairs}.1))`
  const below = names.map((name, nth) => {
    // What lies deeper counts as the object that holds it: of that one, what no field declares is not kept.
    const second = ({ field }: FieldColumn) => field.path.split('/')[1] ?? ''
    const declared = [...new Set(inGroup(name).map(second))]
    const anyOf = (inner: string) =>
      inGroup(name)
        .filter(column => second(column) === inner)
        .map(there)
    const odd = `JSONLength(line, '${name}') != ${declared.map(inner => bracketed(anyOf(inner))).join(' + ')}`
    // Where no field of a group is there it may be a text, a number or a list: that is kept whole.
    const isOther = `NOT ${groupThere(name)} AND JSONType(line, '${name}') NOT IN ('Object', 'Null')`
    return {
      column: `JSONExtractKeysAndValues(if(${odd}, line, ''), '${name}', 'String') AS below$${nth}`,
      lists: [
        `arrayMap(pair -> (concat('${name}/', pair.1), pair.2), ${unknown(`below$${nth}`, declared)})`,
        `if(${isOther}, [('${name}', JSONExtractRaw(line, '${name}'))], [])`,
      ],
    }
  })
  const odd = `JSONLength(line) != ${[...top.map(there), ...names.map(groupThere)].join(' + ')}`
  const lists = [
    unknown('top$0', [...top.map(({ field }) => field.path), ...names]),
    ...below.flatMap(({ lists }) => lists),
    ...misfits(columns),
  ]
  return {
    pairs: [`JSONExtractKeysAndValues(if(${odd}, line, ''), 'String') AS top$0`, ...below.map(({ column }) => column)],
    extra: `CAST(arrayConcat(${[...lists, '[]'].join(', ')}), '${extraType}')`,
  }
}

function bracketed(alternatives: readonly string[]): string {
  return alternatives.length === 1 ? alternatives.join('') : `(${alternatives.join(' OR ')})`
}

// ——— Zeek tab-separated —————————————————————————————————————————————————————————————————————————————————————————————

/** `r` holds the cells as they stand, `c` the same with escapes undone; a line without a backslash has but one list. */
function zeekLines(segment: ZeekSegment, p: Parameters): string {
  const split = `SELECT line, row, ${zeekSplit(segment, p)} AS r FROM {{chunk}}`
  const whole = `length(r) = ${segment.columns.length} AND NOT startsWith(line, '#')`
  const undone = `if(position(line, '\\\\') > 0, arrayMap(cell -> ${unescaped('cell')}, r), r)`
  return `(SELECT line, row, r, ${undone} AS c FROM (${split}) WHERE ${whole})`
}

function zeekSplit(segment: ZeekSegment, p: Parameters): string {
  return `splitByString(${p.add('String', segment.separator)}, if(endsWith(line, '\\r'), substring(line, 1, length(line) - 1), line))`
}

/** Unset is NULL, the empty mark is an empty text. */
function zeekText(path: string, segment: ZeekSegment, p: Parameters): string {
  const index = segment.columns.indexOf(path) + 1
  if (index === 0) return "CAST(NULL, 'Nullable(String)')"
  const unset = `if(r[${index}] = ${p.add('String', segment.unsetField)}, NULL, c[${index}])`
  return `if(r[${index}] = ${p.add('String', segment.emptyField)}, '', ${unset})`
}

/** A set or vector is split before its escapes are undone: a comma inside an element is written as `\x2c`. */
function zeekList(path: string, segment: ZeekSegment, p: Parameters): string {
  const index = segment.columns.indexOf(path) + 1
  if (index === 0) return "CAST([], 'Array(String)')"
  const nothing = `r[${index}] IN (${p.add('String', segment.unsetField)}, ${p.add('String', segment.emptyField)})`
  const parts = `splitByString(${p.add('String', segment.setSeparator)}, r[${index}])`
  return `if(${nothing}, [], if(position(line, '\\\\') > 0, arrayMap(part -> ${unescaped('part')}, ${parts}), ${parts}))`
}

/** Zeek's ASCII writer doubles a backslash and writes bytes as `\x09`; a percent sign is put aside for the decoding. */
function unescaped(text: string): string {
  return `decodeURLComponent(replaceAll(replaceAll(replaceAll(${text}, '%', '%25'), '\\\\\\\\', '%5C'), '\\\\x', '%'))`
}

function zeekExtra(source: MappedSource, columns: readonly FieldColumn[], segment: ZeekSegment, p: Parameters): Extra {
  const declared = new Set(source.fields.map(field => field.path))
  const unknown = segment.columns.flatMap((name, index) => (declared.has(name) ? [] : [{ name, index: index + 1 }]))
  const there = columns.filter(({ field }) => segment.columns.includes(field.path))
  const lists: string[] = []
  if (unknown.length > 0) {
    const names = p.add(
      'Array(String)',
      unknown.map(({ name }) => name),
    )
    const raw = `[${unknown.map(({ index }) => `r[${index}]`).join(', ')}]`
    const cells = `[${unknown.map(({ index }) => `c[${index}]`).join(', ')}]`
    lists.push(
      `arrayFilter((pair, raw) -> raw != ${p.add('String', segment.unsetField)}, arrayZip(${names}, ${cells}), ${raw})`,
    )
  }
  return { pairs: [], extra: `CAST(arrayConcat(${[...lists, ...misfits(there), '[]'].join(', ')}), '${extraType}')` }
}
