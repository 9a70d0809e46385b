import type { NameFact } from './facts.ts'
import { normalText } from './normal-text.ts'

/**
 * Distinguished names as text: what tools print, read back, and the one text under which a name is stored.
 *
 *   RFC 4514 §3     CN=Example\, Inc.,O=x,C=US         last RDN first, + between attributes of one RDN
 *   OpenSSL         C = US, O = x, CN = y              in the order of the DER
 *   OpenSSL, old    /C=US/O=x/CN=y                     in the order of the DER
 *
 * Some print values with commas in them bare (Suricata) or in quotes (crt.sh), so a comma only parts attributes where a
 * type and `=` follow.
 */

/** Longer text is not a name anybody needs: the rest is not read. */
const longestText = 16_384
const mostAttributes = 256
/** Characters of an attribute type; a dotted OID has the most, and `#` begins one that could not be read. */
const longestType = 128

/** What tools call the attribute types, in lower case, and the reader's names for them. */
const typeNames: Readonly<Record<string, string>> = {
  commonname: 'CN',
  countryname: 'C',
  organizationname: 'O',
  organizationalunitname: 'OU',
  organizationalunit: 'OU',
  localityname: 'L',
  stateorprovincename: 'ST',
  s: 'ST',
  sp: 'ST',
  email: 'emailAddress',
  e: 'emailAddress',
  streetaddress: 'street',
  userid: 'UID',
  domaincomponent: 'DC',
  surname: 'SN',
  givenname: 'GN',
  g: 'GN',
  serial: 'serialNumber',
  ...Object.fromEntries(
    Object.entries({
      '2.5.4.3': 'CN',
      '2.5.4.4': 'SN',
      '2.5.4.5': 'serialNumber',
      '2.5.4.6': 'C',
      '2.5.4.7': 'L',
      '2.5.4.8': 'ST',
      '2.5.4.9': 'street',
      '2.5.4.10': 'O',
      '2.5.4.11': 'OU',
      '2.5.4.15': 'businessCategory',
      '2.5.4.17': 'postalCode',
      '2.5.4.97': 'organizationIdentifier',
      '0.9.2342.19200300.100.1.1': 'UID',
      '0.9.2342.19200300.100.1.25': 'DC',
      '1.2.840.113549.1.9.1': 'emailAddress',
      '1.2.840.113549.1.9.2': 'unstructuredName',
      '1.2.840.113549.1.9.8': 'unstructuredAddress',
      '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
      '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
      '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
    }).flatMap(([oid, name]) => [
      [oid, name],
      [name.toLowerCase(), name],
    ]),
  ),
}

/** The attribute type as it is compared: `cn`, `emailaddress`, `2.5.4.99`, whatever a tool called it. */
export function typeKey(type: string): string {
  const known = typeKeys.get(type)
  if (known !== undefined) return known
  const key = typeName(type).toLowerCase()
  // Somebody may send names of a million types; those that repeat are few.
  if (typeKeys.size < mostTypeKeys) typeKeys.set(type, key)
  return key
}

const typeKeys = new Map<string, string>()
const mostTypeKeys = 1000

function typeName(type: string): string {
  const lower = type.toLowerCase().replace(/^oid\./, '')
  return Object.hasOwn(typeNames, lower) ? (typeNames[lower] ?? lower) : lower === type.toLowerCase() ? type : lower
}

/** How general an attribute is: names run from the country to the person, or the other way round. */
const ranks: ReadonlyMap<string, number> = new Map(
  Object.entries({
    c: 0,
    dc: 0,
    st: 1,
    l: 2,
    o: 3,
    ou: 4,
    cn: 5,
    emailaddress: 6,
  }),
)

/** Positive: from the general (C) to the particular (CN), as the DER usually stands. Negative: the other way. */
function direction(types: readonly string[]): number {
  const seen = [0, 0, 0, 0, 0, 0, 0]
  let ascending = 0
  for (const type of types) {
    const rank = ranks.get(type)
    if (rank === undefined) continue
    for (let other = 0; other < seen.length; other += 1) ascending += Math.sign(rank - other) * (seen[other] ?? 0)
    seen[rank] = (seen[rank] ?? 0) + 1
  }
  return ascending
}

/**
 * Reads a name as a tool prints it. Never throws; text that is no name has no attributes.
 *
 * Nobody says in which order a text stands, so it is taken from where its attributes do: C before CN is the order of the
 * DER. Where that tells nothing, a space after the commas does (OpenSSL writes one, RFC 4514 does not). A name whose maker
 * put CN first in the DER is therefore turned round; {@link normalName} is the same for both.
 *
 * @returns in the order of the DER, as far as the text tells it
 */
export function readNameText(text: string): readonly NameFact[] {
  const trimmed = text.slice(0, longestText).trim()
  const slashes = trimmed.startsWith('/') && typeAt(trimmed, 1) !== undefined
  const { attributes, spaced } = split(trimmed, slashes)
  if (slashes) return attributes
  const order = direction(attributes.map(({ type }) => typeKey(type)))
  return order < 0 || (order === 0 && !spaced) ? attributes.toReversed() : attributes
}

type Found = { readonly type: string; readonly valueAt: number }

/** A type and its `=` at this place, spaces round them allowed. */
function typeAt(text: string, at: number): Found | undefined {
  let start = at
  while (text[start] === ' ') start += 1
  let end = start
  while (end - start < longestType && isTypeCharacter(text.charCodeAt(end))) end += 1
  if (end === start) return undefined
  let equals = end
  while (text[equals] === ' ' && equals - end < 2) equals += 1
  return text[equals] === '=' ? { type: text.slice(start, end), valueAt: equals + 1 } : undefined
}

function isTypeCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x61 && code <= 0x7a) ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x23
  )
}

