import { readAlgorithm } from './algorithms.ts'
import type { PublicKey } from './certificate.ts'
import type { Walk } from './der.ts'
import { expectEnd, note, readElement, readExpected, tags, view } from './der.ts'

import { algorithmNames, curveNames } from './oid-names.ts'
import { oidAt } from './oids.ts'
import { bitLength, checkInteger, readBitString } from './primitives.ts'

/** What is told of a key besides its bytes. */
type Details = Pick<PublicKey, 'bits' | 'curve' | 'modulus' | 'exponent' | 'point'>

type Kind = {
  readonly name: string
  /** Reads the key between `start` and `end`, and the parameters, which stand between `parameters` and `parametersEnd`. */
  readonly read?: (walk: Walk, start: number, end: number, parameters: number, parametersEnd: number) => Details
}

const nothing: Details = {
  bits: undefined,
  curve: undefined,
  modulus: undefined,
  exponent: undefined,
  point: undefined,
}

/** By the OID of the algorithm. RFC 3279 §2.3, RFC 5480, RFC 8410; those after them have no parts to tell. */
const kinds: ReadonlyMap<string, Kind> = new Map([
  ['1.2.840.113549.1.1.1', { name: 'rsa', read: readRsa }],
  ['1.2.840.113549.1.1.10', { name: 'rsa-pss', read: readRsa }],
  ['1.2.840.113549.1.1.7', { name: 'rsa-oaep', read: readRsa }],
  ['1.2.840.10045.2.1', { name: 'ec', read: readEc }],
  ['1.3.132.1.12', { name: 'ec', read: readEc }],
  ['1.2.840.10040.4.1', { name: 'dsa', read: readDiscreteLogarithm }],
  ['1.2.840.10046.2.1', { name: 'dh', read: readDiscreteLogarithm }],
  ['1.2.840.113549.1.3.1', { name: 'dh', read: readDiscreteLogarithm }],
  ['1.2.643.2.2.19', { name: 'gost-2001' }],
  ['1.2.643.7.1.1.1.1', { name: 'gost-2012-256' }],
  ['1.2.643.7.1.1.1.2', { name: 'gost-2012-512' }],
  ...Object.entries(algorithmNames)
    .filter(([, name]) => /^(?:X25519|X448|Ed25519|Ed448|ML-|SLH-)/.test(name))
    .map(([oid, name]): [string, Kind] => [oid, { name: name.toLowerCase() }]),
])

/**
 * The SubjectPublicKeyInfo that is the element read last. RFC 5280 §4.1.2.7:
 *
 *   SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
 */
export function readPublicKey(walk: Walk): PublicKey | undefined {
  const { start, contents, contentsEnd, end } = walk
  if (!readExpected(walk, contents, contentsEnd, tags.sequence, 'algorithm')) return undefined
  const { end: algorithmEnd, contentsEnd: parametersEnd } = walk
  const algorithm = readAlgorithm(walk)
  if (algorithm === undefined) return undefined
  const parameters = walk.end
  if (!readExpected(walk, algorithmEnd, contentsEnd, tags.bitString, 'subjectPublicKey')) return undefined
  expectEnd(walk, walk.end, contentsEnd)
  const { cut, contentsEnd: keyEnd } = walk
  const keyStart = readBitString(walk)
  const kind = kinds.get(algorithm.oid)
  const { bits, curve, modulus, exponent, point } =
    kind?.read === undefined || cut ? nothing : kind.read(walk, keyStart, keyEnd, parameters, parametersEnd)
  return {
    spki: view(walk, start, end),
    algorithm,
    kind: kind?.name ?? algorithm.oid,
    bits,
    curve,
    modulus,
    exponent,
    point,
    key: view(walk, keyStart, keyEnd),
  }
}

