import 'reflect-metadata'
import { createHash, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readCertificateWithOpenSsl } from './openssl-reading.ts'

let der: Uint8Array

/** Made anew in every run: nothing here depends on the key. */
beforeAll(async () => {
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]) // the same object under two type names
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '08bb00ee',
    name: 'CN=Alder Beacon, O=Nobody',
    notBefore: new Date('2026-01-02T03:04:05Z'),
    notAfter: new Date('2027-01-02T03:04:05Z'),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'WWW.Alder.example' },
        { type: 'ip', value: '192.0.2.7' },
      ]),
      new x509.BasicConstraintsExtension(true),
    ],
  })
  der = new Uint8Array(certificate.rawData)
})

describe('reading a certificate', () => {
  it('gives its hashes, names, validity and what it says of itself', () => {
    const reading = readCertificateWithOpenSsl(der)
    expect(reading).toMatchObject({
      certificate: {
        sha256: createHash('sha256').update(der).digest('hex'),
        sha1: createHash('sha1').update(der).digest('hex'),
        serial: '08BB00EE',
        not_before: '2026-01-02T03:04:05.000Z',
        not_after: '2027-01-02T03:04:05.000Z',
        names: ['www.alder.example', '192.0.2.7'],
        key_algorithm: 'ec',
        key_bits: 256,
        self_issued: true,
        is_ca: true,
      },
    })
  })

  it('the key has one hash, whatever the certificate around it', () => {
    const reading = readCertificateWithOpenSsl(der)
    const spki = 'certificate' in reading ? reading.certificate.spki_sha256 : undefined
    expect(spki).toBe(
      createHash('sha256')
        .update(Buffer.from(new x509.X509Certificate(der).publicKey.rawData))
        .digest('hex'),
    )
  })

  it('bytes that are no certificate are a problem, not an exception', () => {
    for (const bytes of [new Uint8Array(), Buffer.from('hello'), der.subarray(0, 50), new Uint8Array(2 ** 20 + 1)]) {
      expect(readCertificateWithOpenSsl(bytes)).toMatchObject({
        problem: { code: expect.stringMatching(/^x509\/(unreadable|too-long)$/) },
      })
    }
  })

  it('no change of its bytes makes the reader throw', () => {
    const mutation = fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'remove'))
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 8 }), mutations => {
        const bytes = [...der]
        for (const [at, value, how] of mutations)
          bytes.splice(at % bytes.length, how === 'insert' ? 0 : 1, ...(how === 'remove' ? [] : [value]))
        const reading = readCertificateWithOpenSsl(Uint8Array.from(bytes))
        expect('certificate' in reading || 'problem' in reading).toBe(true)
      }),
      { seed: 20261122, numRuns: 3000 },
    )
  })
})
