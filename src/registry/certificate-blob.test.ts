import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { oid, sequence } from '../../test/der.ts'
import { someDer } from '../../test/registry-hives.ts'
import { readCertificateBlob, storedCertificate, writeCertificateBlob } from './index.ts'

const sha1 = createHash('sha1').update(someDer).digest()
const text = (value: string) => Buffer.from(`${value}\0`, 'utf16le')
const bytes = (count: number) => new Uint8Array(count).fill(9)
const usages = (...ids: readonly string[]) => ({ id: 9, bytes: sequence(...ids.map(oid)) })
const certificate = { id: 32, bytes: someDer }
const codes = (...[blob, options]: Parameters<typeof readCertificateBlob>) =>
  readCertificateBlob(blob, options).problems.map(({ code }) => code)

describe('a certificate blob', () => {
  it('in the order in which Windows wrote one of its own gives all properties, the last one the certificate', () => {
    // The order, sizes and names are those of the blob in atomic-red-team's RemoteCertTrust.ps1; the octets are invented.
    const order = [4, 15, 20, 25, 3, 92, 89, 32]
    const blob = writeCertificateBlob(
      order.map(id =>
        id === 32
          ? certificate
          : { id, bytes: id === 3 ? sha1 : id === 89 ? text('RSA/SHA256') : bytes(id === 92 ? 4 : 16) },
      ),
    )
    const read = readCertificateBlob(blob, { key_name: sha1.toString('hex').toUpperCase() })
    expect(read.problems).toEqual([])
    expect(read.properties.map(({ id }) => id)).toEqual(order)
    expect(read.properties.map(({ name }) => name)).toEqual([
      'md5_hash',
      'signature_hash',
      'key_identifier',
      'subject_public_key_md5_hash',
      'sha1_hash',
      'subject_pub_key_bit_length',
      'sign_hash_cng_alg',
      'certificate',
    ])
    expect(read).toMatchObject({ sha1: sha1.toString('hex'), stated_sha1: sha1.toString('hex'), has_key_info: false })
    expect(Buffer.from(read.certificate ?? [])).toEqual(Buffer.from(someDer))
  })

  it('tells names and key, 11 being the friendly name and 13 the description', () => {
    const blob = writeCertificateBlob([
      { id: 11, bytes: text('Größter Root 🔑') },
      { id: 13, bytes: text('made here') },
      { id: 2, bytes: bytes(40) },
      certificate,
    ])
    expect(readCertificateBlob(blob)).toMatchObject({
      friendly_name: 'Größter Root 🔑',
      description: 'made here',
      has_key_info: true,
      problems: [],
    })
  })

  it('tells what it may be used for: anything, nothing, or what is listed', () => {
    const read = (...properties: Parameters<typeof writeCertificateBlob>[0]) =>
      readCertificateBlob(writeCertificateBlob([...properties, certificate])).usages
    expect(read()).toBeUndefined()
    expect(read(usages())).toEqual([])
    expect(read(usages('1.3.6.1.5.5.7.3.3', '2.5.29.37.0'))).toEqual(['1.3.6.1.5.5.7.3.3', '2.5.29.37.0'])
  })

  it.each([
    ['no sequence', oid('1.2.3')],
    ['cut off', sequence(oid('1.2.3')).subarray(0, 4)],
    ['something else in it', sequence(sequence())],
    ['an arc without end', Uint8Array.of(0x30, 3, 6, 1, 0x81)],
    ['an arc beyond all numbers', Uint8Array.of(0x30, 12, 6, 10, ...new Uint8Array(10).fill(0xff))],
  ])('says that its purposes cannot be read: %s', (_, restriction) => {
    expect(codes(writeCertificateBlob([{ id: 9, bytes: restriction }, certificate]))).toEqual([
      'registry/blob-property',
    ])
  })

  it('says when the hash it states, or the name of its key, is of another certificate', () => {
    const other = writeCertificateBlob([{ id: 3, bytes: bytes(20) }, certificate])
    expect(codes(other)).toEqual(['registry/blob-mismatch'])
    expect(codes(storedCertificate(someDer), { key_name: '00'.repeat(20) })).toEqual(['registry/blob-mismatch'])
    expect(codes(storedCertificate(someDer), { key_name: sha1.toString('hex') })).toEqual([])
  })

  it('keeps properties that nobody knows, and those before one that is cut off', () => {
    const blob = writeCertificateBlob([{ id: 0x8001, bytes: bytes(3) }, certificate])
    expect(readCertificateBlob(blob).properties[0]).toMatchObject({ id: 0x8001, name: undefined })
    expect(readCertificateBlob(blob.subarray(0, 40)).properties).toHaveLength(1)
    expect(codes(blob.subarray(0, 40))).toEqual(['registry/blob-record', 'registry/blob-no-certificate'])
  })

  it('of nothing has no certificate', () => {
    expect(codes(new Uint8Array())).toEqual(['registry/blob-no-certificate'])
  })
})