/** RFC 3279 §2.3.1: RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }; the parameters are NULL. */
function readRsa(walk: Walk, start: number, end: number, parameters: number, parametersEnd: number): Details {
  const { bytes } = walk
  // RSASSA-PSS and OAEP have parameters of their own (RFC 4055 §1.2); plain keys have NULL.
  const isNull = parametersEnd - parameters === 2 && bytes[parameters] === tags.null && bytes[parameters + 1] === 0
  if (!isNull && bytes[parameters - 1] === 0x01)
    note(walk, 'x509/key-parameters', parameters, 'NULL', parameters === parametersEnd ? 'nothing' : 'something else')
  const unreadable = unreadableKey(walk, start, 'RSAPublicKey')
  if (!readExpected(walk, start, end, tags.sequence, 'RSAPublicKey')) return unreadable()
  expectEnd(walk, walk.end, end)
  const inner = walk.contentsEnd
  if (!readExpected(walk, walk.contents, inner, tags.integer, 'modulus') || !checkInteger(walk, 1 << 20))
    return unreadable()
  const modulusStart = withoutZeros(walk)
  const modulusEnd = walk.contentsEnd
  if (modulusStart === undefined) return unreadable()
  const modulus = view(walk, modulusStart, modulusEnd)
  const details = { ...nothing, modulus, bits: bitLength(bytes, modulusStart, modulusEnd) }
  if (!readExpected(walk, walk.end, inner, tags.integer, 'publicExponent') || !checkInteger(walk, 1 << 20))
    return details
  expectEnd(walk, walk.end, inner)
  const exponentStart = withoutZeros(walk)
  if (exponentStart === undefined || walk.contentsEnd - exponentStart > 8) {
    note(walk, 'x509/key-unreadable', walk.contents, 'a positive exponent of at most 64 bits')
    return details
  }
  return { ...details, exponent: decimal(bytes, exponentStart, walk.contentsEnd) }
}

/** Where the positive INTEGER read last has its first octet that is not zero; undefined when it is negative. */
function withoutZeros({ bytes, contents, contentsEnd }: Walk): number | undefined {
  if ((bytes[contents] ?? 0) >= 0x80) return undefined
  let at = contents
  while (at < contentsEnd && bytes[at] === 0) at += 1
  return at
}

function decimal(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 6) {
    let value = 0
    for (let at = start; at < end; at += 1) value = value * 256 + (bytes[at] ?? 0)
    return String(value)
  }
  let value = 0n
  for (let at = start; at < end; at += 1) value = value * 256n + BigInt(bytes[at] ?? 0)
  return String(value)
}

function unreadableKey(walk: Walk, at: number, expected: string): () => Details {
  return () => {
    note(walk, 'x509/key-unreadable', at, expected)
    return nothing
  }
}

/** Bits of the field of each curve, which is what people call the size of the key. */
const curveBits: ReadonlyMap<string, number> = new Map(
  Object.values(curveNames).map(name => [name, Number(/\d{3}/.exec(name)?.[0] ?? 256)]),
)

/**
 * RFC 5480 §2.1: the parameters name the curve; a curve that is written out is forbidden, because whoever writes it out may
 * choose the generator (CVE-2020-0601 forged certificates so). §2.2: the key is the point, 04 x y or 02|03 x.
 */
function readEc(walk: Walk, start: number, end: number, parameters: number, parametersEnd: number): Details {
  const point = view(walk, start, end)
  if (!readElement(walk, parameters, parametersEnd) || walk.tag !== tags.oid || walk.cut) {
    const found = parameters === parametersEnd ? 'nothing' : walk.tag === tags.null ? 'NULL' : 'a curve written out'
    note(walk, 'x509/key-parameters', parameters, 'the name of a curve', found)
    return { ...nothing, point }
  }
  const { name } = oidAt(walk, walk.contents, walk.contentsEnd)
  const bits = curveBits.get(name)
  const coordinate = Math.ceil((bits ?? 0) / 8)
  const form = walk.bytes[start]
  const wanted = form === 4 ? 1 + 2 * coordinate : form === 2 || form === 3 ? 1 + coordinate : -1
  if (bits !== undefined && end - start !== wanted)
    note(walk, 'x509/key-unreadable', start, `a point on ${name}`, `${end - start} octets`)
  return { ...nothing, bits, curve: name, point }
}

/** RFC 3279 §2.3.2 and §2.3.3: the parameters are a SEQUENCE that begins with the prime, whose size is the key's. */
function readDiscreteLogarithm(
  walk: Walk,
  _start: number,
  _end: number,
  parameters: number,
  parametersEnd: number,
): Details {
  // DSA may inherit its parameters from the issuer's key: then none are there, and no size is known.
  if (parameters === parametersEnd) return nothing
  if (
    readExpected(walk, parameters, parametersEnd, tags.sequence, 'Dss-Parms') &&
    readExpected(walk, walk.contents, walk.contentsEnd, tags.integer, 'p') &&
    checkInteger(walk, 1 << 20)
  ) {
    const from = withoutZeros(walk)
    if (from !== undefined) return { ...nothing, bits: bitLength(walk.bytes, from, walk.contentsEnd) }
  }
  note(walk, 'x509/key-parameters', parameters, 'a prime')
  return nothing
}
