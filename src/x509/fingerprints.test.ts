import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ecKey, extension, name, nothing, octets, plainCertificate, primitive, sequence } from '../../test/der.ts'
import { fingerprintsOf } from './fingerprints.ts'
import { readCertificate } from './read.ts'

function hashesOf(der: Uint8Array) {
  const reading = readCertificate(der)
  if ('problem' in reading) throw new Error(JSON.stringify(reading.problem))
  return fingerprintsOf(reading.certificate)
}

const hash = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex')
const names = extension('2.5.29.17', sequence(primitive(2, Buffer.from('a.example'))))
const key = ecKey(Buffer.concat([Uint8Array.of(4), Buffer.alloc(64, 7)]))
const poison = extension('1.3.6.1.4.1.11129.2.4.3', nothing, true)
const scts = (size: number) => extension('1.3.6.1.4.1.11129.2.4.2', octets(Buffer.alloc(size)))

describe('the hashes of a certificate', () => {
  it('are over the octets of the certificate, its key and its names', () => {
    const [subject, issuer] = [name([['CN', 'a']]), name([['CN', 'b']])]
    const der = plainCertificate({ key, subject, issuer })
    expect(hashesOf(Buffer.concat([der, Buffer.from('behind it')]))).toMatchObject({
      sha256: hash('sha256', der),
      sha1: hash('sha1', der),
      md5: hash('md5', der),
      spki_sha256: hash('sha256', key),
      spki_sha1: hash('sha1', key),
      subject_sha256: hash('sha256', subject),
      issuer_sha256: hash('sha256', issuer),
    })
  })

  it('a key has one hash, whatever the certificate around it', () => {
    const [one, other] = [plainCertificate({ key }), plainCertificate({ key, subject: name([['CN', 'another']]) })]
    expect(hashesOf(one).spki_sha256).toBe(hashesOf(other).spki_sha256)
    expect(hashesOf(one).sha256).not.toBe(hashesOf(other).sha256)
  })

  it('are not given over a part that is cut off', () => {
    const der = plainCertificate({ key })
    const cut = hashesOf(der.subarray(0, der.length - 90))
    expect(cut.tbs_no_ct_sha256).toBeUndefined()
    expect(cut.sha256).toBe(hash('sha256', der.subarray(0, der.length - 90)))
    expect(hashesOf(der.subarray(0, 60))).toMatchObject({ spki_sha256: undefined, subject_sha256: undefined })
  })
})

describe('the hash that joins a precertificate and its certificate', () => {
  it('is the same for both, wherever the extensions stand and however long they are', () => {
    const precertificate = hashesOf(plainCertificate({ extensions: [names, poison] })).tbs_no_ct_sha256
    for (const size of [10, 200, 70_000])
      for (const extensions of [
        [names, scts(size)],
        [scts(size), names],
      ])
        expect(hashesOf(plainCertificate({ extensions })).tbs_no_ct_sha256).toBe(precertificate)
    expect(hashesOf(plainCertificate({ extensions: [names] })).tbs_no_ct_sha256).toBe(precertificate)
  })

  it('is that of a tbsCertificate without extensions when nothing else is in them', () => {
    const none = hashesOf(plainCertificate({ extensions: [] })).tbs_no_ct_sha256
    expect(hashesOf(plainCertificate({ extensions: [poison] })).tbs_no_ct_sha256).toBe(none)
    expect(hashesOf(plainCertificate({ extensions: [scts(50)] })).tbs_no_ct_sha256).toBe(none)
  })

  it('differs when anything else does', () => {
    const one = hashesOf(plainCertificate({ extensions: [names, poison] })).tbs_no_ct_sha256
    const other = extension('2.5.29.17', sequence(primitive(2, Buffer.from('b.example'))))
    expect(hashesOf(plainCertificate({ extensions: [other, poison] })).tbs_no_ct_sha256).not.toBe(one)
    const critical = extension('2.5.29.17', sequence(primitive(2, Buffer.from('a.example'))), true)
    expect(hashesOf(plainCertificate({ extensions: [critical, poison] })).tbs_no_ct_sha256).not.toBe(one)
  })
})
