import { claimExpression } from './match.ts'
import type { Parameters } from './record.ts'
import type { MappedSource, Source } from './source.ts'
import type { PairStyle, TextShape } from './text-shape.ts'
import { mostParts, syslogEnvelope } from './text-shape.ts'

/**
 * SQL that takes lines of text apart by the shapes of their sources. For each candidate there are four columns, by its
 * number: `w` the shape that the line has (0: none), `g` its groups, `c` its cells, `m` its pairs. `h` is the header of syslog, `body` what
 * follows it.
 */

/**
 * Lines with the columns of the candidates. The condition is always true: what it names is worked out once, for all lines. Left to be worked out
 * where it is asked for, within the engine's `multiIf`, it is worked out again for every place, and a thousand lines of twenty sources
 * took more than 20 GB (chdb 26.5).
 */
function textFloor(candidates: readonly Source[], p: Parameters): string {
  const each = (make: (source: Source, nth: number) => string) => candidates.map(make).join(', ')
  const kept = (letters: string) => each((_, nth) => [...letters].map(letter => `${letter}$${nth}`).join(', '))
  return `(SELECT line, row, h, ${kept('wg')}, ${each((source, nth) => `${cellsOf(source, nth)} AS c$${nth}, ${pairsOf(source, nth)} AS m$${nth}`)}
    FROM (SELECT line, row, h, ${each((_, nth) => `s$${nth}.1 AS w$${nth}, s$${nth}.2 AS g$${nth}`)}
    FROM (SELECT line, row, h, ${each((source, nth) => `${shapesOf(source, p)} AS s$${nth}`)}
    FROM ${textBodies(candidates, p)}))
    WHERE NOT ignore(${kept('wgcm')}))`
}

/** Lines with their header taken off, where a candidate may have one. */
function textBodies(candidates: readonly Source[], p: Parameters): string {
  const headed = candidates.some(({ lines = [] }) => lines.some(({ envelope }) => envelope === 'syslog'))
  const header = headed
    ? `extractGroups(line, ${p.add('String', syslogEnvelope.pattern)}) AS h, substring(line, ${syslogEnvelope.headers.map(nth => `length(h[${nth}])`).join(' + ')} + 1) AS body`
    : `CAST([], 'Array(String)') AS h, line AS body`
  return `(SELECT line, row, ${header} FROM {{chunk}} WHERE NOT ignore(h, body))`
}

/** Of each shape whether a line of the chunk has it: a relation of one row with the column `found`, an array of 0 and 1. */
export function textShapesFound(shapes: readonly TextShape[], candidates: readonly Source[], p: Parameters): string {
  const found = shapes.map(shape => `max(${hasShape(shape, p)})`)
  return `(SELECT [${found.join(', ')}] AS found FROM ${textBodies(candidates, p)})`
}

/** The lines that the source claims, with its own columns as `w`, `g`, `c`, `m`. */
export function textLines(source: Source, candidates: readonly Source[], p: Parameters): string {
  const before = candidates.slice(0, candidates.indexOf(source) + 1)
  const nth = before.length - 1
  const own = [...'wgcm'].map(letter => `${letter}$${nth} AS ${letter}`).join(', ')
  return `(SELECT line, row, h, ${own} FROM ${textFloor(before, p)} WHERE ${textClaimed(before, p)} = ${before.length})`
}

/** Every line with the columns of all candidates, and `claimed`: the number of the one whose it is, from 1. */
export function textCensus(candidates: readonly Source[], p: Parameters): string {
  const columns = candidates.map((_, nth) => [...'wgcm'].map(letter => `${letter}$${nth}`).join(', '))
  return `(SELECT line, row, h, ${[...columns, `${textClaimed(candidates, p)} AS claimed`].join(', ')} FROM ${textFloor(candidates, p)})`
}

function textClaimed(candidates: readonly Source[], p: Parameters): string {
  const cases = candidates.map((source, nth) => {
    const claim = claimExpression(
      source,
      path => textOf(source, path, p, `$${nth}`),
      texts => p.add('Array(String)', texts),
    )
    return `w$${nth} > 0 AND (${claim}), ${nth + 1}`
  })
  return `multiIf(${[...cases, '0'].join(', ')})`
}

