import { createECDH, createHash } from 'node:crypto'
import { expect, it } from 'vitest'
import {
  algorithm,
  bits,
  certificate,
  ecKey,
  element,
  extension,
  integer,
  name,
  nothing,
  oid,
  primitive,
  rsaKey,
  sequence,
  time,
} from '../../test/der.ts'
import { fingerprintsOf, readCertificate } from '../x509/index.ts'
import { issuerSerialOf } from './attributes/issuer-serial.ts'
import type { CertificateFacts } from './facts.ts'
import { factsFromDescription } from './facts-from-description.ts'
import { factsOf } from './facts-of-certificate.ts'
import { ownerOf, pivotValuesOf } from './values-of.ts'

const subject = name([
  ['C', 'US'],
  ['O', 'Example, Inc.'],
  ['CN', 'Shop.Example.com'],
])

function factsWith(key: Uint8Array, names: readonly Uint8Array[] = []): CertificateFacts {
  const der = certificate({
    version: 2,
    serial: integer(146473198),
    signatureAlgorithm: algorithm('1.2.840.113549.1.1.11', nothing),
    issuer: subject,
    notBefore: time(new Date('2026-01-02T03:04:05Z')),
    notAfter: time(new Date('2027-01-02T03:04:05Z')),
    subject,
    key,
    extensions: names.length === 0 ? [] : [extension('2.5.29.17', sequence(...names))],
    signature: new Uint8Array(8),
  })
  const reading = readCertificate(der)
  if (!('certificate' in reading)) throw new Error('unreadable')
  return factsOf(reading.certificate, fingerprintsOf(reading.certificate))
}

const modulus = new Uint8Array(256).fill(0xab)
const facts = factsWith(rsaKey(modulus), [
  primitive(2, Buffer.from('*.Example.com')),
  primitive(7, Uint8Array.of(192, 0, 2, 7)),
  primitive(1, Buffer.from('Ops@mail.example')),
])
const hashes = { sha256: facts.sha256 ?? '', sha1: facts.sha1 ?? '' }

it('reads names, with the common name where it is a host name, and their registrable domains', () => {
  expect(facts.names).toEqual([
    { type: 'dns', value: '*.example.com' },
    { type: 'ip', value: '192.0.2.7' },
    { type: 'email', value: 'ops@mail.example' },
    { type: 'dns', value: 'shop.example.com' },
  ])
  expect(facts.apexes).toEqual(['example.com'])
  expect(facts.self_issued).toBe(true)
})

it('a sensor that describes a certificate gives it the values its bytes have', () => {
  const described = factsFromDescription({
    sha1: hashes.sha1.replace(/(?=(?:..)+$)(?!^)/g, ':').toUpperCase(),
    subject: 'CN=Shop.Example.com,O=Example\\, Inc.,C=US',
    issuer: 'C=US, O=Example, Inc., CN=Shop.Example.com',
    serial: '8BB00EE',
    not_before: Date.parse('2026-01-02T03:04:05Z'),
    not_after: '1798859045000',
    names: ['*.example.com.', '192.0.2.7', 'ops@mail.example'],
  })
  expect(described.sha1).toBe(hashes.sha1)
  expect(described.self_issued).toBe(true)
  expect(issuerSerialOf(described)).toBe(issuerSerialOf(facts))
  const fromBytes = new Set(pivotValuesOf(facts).map(value => JSON.stringify(value)))
  const missing = pivotValuesOf(described).filter(value => !fromBytes.has(JSON.stringify(value)))
  expect(missing).toEqual([])
  expect(pivotValuesOf(described).map(({ attribute }) => attribute)).toEqual(
    expect.arrayContaining([
      'issuer_serial',
      'subject',
      'issuer',
      'apex',
      'san_set',
      'san_ip',
      'not_before',
      'validity',
    ]),
  )
})

it('what a description does not say is not known, and nonsense in it is left out', () => {
  expect(factsFromDescription({ sha256: 'zz', sha1: null, subject: '', not_before: 'soon', serial: '?' })).toEqual({
    names: [],
    apexes: [],
    problems: [],
  })
  expect(factsFromDescription({ is_ca: false, is_precertificate: false }).is_ca).toBe(false)
})

it('only a description of bytes has shapes: the text of a sensor does not tell its order', () => {
  const described = factsFromDescription({ subject: 'CN=x,O=y,C=US' })
  const attributes = new Set(pivotValuesOf(described).map(({ attribute }) => attribute))
  for (const shape of ['subject_shape', 'issuer_shape', 'extension_shape', 'key_shape'])
    expect(attributes).not.toContain(shape)
  expect(pivotValuesOf(facts)).toContainEqual({ attribute: 'subject_shape', value: 'c,o,cn' })
})

it('the same modulus is one key_sha256 whatever stands beside it', () => {
  const digest = createHash('sha256').update(modulus).digest('hex')
  const absent = sequence(
    algorithm('1.2.840.113549.1.1.1'),
    bits(sequence(integer(Buffer.concat([Uint8Array.of(0), modulus])), integer(65537))),
  )
  expect(facts.key_sha256).toBe(digest)
  const other = factsWith(absent)
  expect(other.key_sha256).toBe(digest)
  expect(other.spki_sha256).not.toBe(facts.spki_sha256)
})

it('a compressed point is the key of the uncompressed one', () => {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey('07'.repeat(32), 'hex')
  const [point, compressed] = [pair.getPublicKey(null, 'uncompressed'), pair.getPublicKey(null, 'compressed')]
  expect(factsWith(ecKey(compressed)).key_sha256).toBe(factsWith(ecKey(point)).key_sha256)
  expect(factsWith(ecKey(Uint8Array.of(2, 1))).key_sha256).toBeUndefined()
})

it('a key of an unknown kind is known by its whole alone', () => {
  const unknown = factsWith(sequence(sequence(oid('1.2.3.4')), element(3, Uint8Array.of(0, 1, 2))))
  expect(unknown.key_sha256).toBeUndefined()
  expect(unknown.spki_sha256).toMatch(/^[0-9a-f]{64}$/)
})

it('the owner is the first registrable domain, else the certificate by itself', () => {
  expect(ownerOf(facts, 'id')).toBe('example.com')
  expect(ownerOf(factsFromDescription({ names: ['localhost', '10.0.0.1'] }), 'id')).toBe('certificate:id')
})
