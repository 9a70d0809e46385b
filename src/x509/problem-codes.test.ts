import { describe, expect, it } from 'vitest'
import {
  algorithm,
  bits,
  boolean,
  ecKey,
  element,
  extension,
  integer,
  name,
  nothing,
  octets,
  oid,
  plainCertificate,
  primitive,
  rsaKey,
  sequence,
  set,
  text,
} from '../../test/der.ts'
import { mostProblems } from './der.ts'
import type { ProblemCode } from './problem-codes.ts'
import { readCertificate } from './read.ts'

const latin1 = (characters: string) => Buffer.from(characters, 'latin1')
const utcTime = (characters: string) => plainCertificate({ notBefore: element(0x17, latin1(characters)) })
const longTime = (characters: string) => plainCertificate({ notBefore: element(0x18, latin1(characters)) })
const withExtensions = (...extensions: readonly Uint8Array[]) => plainCertificate({ extensions })
const names = (...generalNames: readonly Uint8Array[]) =>
  withExtensions(extension('2.5.29.17', sequence(...generalNames)))
const commonName = (value: Uint8Array) => plainCertificate({ subject: sequence(set(sequence(oid('2.5.4.3'), value))) })
const basicConstraints = (...contents: readonly Uint8Array[]) =>
  withExtensions(extension('2.5.29.19', sequence(...contents)))
const indefinite = (tag: number, ...contents: readonly Uint8Array[]) =>
  Buffer.concat([Uint8Array.of(tag, 0x80), ...contents, Uint8Array.of(0, 0)])
const modulus = Buffer.alloc(256, 0xc3)

/** A certificate for each code: made by the type system to be complete. */
const examples: Readonly<Record<ProblemCode, () => Uint8Array>> = {
  'der/tag': () => plainCertificate({ subject: set() }),
  'der/missing': () => plainCertificate({ serial: new Uint8Array() }),
  'der/truncated': () => plainCertificate().subarray(0, 300),
  'der/beyond-parent': () => commonName(Uint8Array.of(0x0c, 0x30, 0x41)),
  'der/length': () => commonName(Uint8Array.of(0x0c, 0x80, 0, 0)),
  'der/length-not-minimal': () => commonName(Uint8Array.of(0x0c, 0x81, 0x01, 0x41)),
  'der/indefinite-length': () => plainCertificate({ subject: indefinite(0x30) }),
  'der/unclosed': () => commonName(Uint8Array.of(0x2c, 0x80, 0x0c, 0x01, 0x41)),
  'der/too-deep': () => commonName(Buffer.concat(Array.from({ length: 64 }, () => Uint8Array.of(0x30, 0x80)))),
  'der/too-many-elements': () => commonName(indefinite(0x2c, Buffer.alloc(500_000, Uint8Array.of(5, 0)))),
  'der/trailing-bytes': () => Buffer.concat([plainCertificate(), Uint8Array.of(1, 2, 3)]),
  'der/boolean': () => basicConstraints(element(1, Uint8Array.of(1))),
  'der/default-encoded': () => basicConstraints(boolean(false)),
  'der/integer': () => plainCertificate({ serial: element(2) }),
  'der/integer-not-minimal': () => plainCertificate({ serial: integer(Uint8Array.of(0, 0, 7)) }),
  'der/oid': () => withExtensions(sequence(element(6, Uint8Array.of(0x55, 0x80, 0x01)), octets(nothing))),
  'der/bit-string': () => plainCertificate({ key: sequence(algorithm('1.3.101.112'), bits(Buffer.alloc(32), 3)) }),
  'der/constructed-string': () => commonName(element(0x2c, text('utf8', 'in'), text('utf8', 'pieces'))),
  'x509/unreadable': () => latin1('hello'),
  'x509/too-long': () => sequence(Buffer.alloc(2 ** 20)),
  'x509/version': () => plainCertificate({ version: 7 }),
  'x509/serial-negative': () => plainCertificate({ serial: integer(Uint8Array.of(0xff, 0x01)) }),
  'x509/serial-zero': () => plainCertificate({ serial: integer(0) }),
  'x509/serial-too-long': () => plainCertificate({ serial: integer(2n ** 200n) }),
  'x509/extensions-before-v3': () => plainCertificate({ version: 1 }),
  'x509/signature-algorithm-mismatch': () => mismatched(),
  'x509/key-parameters': () => plainCertificate({ key: sequence(algorithm('1.2.840.113549.1.1.1'), bits(sequence())) }),
  'x509/key-unreadable': () => plainCertificate({ key: ecKey(Buffer.alloc(12)) }),
  'x509/more-problems': () => names(...Array.from({ length: mostProblems + 5 }, () => primitive(7, Buffer.alloc(3)))),
  'name/embedded-nul': () => commonName(text('utf8', 'bank.example\0.evil.example')),
  'name/character-set': () => commonName(text('printable', 'me@norrfell.example')),
  'name/not-utf8': () => commonName(element(0x0c, latin1('Søndag'))),
  'name/odd-length': () => commonName(element(0x1e, latin1('\0A\0'))),
  'name/not-a-string': () => commonName(integer(7)),
  'name/empty': () => plainCertificate({ issuer: name([]) }),
  'name/address': () => names(primitive(7, Buffer.alloc(5))),
  'name/kind': () => names(primitive(9, Buffer.alloc(5))),
  'name/too-many': () => names(...Array.from({ length: 20_001 }, () => primitive(2, latin1('a')))),
  'time/offset': () => utcTime('260102030405+0100'),
  'time/no-seconds': () => utcTime('2601020304Z'),
  'time/fraction': () => longTime('20510102030405.5Z'),
  'time/no-zone': () => utcTime('260102030405'),
  'time/nonsense': () => utcTime('261302030405Z'),
  'time/wrong-kind': () => longTime('20260102030405Z'),
  'time/backwards': () => utcTime('270102030405Z'),
  'extension/duplicate': () => withExtensions(extension('2.5.29.19', sequence()), extension('2.5.29.19', sequence())),
  'extension/unknown-critical': () => withExtensions(extension('1.2.3.4', nothing, true)),
  'extension/too-many': () =>
    withExtensions(...Array.from({ length: 501 }, (_, i) => extension(`1.2.3.${i}`, nothing))),
  'extension/empty': () => withExtensions(extension('2.5.29.37', sequence())),
  'extension/unreadable': () => withExtensions(extension('1.3.6.1.4.1.11129.2.4.2', octets(Uint8Array.of(0, 9, 1)))),
  'extension/value': () => basicConstraints(boolean(true), integer(Uint8Array.of(0xff))),
}

