import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { madeEntry } from '../../test/ct/made-entry.ts'
import * as der from '../../test/der.ts'
import { readCertificate } from '../x509/index.ts'
import { readDataTile } from './entry.ts'
import { isSignedIssuer, isSignedPrecertificate } from './linkage.ts'
import { uintBytes } from './octets.ts'

const key = der.ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, 3)]))
const poison = der.extension('1.3.6.1.4.1.11129.2.4.3', der.nothing, true)
const named = der.extension('2.5.29.17', der.sequence(der.primitive(2, Buffer.from('a.example.test'))))

function certificate(issuer: string, extensions: readonly Uint8Array[], serial = 5n): Uint8Array {
  return der.plainCertificate({
    version: 2,
    serial: der.integer(serial),
    issuer: der.name([['CN', issuer]]),
    subject: der.name([['CN', 'a.example.test']]),
    notBefore: der.time(new Date('2026-01-01T00:00:00Z')),
    notAfter: der.time(new Date('2026-04-01T00:00:00Z')),
    key,
    extensions: [...extensions],
  })
}

function read(bytes: Uint8Array) {
  const reading = readCertificate(bytes)
  if (!('certificate' in reading)) throw new Error('it was made to be read')
  return reading.certificate
}

const keyId = (bytes: number) => der.extension('2.5.29.35', der.sequence(der.primitive(0x80, Buffer.alloc(20, bytes))))
const signed = (bytes: Uint8Array) => ({ kind: 'precertificate', tbs: read(bytes).tbs }) as const

describe('a precertificate', () => {
  it('is the one that was logged when it has the same contents without the poison', () => {
    const precertificate = read(certificate('CA', [named, poison]))
    expect(isSignedPrecertificate(signed(certificate('CA', [named])), precertificate)).toBe(true)
    expect(isSignedPrecertificate(signed(certificate('CA', [named], 6n)), precertificate)).toBe(false)
    expect(isSignedPrecertificate({ kind: 'precertificate' }, precertificate)).toBe(false)
    expect(isSignedPrecertificate({ kind: 'precertificate', tbs: Buffer.from('no DER') }, precertificate)).toBe(false)
  })

  it('may have been signed by a certificate made for it: issuer and authority key are then others', () => {
    const precertificate = read(certificate('CA for precertificates', [named, keyId(1), poison]))
    expect(isSignedPrecertificate(signed(certificate('CA', [named, keyId(2)])), precertificate)).toBe(true)
    for (const other of [
      certificate('CA', [named, keyId(2)], 6n),
      certificate('CA', [keyId(2)]),
      certificate('CA', [
        keyId(2),
        der.extension('2.5.29.17', der.sequence(der.primitive(2, Buffer.from('b.example.test')))),
      ]),
    ])
      expect(isSignedPrecertificate(signed(other), precertificate)).toBe(false)
  })

  it('of a tile is held against what the tile signs of it', () => {
    const { timestamped, der: submitted } = madeEntry(4, { timestamp: 1 })
    const tile = Buffer.concat([timestamped, uintBytes(submitted.length, 3), submitted, uintBytes(0, 2)])
    const result = readDataTile(tile, 0, 1)
    const entry = 'entries' in result ? result.entries[0] : undefined
    expect(entry && isSignedPrecertificate(entry, read(entry.der))).toBe(true)
  })
})

it('an issuer is the one that was logged by the hash of its key, also behind one that only signs precertificates', () => {
  const issuer_key_hash = createHash('sha256').update(key).digest()
  const own = issuer_key_hash.toString('hex')
  const other = '00'.repeat(32)
  expect(isSignedIssuer({ issuer_key_hash }, [own])).toBe(true)
  expect(isSignedIssuer({ issuer_key_hash }, [other, own])).toBe(true)
  expect(isSignedIssuer({ issuer_key_hash }, [other, other, own])).toBe(false)
  expect(isSignedIssuer({}, [other])).toBe(true)
})
