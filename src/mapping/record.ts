import { claimExpression, matchPaths } from './match.ts'
import type { MappedSource, Source, SourceField } from './source.ts'
import { isMapped } from './source.ts'
import { typedExpression } from './wire-type.ts'

/**
 * SQL that reads the lines of a chunk as records. Every format gives the same thing: a relation with `line`, `row`, one
 * typed column per declared field (named by its path) and `extra`, holding only complete records of one source.
 */

/** How the lines of a chunk are to be read. A Zeek header holds until the next one; chunks never span two. */
export type Segment =
  | { readonly format: 'json-lines' }
  | { readonly format: 'certificates' }
  | {
      readonly format: 'zeek-tsv'
      readonly columns: readonly string[]
      readonly separator: string
      readonly setSeparator: string
      readonly emptyField: string
      readonly unsetField: string
    }

export type ZeekSegment = Extract<Segment, { format: 'zeek-tsv' }>

/** Collects values on their way into native parameters. */
export type Parameters = {
  readonly values: Record<string, string | readonly string[]>
  add(type: string, value: string | readonly string[]): string
}

export function parameters(): Parameters {
  const values: Record<string, string | readonly string[]> = {}
  return {
    values,
    add(type, value) {
      const name = `p${Object.keys(values).length}`
      values[name] = value
      return `{${name}:${type}}`
    },
  }
}

/** The text of one field in a record, as a Nullable(String) expression, and the same as its type. */
export type FieldColumn = { readonly field: SourceField; readonly raw: string; readonly typed: string }

/** The relation of `source`'s records among `candidates`, which claim lines in their order. */
export function recordRelation(
  source: MappedSource,
  candidates: readonly Source[],
  segment: Segment,
  p: Parameters,
): string {
  const columns = source.fields.map(field => fieldColumn(field, segment, p))
  const required = columns.filter(({ field }) => field.required).map(({ typed }) => `${typed} IS NOT NULL`)
  const names = columns.map(
    ({ field, typed }) =>
      `${required.length > 0 && field.required ? `assumeNotNull(${typed})` : typed} AS "${field.path}"`,
  )
  const lines = segment.format === 'zeek-tsv' ? zeekLines(segment, p) : jsonLines(source, candidates, p)
  const extra = segment.format === 'zeek-tsv' ? zeekExtra(source, columns, segment, p) : jsonExtra(columns)
  return `(SELECT line, row, ${names.join(', ')}, ${extra} AS extra FROM ${lines} WHERE ${required.join(' AND ')})`
}

/**
 * Every line of a chunk with what becomes of it: `claim` is the source that claims it, `reason` is empty for a record
 * that is stored, begins with `ignored/` for what is left out on purpose, and otherwise says why the line is malformed;
 * `field` names the required field that is missing or does not fit.
 */
