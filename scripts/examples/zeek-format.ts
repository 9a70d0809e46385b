/**
 * Zeek's two ways of writing a record.
 *
 * TSV (ASCII writer): tab-separated, unset `-`, empty container `(empty)`, container items joined by `,`. A backslash
 * is doubled, a control character or a comma inside a container item becomes `\xHH`. JSON: one object a line, unset
 * fields left out, times and intervals as seconds.
 */
import { collectionEnd, collectionStart, zeekSeconds, zeekStamp } from './clock.ts'
import { columnsOf, type ZeekLog } from './zeek-columns.ts'

/** Times and intervals are microseconds; `undefined` is Zeek's unset. */
export type ZeekValue = string | number | boolean | readonly (string | number)[] | undefined

export type ZeekRecord = {
  /** When Zeek would write the line; files are in this order, not in the order of `ts`. */
  readonly written: number
  readonly values: Readonly<Record<string, ZeekValue>>
}

export function zeekTsv(log: ZeekLog, records: readonly ZeekRecord[]): string {
  const columns = columnsOf(log)
  const rows = inOrder(records).map(record =>
    columns.map(column => tsvField(record.values[column.name], column.type)).join('\t'),
  )
  const header = [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    `#path\t${log}`,
    `#open\t${zeekStamp(collectionStart)}`,
    `#fields\t${columns.map(column => column.name).join('\t')}`,
    `#types\t${columns.map(column => column.type).join('\t')}`,
  ]
  return `${[...header, ...rows, `#close\t${zeekStamp(collectionEnd)}`].join('\n')}\n`
}

export function zeekJson(log: ZeekLog, records: readonly ZeekRecord[]): string {
  const columns = columnsOf(log)
  return inOrder(records)
    .map(record => {
      const fields = columns.flatMap(column => {
        const value = record.values[column.name]
        return value === undefined ? [] : [`${JSON.stringify(column.name)}:${jsonText(value, column.type)}`]
      })
      return `{${fields.join(',')}}\n`
    })
    .join('')
}

function inOrder(records: readonly ZeekRecord[]): readonly ZeekRecord[] {
  return records.toSorted((left, right) => left.written - right.written)
}

function tsvField(value: ZeekValue, type: string): string {
  if (value === undefined) return '-'
  if (Array.isArray(value)) {
    const item = type.slice(type.indexOf('[') + 1, -1)
    return value.length === 0 ? '(empty)' : value.map(each => tsvField(each, item).replaceAll(',', '\\x2c')).join(',')
  }
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'number') return type === 'time' || type === 'interval' ? zeekSeconds(value) : String(value)
  const text = String(value).replaceAll('\\', '\\\\')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what Zeek escapes here
  return text === '-' ? '\\x2d' : text.replace(/[\x00-\x1f\x7f]/g, hexEscape)
}

function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

function jsonText(value: Exclude<ZeekValue, undefined>, type: string): string {
  if (typeof value === 'object') return `[${value.map(each => jsonText(each, type)).join(',')}]`
  if (typeof value === 'number' && /time|interval/.test(type)) return jsonSeconds(value)
  return JSON.stringify(value)
}

/** Up to six decimals, at least one: `1791790207.0`, `0.042711`. */
function jsonSeconds(micros: number): string {
  return zeekSeconds(micros).replace(/0{1,5}$/, '')
}
