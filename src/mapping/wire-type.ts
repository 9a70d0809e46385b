/**
 * How a value stands in evidence. A wire type turns the text of a value into a typed, nullable column; what does not
 * fit becomes NULL, never zero (a missing time that becomes 0 is 1970), and the text is kept in `extra`.
 */

export const wireTypes = {
  string: 'Text as it stands.',
  strings: 'A list of texts: a JSON array, a Zeek set or vector.',
  object: 'A JSON object, as its text.',
  array: 'A JSON array, as its text.',
  integer: 'A whole number within 64 bits, signed.',
  count: 'A whole number within 64 bits, not negative.',
  small: 'A whole number within 16 bits, not negative: a port, a status code.',
  number: 'A decimal number.',
  bool: 'true/false, T/F, 1/0.',
  time: 'Seconds since the epoch with an optional fraction, or ISO 8601; without a zone it is UTC.',
  address: 'An IPv4 or IPv6 address.',
  sha256: 'SHA-256 in hexadecimal, any case, with or without colons.',
  sha1: 'SHA-1 in hexadecimal, any case, with or without colons.',
} as const satisfies Record<string, string>

export type WireType = keyof typeof wireTypes

/** Beyond this many seconds from the epoch (the year 8307) a number is no time. */
const farthestSecond = 200_000_000_000

/**
 * SQL that types `raw`, a Nullable(String) expression (Array(String) for `strings`). The result is NULL exactly when
 * `raw` is NULL or does not fit. Nothing in it can fail on any input: one bad value must not end the whole INSERT.
 */
export function typedExpression(type: WireType, raw: string): string {
  switch (type) {
    case 'string':
    case 'strings':
      return raw
    case 'object':
      return `if(startsWith(${raw}, '{') AND isValidJSON(assumeNotNull(${raw})), ${raw}, NULL)`
    case 'array':
      return `if(startsWith(${raw}, '[') AND isValidJSON(assumeNotNull(${raw})), ${raw}, NULL)`
    case 'integer':
      return `toInt64OrNull(${raw})`
    case 'count':
      return `toUInt64OrNull(${raw})`
    case 'small':
      return `toUInt16OrNull(${raw})`
    case 'number':
      return `toFloat64OrNull(${raw})`
    case 'bool':
      return `multiIf(lower(${raw}) IN ('true', 't', '1'), true, lower(${raw}) IN ('false', 'f', '0'), false, NULL)`
    case 'time':
      return timeExpression(raw)
    case 'address':
      return `toIPv6OrNull(${raw})`
    case 'sha256':
      return hashExpression(raw, 32)
    case 'sha1':
      return hashExpression(raw, 20)
  }
}

/** ISO 8601 has a dash after the year; everything else must be a number of seconds, read exactly, not as a float. */
function timeExpression(raw: string): string {
  const seconds = `toDecimal128OrNull(${raw}, 6)`
  const near = `${seconds} BETWEEN -${farthestSecond} AND ${farthestSecond}`
  const epoch = `if(${near}, fromUnixTimestamp64Micro(toInt64(${seconds} * 1000000), 'UTC'), NULL)`
  return `if(substring(${raw}, 5, 1) = '-', parseDateTime64BestEffortOrNull(${raw}, 6, 'UTC'), ${epoch})`
}

function hashExpression(raw: string, bytes: number): string {
  const digits = `lower(replaceAll(${raw}, ':', ''))`
  return `if(match(${digits}, '^[0-9a-f]{${bytes * 2}}$'), toFixedString(substring(unhex(${digits}), 1, ${bytes}), ${bytes}), NULL)`
}