export function classifiedRelation(candidates: readonly Source[], segment: Segment, p: Parameters): string {
  const mapped = candidates.filter(isMapped)
  if (segment.format === 'zeek-tsv') return classifiedZeek(mapped, segment, p)
  const tuple = tupleType([...candidates.flatMap(matchPaths), ...mapped.flatMap(source => requiredPaths(source))])
  const missing = candidates.map(
    (source, index) => `claimed = ${index + 1}, ${isMapped(source) ? missingField(source, segment, p) : "''"}`,
  )
  const names = candidates.map((source, index) => `claimed = ${index + 1}, '${source.id}'`)
  const ignored = candidates.flatMap((source, index) =>
    isMapped(source) ? [] : [`claimed = ${index + 1}, 'ignored/${source.id}'`],
  )
  return `(SELECT line, row, multiIf(${names.join(', ')}, '') AS claim, multiIf(${missing.join(', ')}, '') AS field,
    multiIf(trimBoth(line) = '', 'ignored/blank-line', NOT isValidJSON(line), 'json/invalid',
      JSONType(line) != 'Object', 'json/not-an-object', claimed = 0, 'source/unclaimed', ${[...ignored, ''].join(', ')}
      field != '', 'field/required', '') AS reason
    FROM (SELECT line, row, j, ${claimedExpression(candidates, path => jsonText(path, 'j'), p)} AS claimed
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

function missingField(source: MappedSource, segment: Segment, p: Parameters): string {
  const columns = source.fields.filter(field => field.required).map(field => fieldColumn(field, segment, p))
  return `multiIf(${columns.map(({ field, typed }) => `${typed} IS NULL, '${field.path}'`).join(', ')}, '')`
}

function requiredPaths(source: MappedSource): readonly string[] {
  return source.fields.filter(field => field.required).map(field => field.path)
}

function claimedExpression(candidates: readonly Source[], column: (path: string) => string, p: Parameters): string {
  const cases = candidates.map((source, index) => {
    const claim = claimExpression(source, column, texts => p.add('Array(String)', texts))
    return `${claim}, ${index + 1}`
  })
  return `multiIf(${cases.join(', ')}, 0)`
}

function fieldColumn(field: SourceField, segment: Segment, p: Parameters): FieldColumn {
  const raw = segment.format === 'zeek-tsv' ? zeekText(field.path, segment, p) : jsonText(field.path, 'j')
  if (field.type !== 'strings') return { field, raw, typed: typedExpression(field.type, raw) }
  return { field, raw, typed: segment.format === 'zeek-tsv' ? zeekList(field.path, segment, p) : jsonList(raw) }
}

/** True for a value whose text is there and whose type is not: it is kept as text. */
function misfit({ field, raw, typed }: FieldColumn): string[] {
  return field.type === 'string' || field.type === 'strings' || field.required
    ? []
    : [`(${raw} IS NOT NULL AND ${typed} IS NULL)`]
}

function keptMisfits(columns: readonly FieldColumn[]): string[] {
  return columns.flatMap(column =>
    misfit(column).map(test => `if(${test}, [('${column.field.path}', assumeNotNull(${column.raw}))], [])`),
  )
}

const extraType = 'Map(LowCardinality(String), String)'

// ——— JSON ———————————————————————————————————————————————————————————————————————————————————————————————————————————

function jsonLines(source: MappedSource, candidates: readonly Source[], p: Parameters): string {
  const claimed = claimedExpression(candidates, path => jsonText(path, 'k'), p)
  const matched = `SELECT line, row FROM (SELECT line, row, JSONExtract(line, '${tupleType(candidates.flatMap(matchPaths))}') AS k FROM {{chunk}})
    WHERE ${claimed} = ${candidates.indexOf(source) + 1}`
  return `(SELECT line, row, JSONExtract(line, '${tupleType(source.fields.map(field => field.path))}') AS j FROM (${matched}))`
}

/** A named tuple with a Nullable(String) at every path. Paths hold no character that would need escaping. */
function tupleType(paths: readonly string[]): string {
  const below = groups(paths)
  const leaves = [...new Set(paths.filter(path => !path.includes('/') && !below.has(path)))]
  const members = [
    ...leaves.map(name => `\`${name}\` Nullable(String)`),
    ...[...below].map(
      ([name, inner]) => `\`${name}\` Tuple(${inner.map(leaf => `\`${leaf}\` Nullable(String)`).join(', ')})`,
    ),
  ]
  return `Tuple(${members.join(', ')})`
}

function groups(paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of new Set(paths)) {
    const [top = '', below] = path.split('/')
    if (below !== undefined) found.set(top, [...(found.get(top) ?? []), below])
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

/**
 * The keys no field declares, repeated keys, and values that did not fit. Counting keys is cheap, listing them is not:
 * a record whose keys are all accounted for skips the listing.
 */
function jsonExtra(columns: readonly FieldColumn[]): string {
  const inGroup = (name: string) => columns.filter(({ field }) => field.path.startsWith(`${name}/`))
  const top = columns.filter(({ field }) => !field.path.includes('/'))
  const names = [...groups(columns.map(({ field }) => field.path)).keys()]
  const there = (column: FieldColumn) => `(${column.raw} IS NOT NULL)`
  const groupThere = (name: string) => `(${inGroup(name).map(there).join(' OR ')})`
  const expected = [...top.map(there), ...names.map(groupThere)].join(' + ')
  const unaccounted = [
    `JSONLength(line) != ${expected}`,
    ...names.map(
      name => `(${groupThere(name)} AND JSONLength(line, '${name}') != ${inGroup(name).map(there).join(' + ')})`,
    ),
    ...columns.flatMap(misfit),
  ]
  const quoted = (list: readonly string[]) => list.map(name => `'${name}'`).join(', ')
  const unknown = (pairs: string, declared: readonly string[]) =>
    `arrayFilter((pair, nth) -> NOT has([${quoted(declared)}], pair.1) OR nth > 1, ${pairs}, arrayEnumerateUniq(arrayMap(pair -> pair.1, ${pairs})))`
  const kept = [
    unknown("JSONExtractKeysAndValues(line, 'String')", [...top.map(({ field }) => field.path), ...names]),
    ...names.map(name => {
      const inner = unknown(
        `JSONExtractKeysAndValues(line, '${name}', 'String')`,
        inGroup(name).map(({ field }) => field.path.slice(name.length + 1)),
      )
      const whole = `[('${name}', JSONExtractRaw(line, '${name}'))]`
      const listed = `arrayMap(pair -> (concat('${name}/', pair.1), pair.2), ${inner})`
      return `if(JSONType(line, '${name}') IN ('Object', 'Null'), ${listed}, ${whole})`
    }),
    ...keptMisfits(columns),
  ]
  return `if(${unaccounted.join(' OR ')}, CAST(arrayConcat(${kept.join(', ')}), '${extraType}'), CAST([], '${extraType}'))`
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

function zeekExtra(source: MappedSource, columns: readonly FieldColumn[], segment: ZeekSegment, p: Parameters): string {
  const declared = new Set(source.fields.map(field => field.path))
  const unknown = segment.columns.flatMap((name, index) => (declared.has(name) ? [] : [{ name, index: index + 1 }]))
  const there = columns.filter(({ field }) => segment.columns.includes(field.path))
  const kept = [...keptMisfits(there)]
  if (unknown.length > 0) {
    const names = p.add(
      'Array(String)',
      unknown.map(({ name }) => name),
    )
    const raw = `[${unknown.map(({ index }) => `r[${index}]`).join(', ')}]`
    const cells = `[${unknown.map(({ index }) => `c[${index}]`).join(', ')}]`
    const set = `(pair, raw) -> raw != ${p.add('String', segment.unsetField)}`
    kept.unshift(`arrayFilter(${set}, arrayZip(${names}, ${cells}), ${raw})`)
  }
  return kept.length === 0 ? `CAST([], '${extraType}')` : `CAST(arrayConcat(${kept.join(', ')}), '${extraType}')`
}
