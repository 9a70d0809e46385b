import type { Parameters, W3cSegment } from './record.ts'
import type { MappedSource } from './source.ts'

/**
 * Lines of a W3C log as cells. Cells are separated by spaces or tabs; one that begins with a quote goes on to the next quote that is
 * not doubled. `r` has the cells.
 */
export function w3cLines(segment: W3cSegment): string {
  return `(SELECT line, row, r FROM (SELECT line, row, ${w3cCells()} AS r FROM {{chunk}}) WHERE length(r) = ${segment.columns.length} AND NOT startsWith(line, '#'))`
}

/** A line has as many cells as its header has columns, or it is malformed. */
export function w3cCells(): string {
  const cells = `extractAll(if(endsWith(line, '\\r'), substring(line, 1, length(line) - 1), line), '"(?:[^"]|"")*"|[^ \\t]+')`
  const plain = `if(startsWith(cell, '"') AND endsWith(cell, '"') AND length(cell) > 1, replaceAll(substring(cell, 2, length(cell) - 2), '""', '"'), cell)`
  return `arrayMap(cell -> ${plain}, ${cells})`
}

/**
 * `_time` is the day and the time of a line, in UTC as the format has it; `_date` the day that the header tells, for logs without one in
 * their lines; `_software` what wrote it.
 */
export function w3cText(path: string, segment: W3cSegment, source: MappedSource, p: Parameters): string {
  if (path === '_time' && !segment.columns.includes('_time')) {
    const [day, time] = [
      w3cText(segment.columns.includes('date') ? 'date' : '_date', segment, source, p),
      w3cText('time', segment, source, p),
    ]
    return `concat(${day}, ' ', ${time})`
  }
  if (path === '_date') return `nullIf(${p.add('String', segment.date)}, '')`
  if (path === '_software') return `nullIf(${p.add('String', segment.software)}, '')`
  const index = segment.columns.indexOf(path) + 1
  if (index === 0) return "CAST(NULL, 'Nullable(String)')"
  return `nullIf(if(has(${p.add('Array(String)', source.unset ?? [])}, r[${index}]), '', r[${index}]), '')`
}

/** What no field declares, as pairs of name and text. */
export function w3cRest(source: MappedSource, segment: W3cSegment, p: Parameters): string {
  const declared = new Set(source.fields.map(({ path }) => path))
  if (declared.has('_time')) for (const part of ['date', 'time']) declared.add(part)
  const unknown = segment.columns.flatMap((name, index) => (declared.has(name) ? [] : [{ name, index: index + 1 }]))
  if (unknown.length === 0) return "CAST([], 'Array(Tuple(String, String))')"
  const names = p.add(
    'Array(String)',
    unknown.map(({ name }) => name),
  )
  const pairs = `arrayZip(${names}, [${unknown.map(({ index }) => `r[${index}]`).join(', ')}])`
  return `arrayFilter(pair -> pair.2 != '' AND NOT has(${p.add('Array(String)', source.unset ?? [])}, pair.2), ${pairs})`
}
