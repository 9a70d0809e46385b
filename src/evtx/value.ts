/**
 * A value as it was logged, with its type. Numbers of 64 bits are bigint; times are in 100 ns since 1601-01-01 UTC.
 */
export type Value = string | number | bigint | boolean | Uint8Array | null

/** Types of values (MS-EVEN6 §2.2.18, BinXmlType), by their octet. 0x80 is added for arrays. */
const typesByOctet = {
  0: 'null',
  1: 'string',
  /** One octet a character; read as Windows-1252. */
  2: 'ansi_string',
  3: 'int8',
  4: 'uint8',
  5: 'int16',
  6: 'uint16',
  7: 'int32',
  8: 'uint32',
  9: 'int64',
  10: 'uint64',
  11: 'float32',
  12: 'float64',
  13: 'boolean',
  14: 'binary',
  /** Text in braces, in lower case. */
  15: 'guid',
  /** A size or an address: 4 octets on a 32-bit machine, otherwise 8; always bigint. */
  16: 'size',
  /** 100 ns since 1601-01-01 UTC, bigint. */
  17: 'filetime',
  /** Text, `2026-03-02T09:00:00.123Z`; the clock's zone is not told. */
  18: 'systemtime',
  /** Text, `S-1-5-18`. */
  19: 'sid',
  /** A number that is shown in hexadecimal. */
  20: 'hex32',
  21: 'hex64',
  32: 'handle',
  /** Binary XML. It is unfolded: no value has this type in the end. */
  33: 'xml',
  /** XML as text. */
  35: 'event_xml',
} as const

export type ValueType = (typeof typesByOctet)[keyof typeof typesByOctet]

export const xmlType = 0x21
export const arrayFlag = 0x80

/** The name of a type octet without its array flag; `binary` for one that is not known. */
export const typeNames: readonly ValueType[] = Array.from(
  { length: 0x80 },
  (_, octet) => (typesByOctet as Readonly<Record<number, ValueType>>)[octet] ?? 'binary', // any number may be asked for
)

export const isKnownType: readonly boolean[] = Array.from({ length: 0x80 }, (_, octet) => octet in typesByOctet)

/** Octets of one value; 0 when its length varies. `size` may have 4 instead. */
export const sizeOfType: readonly number[] = Array.from({ length: 0x80 }, (_, octet) => {
  const sizes: Readonly<Record<number, number>> = {
    3: 1,
    4: 1,
    5: 2,
    6: 2,
    7: 4,
    8: 4,
    9: 8,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    15: 16,
    16: 8,
    17: 8,
    18: 16,
    20: 4,
    21: 8,
    32: 4,
  }
  return sizes[octet] ?? 0
})

/** The octet of a type. */
export const octetOfType = Object.fromEntries(
  Object.entries(typesByOctet).map(([octet, type]) => [type, Number(octet)]),
) as Readonly<Record<ValueType, number>> // every type is in the list