/** The outer algorithm says SHA-384, the inner SHA-256: the last octet of the second identifier is turned. */
function mismatched(): Uint8Array {
  const bytes = Buffer.from(plainCertificate())
  const last = bytes.lastIndexOf(oid('1.2.840.10045.4.3.2'))
  bytes.writeUInt8(3, last + 9)
  return bytes
}

describe('what is wrong with a certificate', () => {
  it.each(Object.entries(examples))('%s is told', (code, make) => {
    const reading = readCertificate(make())
    const problems = 'problem' in reading ? [reading.problem] : reading.certificate.problems
    expect(problems.map(problem => problem.code)).toContain(code)
  })

  it.each(Object.entries(examples))('%s costs nothing of the rest', (code, make) => {
    if (code === 'x509/unreadable' || code === 'x509/too-long' || code === 'der/too-many-elements') return
    const reading = readCertificate(make())
    if ('problem' in reading) throw new Error('not read')
    const { certificate } = reading
    if (code !== 'name/empty') expect(certificate.issuer?.text).toBe('CN=Norrfell CA 1,O=Norrfell Trust,C=NO')
    if (code !== 'der/truncated') {
      expect(certificate.signature?.length).toBe(8)
      expect(certificate.public_key?.key.length).toBeGreaterThan(0)
      expect(certificate.not_after).toBe(Date.UTC(2026, 3, 2, 3, 4, 4))
    }
  })

  it('nothing is wrong with one that is well made', () => {
    for (const bytes of [
      plainCertificate(),
      plainCertificate({ key: rsaKey(modulus) }),
      plainCertificate({ extensions: [] }),
    ]) {
      const reading = readCertificate(bytes)
      expect('certificate' in reading && reading.certificate.problems).toEqual([])
    }
  })

  it('says where, in the part and in octets', () => {
    const reading = readCertificate(plainCertificate({ serial: integer(0) }))
    expect('certificate' in reading && reading.certificate.problems).toEqual([
      { code: 'x509/serial-zero', where: 'serialNumber at byte 15' },
    ])
  })

  it('keeps a bounded number of problems, and says that there are more', () => {
    const reading = readCertificate(examples['x509/more-problems']())
    const problems = 'certificate' in reading ? reading.certificate.problems : []
    expect(problems.length).toBe(mostProblems)
    expect(problems.at(-1)?.code).toBe('x509/more-problems')
  })
})
