import type { ParamValue } from '../../model/index.ts'

/**
 * Values for native query parameters, as the engine reads them: a lone text in the escaping of a TabSeparated field, an
 * array as SQL writes it, with its strings as literals. Seen in ClickHouse 26.7 and held by a seeded round trip in the test.
 */
export function formatParam(value: ParamValue): string {
  if (value === null) return '\\N'
  if (Array.isArray(value)) return formatNested(value)
  return escapeField(formatScalar(value as Exclude<ParamValue, readonly ParamValue[] | null>)) // excluded just above
}

/** `param_name = '…'` for the embedded engine, which takes parameters as session settings. */
export function setParam(name: string, value: ParamValue): string {
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw new TypeError(`parameter name ${JSON.stringify(name)} is not snake_case`)
  return `param_${name} = ${quoteLiteral(formatParam(value))}`
}

/** A SQL string literal. For settings and paths of our own; values of queries go through parameters. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\0', '\\0')}'`
}

function formatScalar(value: string | number | bigint | boolean | Date | Uint8Array): string {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError(`parameter value ${value} is not a finite number`)
      return String(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? '1' : '0'
    default:
      if (value instanceof Date) return value.toISOString().replace('T', ' ').replace('Z', '')
      return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
  }
}

function formatNested(value: ParamValue): string {
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return `[${value.map(formatNested).join(',')}]`
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return formatScalar(value)
  return quoteLiteral(formatScalar(value as string | Date | Uint8Array)) // the rest of the union
}

function escapeField(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\0', '\\0')
}