/** The text of a field, a Nullable(String), from the columns with this suffix. */
export function textOf(source: Source, path: string, p: Parameters, suffix = ''): string {
  const texts = (source.lines ?? []).map(shape => textIn(shape, path, suffix))
  const [first] = texts
  const same = texts.every(text => text === first)
  const some = texts.flatMap((text, nth) => (text === undefined ? [] : [`w${suffix} = ${nth + 1}, ${text}`]))
  if (some.length === 0) return "CAST(NULL, 'Nullable(String)')"
  const text = same && first !== undefined ? first : `multiIf(${some.join(', ')}, '')`
  return `nullIf(if(has(${p.add('Array(String)', source.unset ?? [])}, ${text}), '', ${text}), '')`
}

function textIn(shape: TextShape, path: string, suffix: string): string | undefined {
  const named = (names: readonly string[], element: (nth: number) => string) =>
    names.flatMap((name, nth) => (name === path || name.startsWith(`${path}__`) ? [element(nth)] : []))
  const groups = [
    ...named(shape.groups, nth => `g${suffix}[${nth + 1}]`),
    ...named(headerOf(shape), nth => `h[${nth + 1}]`),
  ]
  const cell = shape.cells?.names.indexOf(path) ?? -1
  const [group, ...others] = groups
  if (group !== undefined) return others.reduce((text, other) => `if(${text} != '', ${text}, ${other})`, group)
  if (cell >= 0) return `c${suffix}[${cell + 1}]`
  return shape.pairs === undefined ? undefined : `m${suffix}['${path}']`
}

function headerOf({ envelope }: TextShape): readonly string[] {
  return envelope === 'syslog' ? syslogEnvelope.groups : []
}

/** A list in a text: its parts are separated by commas, semicolons or spaces. */
export function textList(text: string): string {
  return `if(${text} IS NULL, [], arrayFilter(part -> part != '', splitByRegexp('[,; ]+', assumeNotNull(${text}))))`
}

/** What no field declares, as pairs of name and text. */
export function textRest(source: MappedSource, p: Parameters): string {
  const declared = new Set(source.fields.map(({ path }) => path))
  const lists = (source.lines ?? []).map(shape => {
    const inside = [shape.cells?.in, shape.pairs?.in]
    const bare = [...headerOf(shape), ...shape.groups].map(name => name.replace(/__\d+$/, ''))
    const groups = [...new Set(bare)].flatMap(name =>
      declared.has(name) || inside.includes(name) || name === 'syslog_header'
        ? []
        : [`('${name}', ${textIn(shape, name, '') ?? "''"})`],
    )
    const names = shape.cells?.names ?? []
    const cells = `arrayMap((cell, nth) -> (if(${p.add('Array(String)', names)}[nth] = '', concat('column_', toString(nth)), ${p.add('Array(String)', names)}[nth]), cell), c, arrayEnumerate(c))`
    const known = p.add('Array(String)', [...declared])
    const rest = (pairs: string) => `arrayFilter(pair -> NOT has(${known}, pair.1), ${pairs})`
    const typed = `CAST([], 'Array(Tuple(String, String))')`
    return `arrayConcat(${[
      typed,
      ...(groups.length > 0 ? [`[${groups.join(', ')}]`] : []),
      ...(shape.cells === undefined ? [] : [rest(cells)]),
      ...(shape.pairs === undefined ? [] : [rest('arrayZip(mapKeys(m), mapValues(m))')]),
    ].join(', ')})`
  })
  const all =
    lists.length === 1
      ? lists.join('')
      : `multiIf(${lists.map((list, nth) => `w = ${nth + 1}, ${list}`).join(', ')}, [])`
  return `arrayFilter(pair -> pair.2 != '' AND NOT has(${p.add('Array(String)', source.unset ?? [])}, pair.2), ${all})`
}

// ——— The parts of a line ————————————————————————————————————————————————————————————————————————————————————————————

/** The first shape that a line has, from 1, and its groups. A pattern is tried only where those before it do not fit. */
function shapesOf({ lines = [] }: Source, p: Parameters): string {
  return lines.reduceRight((otherwise, shape, nth) => {
    const groups = `extractGroups(${partOf(shape)}, ${p.add('String', shape.pattern)})`
    return `if(${hasShape(shape, p)}, (${nth + 1}, ${groups}), ${otherwise})`
  }, "(0, CAST([], 'Array(String)'))")
}

function hasShape(shape: TextShape, p: Parameters): string {
  const { contains, pattern } = shape
  const possible = contains.length > 0 ? [`multiSearchAny(line, ${p.add('Array(String)', contains)})`] : []
  return [...possible, ...boundsOf(shape), `match(${partOf(shape)}, ${p.add('String', pattern)})`].join(' AND ')
}

function partOf({ envelope }: TextShape): string {
  return envelope === 'syslog' ? 'body' : 'line'
}

