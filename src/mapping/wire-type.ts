import { isIP } from 'node:net'

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
  log_time:
    'A time as logs write it: as in `time`, `10/Oct/2000:13:55:36 -0700`, `Oct 10 13:55:36`, `19-Oct-2022 05:34:02.425`, `6/5/2013 10:00:32 AM` (month first with AM or PM), `23.05.2019 11:28:06`. What it does not say is told by the evidence and its reader: the zone, the year.',
  time: 'Seconds since the epoch with an optional fraction, or ISO 8601; without a zone it is UTC.',
  address: 'An IPv4 or IPv6 address.',
  sha256: 'SHA-256 in hexadecimal, any case, with or without colons.',
  sha1: 'SHA-1 in hexadecimal, any case, with or without colons.',
  md5: 'MD5 in hexadecimal, any case, with or without colons.',
  der: 'Something in DER, such as a certificate: base64 or PEM. Its value is the bytes.',
} as const satisfies Record<string, string>

export type WireType = keyof typeof wireTypes

/** Beyond this many seconds from the epoch (the year 8307) a number is no time. */
const farthestSecond = 200_000_000_000

/**
 * SQL that types `raw`, a Nullable(String) expression (Array(String) for `strings`). The result is NULL exactly when
 * `raw` is NULL or does not fit. Nothing in it can fail on any input: one bad value must not end the whole INSERT.
 */
export function typedExpression(type: WireType, raw: string, clock: LogClock = utcClock): string {
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
    case 'log_time':
      return logTimeExpression(raw, clock)
    case 'time':
      return timeExpression(raw)
    case 'address':
      return `toIPv6OrNull(${raw})`
    case 'sha256':
      return hashExpression(raw, 32)
    case 'sha1':
      return hashExpression(raw, 20)
    case 'md5':
      return hashExpression(raw, 16)
    case 'der':
      return derExpression(raw)
  }
}

/** DER begins with the tag of a SEQUENCE, 0x30, which as text is a zero (X.690 §8.9.1). */
function derExpression(raw: string): string {
  const base64 = `replaceRegexpAll(${raw}, '-----[A-Z0-9 ]+-----|[^A-Za-z0-9+/=]', '')`
  return `if(startsWith(tryBase64Decode(${base64}), '0'), tryBase64Decode(${base64}), NULL)`
}

const shapes: Partial<Record<WireType, RegExp>> = {
  sha256: /^(?:[0-9a-f]{2}:?){32}$/i,
  sha1: /^(?:[0-9a-f]{2}:?){20}$/i,
  md5: /^(?:[0-9a-f]{2}:?){16}$/i,
  der: /^M[A-Za-z0-9+/]{8,}={0,2}$/,
  time: /^(?:\d{1,12}(?:\.\d+)?|\d{4}-\d{2}-\d{2}.{0,20})$/,
  small: /^\d{1,5}$/,
}

/** Whether a text may be a value of a type, to tell what a column without a name holds. False where that says nothing. */
export function looksLike(type: WireType, text: string): boolean {
  return type === 'address' ? isIP(text) !== 0 : (shapes[type]?.test(text) ?? false)
}

/** SQL of what a log leaves out: a zone (String), and a day (Date) after which nothing in it can have happened. */
export type LogClock = { readonly zone: string; readonly until: string }

const utcClock: LogClock = { zone: "'UTC'", until: "toDate('2100-01-01')" }

/**
 * Months have names in English wherever they have names. Without a year it is the last year, of five, in which the day
 * exists and has come: a February 29 is at most four years back.
 */
function logTimeExpression(raw: string, { zone, until }: LogClock): string {
  const parsed = (text: string) => `toTimeZone(parseDateTime64BestEffortOrNull(${text}, 6, ${zone}), 'UTC')`
  const bare = `trimBoth(replaceRegexpAll(${raw}, '[\\[\\],]+', ' '))`
  const common = `replaceRegexpOne(${bare}, '^([0-9]{1,2}/[A-Za-z]{3}/[0-9]{4}):', '\\1 ')`
  const american = `replaceRegexpOne(${common}, '^([0-9])/', '0\\1/')`
  const padded = `replaceRegexpOne(${american}, '^([0-9]{2})/([0-9])/', '\\1/0\\2/')`
  const yearFirst = `if(match(${raw}, '[0-9] ?[AP]M *$'), replaceRegexpOne(${padded}, '^([0-9]{2})/([0-9]{2})/([0-9]{4}) ', '\\3-\\1-\\2 '), ${common})`
  const years = `arrayMap(back -> ${parsed(`concat(toString(toYear(${until}) - back), ' ', assumeNotNull(${bare}))`)}, range(5))`
  const latest = `arrayFirst(one -> one < toDateTime64(${until}, 6, 'UTC') + INTERVAL 2 DAY, ${years})`
  const isYearless = `match(${bare}, '^[A-Z][a-z]{2} +[0-9]{1,2} [0-9]{2}:')`
  const isPlain = `match(${raw}, '^[0-9]+([.][0-9]+)?$')`
  const isIso = `substring(${raw}, 5, 1) = '-' AND match(${raw}, '(Z|[+-][0-9]{2}:?[0-9]{2})$')`
  return `multiIf(${raw} IS NULL, NULL, ${isPlain} OR (${isIso}), ${timeExpression(raw)}, ${isYearless}, ${latest}, ${parsed(yearFirst)})`
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
