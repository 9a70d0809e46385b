import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  algorithm,
  bits,
  ecKey,
  element,
  integer,
  name,
  nothing,
  octets,
  oid,
  plainCertificate,
  primitive,
  rsaKey,
  sequence,
  text,
} from '../../test/der.ts'
import type { Certificate } from './certificate.ts'
import { readCertificate } from './read.ts'

function read(der: Uint8Array): Certificate {
  const reading = readCertificate(der)
  if ('problem' in reading) throw new Error(JSON.stringify(reading.problem))
  return reading.certificate
}

const codesOf = (certificate: Certificate) => certificate.problems.map(problem => problem.code)

describe('reading a certificate', () => {
  const der = plainCertificate()

  it('tells every part of it', () => {
    const certificate = read(der)
    expect(certificate).toMatchObject({
      version: 3,
      serial: '0123456789ABCDEF',
      issuer: { text: 'CN=Norrfell CA 1,O=Norrfell Trust,C=NO' },
      subject: {
        text: 'CN=www.norrfell.example',
        attributes: [{ oid: '2.5.4.3', type: 'CN', value: 'www.norrfell.example', tag: 12, rdn: 0 }],
      },
      not_before: Date.UTC(2026, 0, 2, 3, 4, 5),
      not_after: Date.UTC(2026, 3, 2, 3, 4, 4),
      public_key: { kind: 'ec', bits: 256, curve: 'P-256' },
      signature_algorithm: { oid: '1.2.840.10045.4.3.2', name: 'ecdsaWithSHA256', parameters: undefined },
      extension_list: [{ oid: '2.5.29.17', name: 'subjectAltName', critical: false }],
      extensions: { subject_alt_name: [{ type: 'dns', value: 'www.norrfell.example' }] },
      problems: [],
    })
  })

  it('gives bytes as views into the certificate', () => {
    const { der: whole, tbs, signature, public_key, issuer, extension_list } = read(der)
    for (const part of [
      whole,
      tbs,
      signature,
      public_key?.spki,
      public_key?.point,
      issuer?.der,
      extension_list[0]?.value,
    ])
      expect(part?.buffer).toBe(der.buffer)
  })

  it('reads it out of the middle of a larger buffer', () => {
    const file = Buffer.concat([Buffer.from('before'), der, Buffer.from('after')])
    const certificate = read(file.subarray(6, 6 + der.length))
    expect(certificate.problems).toEqual([])
    expect(Buffer.from(certificate.der).equals(der)).toBe(true)
  })

  it('leaves what follows the certificate outside', () => {
    const certificate = read(Buffer.concat([der, Buffer.from('and more')]))
    expect(certificate.der.length).toBe(der.length)
    expect(codesOf(certificate)).toEqual(['der/trailing-bytes'])
  })

  it('keeps of one that is cut off what is whole, wherever it is cut', () => {
    for (let length = 0; length < der.length; length += 1) {
      const reading = readCertificate(der.subarray(0, length))
      if ('problem' in reading) expect(length).toBeLessThan(10)
      else {
        expect(codesOf(reading.certificate)).toContain('der/truncated')
        expect(reading.certificate.signature).toBeUndefined()
        if (length > 120) expect(reading.certificate.issuer?.text).toBe('CN=Norrfell CA 1,O=Norrfell Trust,C=NO')
        if (length < 60) expect(reading.certificate.subject).toBeUndefined()
      }
    }
  })

  it('what is no certificate is one problem', () => {
    const nothings = [
      new Uint8Array(),
      Buffer.from('hello'),
      Uint8Array.of(0x30, 0),
      sequence(integer(1)),
      element(0x31),
    ]
    for (const bytes of nothings) expect(readCertificate(bytes)).toMatchObject({ problem: { code: 'x509/unreadable' } })
  })

  it('one that is too long is not read; one in a file that is too long is', () => {
    expect(readCertificate(sequence(sequence(Buffer.alloc(2 ** 20))))).toMatchObject({
      problem: { code: 'x509/too-long' },
    })
    expect(read(Buffer.concat([der, Buffer.alloc(2 ** 20)])).serial).toBe('0123456789ABCDEF')
  })
})

