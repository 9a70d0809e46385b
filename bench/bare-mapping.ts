import type { MappedSource, Segment, WireType } from '../src/mapping/index.ts'
import { mappedColumns } from '../src/mapping/index.ts'
import type { Sql } from '../src/model/index.ts'

/**
 * What somebody would write who only wants the rows: the mapping's own columns over one typed tuple of each line. No
 * identity, no keys or hashes, no `extra`, no looking at values that do not fit, nothing about lines that are not
 * records. It is no yardstick to be reached; it shows what the frame around a mapping costs.
 */
export function bareStatement(source: MappedSource, segment: Segment, alone: boolean): Sql {
  const columns = mappedColumns(source)
  const record = segment.format === 'zeek-tsv' ? tsvRecord(source, segment) : jsonRecord(source, alone)
  const text = `INSERT INTO ${source.kind} (${columns.join(', ')})
SELECT ${columns.join(', ')} FROM (SELECT ${source.selectList} FROM (${record}))`
  return { name: `bench/bare/${source.id}`, text }
}

const jsonTypes: Readonly<Record<WireType, string>> = {
  string: 'Nullable(String)',
  object: 'Nullable(String)',
  array: 'Nullable(String)',
  strings: 'Array(String)',
  integer: 'Nullable(Int64)',
  count: 'Nullable(UInt64)',
  small: 'Nullable(UInt16)',
  number: 'Nullable(Float64)',
  bool: 'Nullable(Bool)',
  log_time: 'Nullable(String)',
  time: 'Nullable(String)',
  address: 'Nullable(String)',
  sha256: 'Nullable(String)',
  sha1: 'Nullable(String)',
  md5: 'Nullable(String)',
  der: 'Nullable(String)',
}

/** Times and addresses are no JSON types, so a text goes through one conversion. */
function converted(type: WireType, text: string): string {
  if (type === 'time') return `parseDateTime64BestEffortOrNull(${text}, 6, 'UTC')`
  if (type === 'address') return `toIPv6OrNull(${text})`
  if (type === 'sha256' || type === 'sha1') {
    const bytes = type === 'sha256' ? 32 : 20
    return `if(${text} IS NULL, NULL, toFixedString(substring(unhex(replaceAll(${text}, ':', '')), 1, ${bytes}), ${bytes}))`
  }
  return text
}

function jsonRecord(source: MappedSource, alone: boolean): string {
  const groups = new Map<string, string[]>()
  for (const { path, type } of source.fields) {
    const [top = '', below] = path.split('/')
    groups.set(below === undefined ? '' : top, [
      ...(groups.get(below === undefined ? '' : top) ?? []),
      `\`${below ?? top}\` ${jsonTypes[type]}`,
    ])
  }
  const members = [...groups].flatMap(([top, leaves]) =>
    top === '' ? leaves : [`\`${top}\` Tuple(${leaves.join(', ')})`],
  )
  const columns = source.fields.map(({ path, type, required }) => {
    const raw = path.split('/').reduce((inside, name) => `tupleElement(${inside}, '${name}')`, 'j')
    const typed = converted(type, raw)
    return `${required ? `assumeNotNull(${typed})` : typed} AS "${path}"`
  })
  const [rule] = source.match
  const mine = Object.entries(rule?.equals ?? {}).map(
    ([name, text]) => `tupleElement(j, '${name}') IN ('${[text].flat().join("', '")}')`,
  )
  const filter = alone || mine.length === 0 ? '' : ` WHERE ${mine.join(' AND ')}`
  return `SELECT ${columns.join(', ')} FROM (SELECT JSONExtract(line, 'Tuple(${members.join(', ')})') AS j FROM {{chunk}})${filter}`
}

const tsvConversions: Partial<Record<WireType, (text: string) => string>> = {
  integer: text => `toInt64OrNull(${text})`,
  count: text => `toUInt64OrNull(${text})`,
  small: text => `toUInt16OrNull(${text})`,
  number: text => `toFloat64OrNull(${text})`,
  bool: text => `if(${text} = '-', NULL, ${text} = 'T')`,
}

function tsvRecord(source: MappedSource, segment: Extract<Segment, { format: 'zeek-tsv' }>): string {
  const columns = source.fields.map(({ path, type, required }) => {
    const index = segment.columns.indexOf(path) + 1
    const cell = `c[${index}]`
    if (type === 'strings')
      return index === 0
        ? `CAST([], 'Array(String)') AS "${path}"`
        : `if(${cell} IN ('-', '(empty)'), [], splitByChar(',', ${cell})) AS "${path}"`
    const raw = index === 0 ? "CAST(NULL, 'Nullable(String)')" : cell
    const typed = tsvConversions[type]?.(raw) ?? (type === 'string' ? `nullIf(${raw}, '-')` : converted(type, raw))
    return `${required ? `assumeNotNull(${typed})` : typed} AS "${path}"`
  })
  return `SELECT ${columns.join(', ')} FROM (SELECT splitByChar('\\t', line) AS c FROM {{chunk}} WHERE NOT startsWith(line, '#'))`
}