function split(text: string, slashes: boolean): { readonly attributes: NameFact[]; readonly spaced: boolean } {
  const attributes: NameFact[] = []
  let spaced = false
  let found = typeAt(text, slashes ? 1 : 0)
  while (found !== undefined && attributes.length < mostAttributes) {
    const { type, valueAt } = found
    const { value, end } = readValue(text, valueAt, slashes)
    attributes.push({ type: typeName(type), value })
    if (text[end] === ',' && text[end + 1] === ' ') spaced = true
    found = end < text.length ? typeAt(text, end + 1) : undefined
  }
  return { attributes, spaced }
}

/** The value that begins at `at`, unescaped, and where it ends: at a mark that a type follows, or with the text. */
function readValue(text: string, at: number, slashes: boolean): { readonly value: string; readonly end: number } {
  let from = at
  while (text[from] === ' ') from += 1
  const bytes: number[] = []
  let value = ''
  let quoted = false
  let here = from
  const flush = () => {
    if (bytes.length > 0) value += Buffer.from(bytes.splice(0)).toString('utf8')
  }
  for (; here < text.length; here += 1) {
    const character = text[here] ?? ''
    if (character === '\\' && here + 1 < text.length) {
      const pair = hexPair(text, here + 1) ?? (text[here + 1] === 'x' ? hexPair(text, here + 2) : undefined)
      if (pair !== undefined) {
        bytes.push(pair)
        here += text[here + 1] === 'x' ? 3 : 2
        continue
      }
      flush()
      value += text[here + 1]
      here += 1
      continue
    }
    if (character === '"' && (quoted || here === from)) {
      quoted = !quoted
      continue
    }
    if (!quoted && isMark(character, slashes) && typeAt(text, here + 1) !== undefined) break
    flush()
    value += character
  }
  flush()
  // Spaces before the mark are the printer's, unless they were escaped, which nobody does but for the first and last.
  const trimmed = value.trim()
  return { value: text[from] === '#' ? fromHexadecimal(trimmed) : trimmed, end: here }
}

function isMark(character: string, slashes: boolean): boolean {
  return slashes ? character === '/' : character === ',' || character === '+' || character === '\n'
}

function hexPair(text: string, at: number): number | undefined {
  const pair = text.slice(at, at + 2)
  return /^[0-9a-fA-F]{2}$/.test(pair) ? Number.parseInt(pair, 16) : undefined
}

/** `#` and the DER of a string (RFC 4514 §2.4), as Go writes e-mail addresses: tag, one octet of length, text. */
function fromHexadecimal(value: string): string {
  const octets = /^#((?:0c|13|14|16)[0-7][0-9a-f])((?:[0-9a-f]{2}){0,127})$/i.exec(value)
  if (octets === null) return value
  const contents = Buffer.from(octets[2] ?? '', 'hex')
  return Number.parseInt(octets[1]?.slice(2) ?? '', 16) === contents.length ? contents.toString('utf8') : value
}

/** Of the arrays that come again: the reader freezes those it gives to more than one certificate. */
const normalNames = new WeakMap<readonly NameFact[], string>()
const rfc4514Names = new WeakMap<readonly NameFact[], string>()

/**
 * The one text of a name that is stored and compared: `c=us,o=example\, inc.,cn=www.example.com`. Types and values in
 * lower case, as {@link typeKey} and `normalText` give them, the general first whichever way the DER stands: some tools
 * print one order, some the other, and the text does not say which. Names that differ in nothing else are therefore one;
 * the attribute subject_shape tells them apart. An empty name is ''.
 */
export function normalName(attributes: readonly NameFact[]): string {
  const [first] = attributes
  if (first === undefined) return ''
  if (attributes.length === 1) return `${typeKey(first.type)}=${escaped(normalText(first.value))}`
  return remembered(attributes, normalNames, normalNameOf)
}

function remembered(
  attributes: readonly NameFact[],
  names: WeakMap<readonly NameFact[], string>,
  textOf: (attributes: readonly NameFact[]) => string,
): string {
  if (!Object.isFrozen(attributes)) return textOf(attributes)
  const known = names.get(attributes)
  if (known !== undefined) return known
  const text = textOf(attributes)
  names.set(attributes, text)
  return text
}

function normalNameOf(attributes: readonly NameFact[]): string {
  const types = attributes.map(({ type }) => typeKey(type))
  const parts = attributes.map(({ value }, at) => `${types[at]}=${escaped(normalText(value))}`)
  const order = direction(types)
  return order === 0 ? smaller(parts) : (order > 0 ? parts : parts.reverse()).join(',')
}

/** Of the two ways in which parts can stand. */
function smaller(parts: readonly string[]): string {
  const [first = ''] = [parts.join(','), parts.toReversed().join(',')].sort()
  return first
}

/** What {@link readNameText} would take for a mark stands behind a backslash. */
function escaped(value: string): string {
  return /[\\,+"#]/.test(value) ? value.replace(/[\\,+"#]/g, '\\$&') : value
}

/** RFC 4514: last RDN first. */
export function rfc4514(attributes: readonly NameFact[]): string {
  return remembered(attributes, rfc4514Names, rfc4514Of)
}

function rfc4514Of(attributes: readonly NameFact[]): string {
  let text = ''
  for (const { type, value } of attributes) {
    const one = `${type}=${isPlain(value) ? value : rfc4514Value(value)}`
    text = text === '' ? one : `${one},${text}`
  }
  return text
}

function rfc4514Value(value: string): string {
  return value.replace(/[,+"\\<>;]/g, '\\$&').replace(/^[ #]| $/g, '\\$&')
}

/** Nothing in it could need a backslash. */
function isPlain(value: string): boolean {
  return plain.test(value)
}

const plain = /^[\w.*-]*$/