describe('a serial number', () => {
  const serialOf = (...octetsOfIt: number[]) => read(plainCertificate({ serial: integer(Uint8Array.from(octetsOfIt)) }))

  it.each([
    [[0x7f], '7F', []],
    [[0x00, 0x80], '80', []],
    [[0x00], '00', ['x509/serial-zero']],
    [[0xff], '-01', ['x509/serial-negative']],
    [[0x80, 0x00], '-8000', ['x509/serial-negative']],
    [[0x00, 0x00, 0x09], '09', ['der/integer-not-minimal']],
    [[0xff, 0xff], '-01', ['x509/serial-negative', 'der/integer-not-minimal']],
  ])('%j is %s', (contents, serial, problems) => {
    const certificate = serialOf(...contents)
    expect(certificate.serial).toBe(serial)
    expect(codesOf(certificate).toSorted()).toEqual(problems.toSorted())
  })

  it('of 20 octets is in order, of 21 is kept with a problem, of 5000 is not written out', () => {
    expect(codesOf(serialOf(...new Array(20).fill(0x11)))).toEqual([])
    const long = serialOf(...new Array(21).fill(0x11))
    expect([long.serial, codesOf(long)]).toEqual(['11'.repeat(21), ['x509/serial-too-long']])
    expect(serialOf(...new Array(5000).fill(0x11)).serial).toBeUndefined()
  })

  it('is what node:crypto says', () => {
    const { serialNumber } = new X509Certificate(plainCertificate({ serial: integer(Uint8Array.of(0xf0, 0x01)) }))
    expect(serialNumber).toBe(serialOf(0xf0, 0x01).serial)
  })
})

describe('versions', () => {
  it('without one it is 1, and then extensions are a problem and are read', () => {
    const certificate = read(withoutVersion())
    expect(certificate.version).toBe(1)
    expect(codesOf(certificate)).toEqual(['x509/extensions-before-v3'])
    expect(certificate.extensions.subject_alt_name).toHaveLength(1)
  })

  it('v1 written out is a problem, and so is a number nobody knows', () => {
    expect(codesOf(read(plainCertificate({ version: 0, extensions: [] })))).toEqual(['x509/version'])
    expect(read(plainCertificate({ version: 40, extensions: [] })).version).toBe(41)
  })
})

/** The plain certificate without its version, which is the five octets before the serial number. */
function withoutVersion(): Uint8Array {
  const { tbs, der } = read(plainCertificate())
  const fields = tbs.subarray(tbs.indexOf(0xa0) + 5)
  return sequence(sequence(fields), der.subarray(tbs.byteOffset - der.byteOffset + tbs.length))
}

describe('keys', () => {
  const modulus = Buffer.concat([Uint8Array.of(0xc3), Buffer.alloc(254, 7), Uint8Array.of(1)])
  const keyOf = (key: Uint8Array) => read(plainCertificate({ key }))

  it('RSA has a modulus, its size and an exponent', () => {
    const { public_key, problems } = keyOf(rsaKey(modulus))
    expect(problems).toEqual([])
    expect(public_key).toMatchObject({ kind: 'rsa', bits: 2048, exponent: '65537', curve: undefined, point: undefined })
    expect(Buffer.from(public_key?.modulus ?? []).equals(modulus)).toBe(true)
  })

  it('an odd size of RSA is told to the bit', () => {
    expect(keyOf(rsaKey(Uint8Array.of(1, ...modulus))).public_key?.bits).toBe(2049)
  })

  it('an exponent of more than 64 bits is not read, the modulus is', () => {
    const huge = sequence(algorithm('1.2.840.113549.1.1.1', nothing), bits(sequence(integer(7), integer(2n ** 70n))))
    const certificate = keyOf(huge)
    expect(certificate.public_key).toMatchObject({ bits: 3, exponent: undefined })
    expect(codesOf(certificate)).toEqual(['x509/key-unreadable'])
    const large = sequence(algorithm('1.2.840.113549.1.1.1', nothing), bits(sequence(integer(7), integer(2n ** 63n))))
    expect(keyOf(large).public_key?.exponent).toBe('9223372036854775808')
  })

  it('RSA wants NULL; RSASSA-PSS does not', () => {
    const contents = bits(sequence(integer(7), integer(3)))
    expect(codesOf(keyOf(sequence(algorithm('1.2.840.113549.1.1.1'), contents)))).toEqual(['x509/key-parameters'])
    expect(codesOf(keyOf(sequence(algorithm('1.2.840.113549.1.1.1', integer(1)), contents)))).toEqual([
      'x509/key-parameters',
    ])
    expect(keyOf(sequence(algorithm('1.2.840.113549.1.1.10'), contents))).toMatchObject({
      public_key: { kind: 'rsa-pss', bits: 3 },
      problems: [],
    })
  })

  it('a curve that is written out is a problem, and so is a point that is too short', () => {
    const point = Buffer.concat([Uint8Array.of(4), Buffer.alloc(64)])
    const explicit = sequence(algorithm('1.2.840.10045.2.1', sequence(integer(1))), bits(point))
    expect(codesOf(keyOf(explicit))).toEqual(['x509/key-parameters'])
    expect(keyOf(explicit).public_key).toMatchObject({ kind: 'ec', bits: undefined, curve: undefined })
    expect(codesOf(keyOf(ecKey(point.subarray(0, 64))))).toEqual(['x509/key-unreadable'])
    expect(codesOf(keyOf(ecKey(Buffer.concat([Uint8Array.of(2), Buffer.alloc(32)]))))).toEqual([])
  })

  it('a curve without a name has its identifier and no size', () => {
    expect(keyOf(ecKey(Buffer.alloc(30, 4), '1.2.3.4')).public_key).toMatchObject({ curve: '1.2.3.4', bits: undefined })
  })

  it('DSA has the size of its prime; without parameters it has none', () => {
    const parameters = sequence(integer(2n ** 1023n), integer(7), integer(3))
    expect(keyOf(sequence(algorithm('1.2.840.10040.4.1', parameters), bits(integer(9)))).public_key).toMatchObject({
      kind: 'dsa',
      bits: 1024,
    })
    expect(keyOf(sequence(algorithm('1.2.840.10040.4.1'), bits(integer(9))))).toMatchObject({
      public_key: { bits: undefined },
      problems: [],
    })
  })

  it.each([
    ['1.3.101.112', 'ed25519'],
    ['1.3.101.111', 'x448'],
    ['2.16.840.1.101.3.4.3.18', 'ml-dsa-65'],
    ['2.16.840.1.101.3.4.3.24', 'slh-dsa-sha2-256s'],
    ['1.2.643.7.1.1.1.1', 'gost-2012-256'],
    ['1.3.9999.7', '1.3.9999.7'],
  ])('%s is of the kind %s', (identifier, kind) => {
    const { public_key, problems } = keyOf(sequence(algorithm(identifier), bits(Buffer.alloc(32, 9))))
    expect(public_key).toMatchObject({ kind, bits: undefined })
    expect(public_key?.key.length).toBe(32)
    expect(problems).toEqual([])
  })
})