function boundsOf({ cells, pairs }: TextShape): readonly string[] {
  const marks = [...(cells === undefined ? [] : [',']), ...(pairs === undefined ? [] : [markOf[pairs.style]])]
  return marks.map(mark => `countSubstrings(line, '${mark}') <= ${mostParts}`)
}

export const markOf: Readonly<Record<PairStyle, string>> = { quoted: '=', cef: '=', tab: '=', caret: '=', colon: ': ' }

/** Of each shape the group that is taken apart, or an empty text. */
function insideOf(source: Source, nth: number, what: 'cells' | 'pairs'): string {
  const cases = (source.lines ?? []).flatMap((shape, number) => {
    const name = shape[what]?.in
    return name === undefined ? [] : [`w$${nth} = ${number + 1}, g$${nth}[${shape.groups.indexOf(name) + 1}]`]
  })
  return cases.length === 0 ? "''" : `multiIf(${[...cases, "''"].join(', ')})`
}

/** CSV, every cell with the comma behind it: a quote stands for itself where a cell does not begin with one. */
function cellsOf(source: Source, nth: number): string {
  if (!(source.lines ?? []).some(({ cells }) => cells !== undefined)) return "CAST([], 'Array(String)')"
  const inside = insideOf(source, nth, 'cells')
  const cell = `'(?:"((?:[^"]|"")*)"|([^,]*)),'`
  return `if(${inside} = '', [], arrayMap(cell -> if(cell[1] != '', replaceAll(cell[1], '""', '"'), cell[2]), extractAllGroupsVertical(concat(${inside}, ','), ${cell})))`
}

const noPairs = "CAST(map(), 'Map(String, String)')"

function pairsOf(source: Source, nth: number): string {
  const styles = [...new Set((source.lines ?? []).flatMap(({ pairs }) => pairs?.style ?? []))]
  if (styles.length === 0) return noPairs
  const inside = insideOf(source, nth, 'pairs')
  const cases = styles.map(style => {
    const shapes = (source.lines ?? []).flatMap(({ pairs }, number) => (pairs?.style === style ? [number + 1] : []))
    return `w$${nth} IN (${shapes.join(', ')}), ${pairsIn(style, inside)}`
  })
  return `multiIf(${[...cases, noPairs].join(', ')})`
}

/** Control characters stand for the ends of names and values; those of the line itself become spaces first. */
function pairsIn(style: PairStyle, text: string): string {
  const plain = `replaceRegexpAll(${text}, '[\\\\x01-\\\\x03]', ' ')`
  const parts = {
    quoted: `arrayMap(pair -> (pair[1], if(pair[2] != '', replaceRegexpAll(pair[2], '\\\\\\\\(.)', '\\\\1'), pair[3])), extractAllGroupsVertical(${plain}, '${quotedPair}'))`,
    cef: marked(
      `replaceRegexpAll(replaceAll(${plain}, '\\\\=', '\\x02'), '(^| )([A-Za-z0-9_.-]{1,100})=', '\\x03\\\\2\\x01')`,
      value => `replaceRegexpAll(replaceAll(${value}, '\\x02', '='), '\\\\\\\\([\\\\\\\\|])', '\\\\1')`,
    ),
    tab: `arrayMap(part -> (substring(part, 1, position(part, '=') - 1), substring(part, position(part, '=') + 1)), arrayFilter(part -> position(part, '=') > 1, splitByChar('\\t', ${plain})))`,
    caret: `arrayMap(part -> (substring(part, 1, position(part, '=') - 1), substring(part, position(part, '=') + 1)), arrayFilter(part -> position(part, '=') > 1, splitByChar('^', ${plain})))`,
    colon: marked(
      `replaceRegexpAll(${plain}, '(^|, )([A-Za-z][A-Za-z0-9_ ]{0,60}): ', '\\x03\\\\2\\x01')`,
      value => value,
    ),
  }[style]
  return `CAST(${parts}, 'Map(String, String)')`
}

/** A name, and a value that is quoted or has no spaces. */
export const quotedPair = '([A-Za-z0-9_.-]{1,100})=(?:"((?:[^"\\\\\\\\]|\\\\\\\\.)*)"|([^ ]*))'

function marked(text: string, undone: (value: string) => string): string {
  return `arrayMap(part -> (substring(part, 1, position(part, '\\x01') - 1), trimBoth(${undone("substring(part, position(part, '\\x01') + 1)")})), arrayFilter(part -> position(part, '\\x01') > 1, splitByChar('\\x03', ${text})))`
}