describe('BER', () => {
  it('a length with more octets than it needs is read', () => {
    const subject = Buffer.concat([Uint8Array.of(0x30, 0x84, 0, 0, 0, 0)])
    const certificate = read(plainCertificate({ subject }))
    expect(codesOf(certificate)).toEqual(['der/length-not-minimal'])
    expect(certificate.public_key?.kind).toBe('ec')
  })

  it('indefinite lengths are read, also in each other', () => {
    const open = (tag: number, contents: Uint8Array) =>
      Buffer.concat([Uint8Array.of(tag, 0x80), contents, Uint8Array.of(0, 0)])
    const rdn = open(0x31, open(0x30, Buffer.concat([oid('2.5.4.3'), text('utf8', 'inner')])))
    const certificate = read(plainCertificate({ subject: open(0x30, rdn) }))
    expect(certificate.subject?.text).toBe('CN=inner')
    expect(certificate.public_key?.kind).toBe('ec')
    expect(new Set(codesOf(certificate))).toEqual(new Set(['der/indefinite-length']))
  })

  it('a whole certificate of indefinite length has its end', () => {
    const { tbs, der } = read(plainCertificate())
    const rest = der.subarray(tbs.byteOffset - der.byteOffset + tbs.length)
    const certificate = read(Buffer.concat([Uint8Array.of(0x30, 0x80), tbs, rest, Uint8Array.of(0, 0)]))
    expect(certificate.signature?.length).toBe(8)
    expect(codesOf(certificate)).toEqual(['der/indefinite-length'])
  })
})

describe('fields of the wrong type', () => {
  it.each([
    ['serial', 'serial', { serial: octets(Uint8Array.of(1)) }],
    ['issuer', 'issuer', { issuer: nothing }],
    ['notBefore', 'not_before', { notBefore: integer(4) }],
    ['subject', 'subject', { subject: nothing }],
    ['key', 'public_key', { key: nothing }],
  ] as const)('%s is left out, and the next ones are read', (_, field, parts) => {
    const certificate = read(plainCertificate(parts))
    expect(certificate[field]).toBeUndefined()
    expect(codesOf(certificate)).toContain('der/tag')
    expect(certificate.not_after).toBe(Date.UTC(2026, 3, 2, 3, 4, 4))
    expect(certificate.extensions.subject_alt_name).toHaveLength(1)
  })

  it('an issuer is needed, a subject is not where there is another name', () => {
    expect(codesOf(read(plainCertificate({ issuer: name([]) })))).toEqual(['name/empty'])
    expect(codesOf(read(plainCertificate({ subject: name([]) })))).toEqual([])
    expect(codesOf(read(plainCertificate({ subject: name([]), extensions: [] })))).toEqual(['name/empty'])
  })

  it('unique identifiers are passed over', () => {
    const unique = primitive(1, Uint8Array.of(0, 7))
    const certificate = read(withUnique(unique))
    expect(certificate.problems).toEqual([])
    expect(certificate.extensions.subject_alt_name).toHaveLength(1)
  })
})

/** `unique` between the key and the extensions. */
function withUnique(unique: Uint8Array): Uint8Array {
  const key = ecKey(Uint8Array.from({ length: 65 }, () => 4))
  return plainCertificate({ key: Buffer.concat([key, unique]) })
}
