import { describe, expect, it } from 'vitest'
import {
  attribute,
  contentInfo,
  indirectData,
  indirectDataType,
  nestedSignature,
  signedData,
  signerInfo,
} from '../../test/authenticode-cms.ts'
import { codesOf, digestsOf, during, signatureOver, signPe, verify } from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'
import { element, octets, oid, sequence } from '../../test/der.ts'
import { allOf, rangesOf, readSignatures, trustIn, verifyFile, withCertificateTable, writePe } from './index.ts'

const parties = makeParties()
const { signer, issuing } = parties
const pe = writePe()
const digest = await digestsOf(pe, 'sha256')
const inTable = (data: Uint8Array) => withCertificateTable(pe, [{ data }])

async function timed<Answer>(work: () => Promise<Answer>): Promise<{ readonly answer: Answer; readonly ms: number }> {
  const before = performance.now()
  const answer = await work()
  return { answer, ms: performance.now() - before }
}

describe('a hostile signature', () => {
  it.each([
    ['nested elements', (size: number) => Buffer.alloc(size).map((_, i) => (i % 2 === 0 ? 0x30 : 0x80))],
    [
      'empty elements',
      (size: number) =>
        element(
          0x30,
          Buffer.alloc(size).map((_, i) => (i % 2 === 0 ? 0x05 : 0)),
        ),
    ],
    [
      'certificates',
      (size: number) =>
        signedData(indirectDataType, indirectData('sha256', digest), {
          signer,
          certificates: [signer.der, Buffer.concat(Array.from({ length: size / 700 }, () => issuing.der))],
        }),
    ],
    [
      'attributes',
      (size: number) =>
        signatureOver(digest, parties, {
          unsigned: () => [Buffer.alloc(size, attribute('1.2.3.4', octets(new Uint8Array(1))))],
        }),
    ],
    [
      'list entries',
      (size: number) => sequence(oid('1.2.840.113549.1.7.2'), element(0xa0, element(0x30, Buffer.alloc(size, 0x31)))),
    ],
  ])('of many %s is read in a bounded time', async (_, make) => {
    const file = inTable(make(4 * 2 ** 20))
    const { answer, ms } = await timed(() => verify(file, parties))
    expect(ms).toBeLessThan(1500)
    expect(['valid', 'unreadable']).toContain(answer.status)
  })

  it('cannot hold more signatures than are looked at, nor deeper ones', async () => {
    let deep = signatureOver(digest, parties, {})
    for (let n = 0; n < 10; n += 1) {
      const inner = deep
      deep = signatureOver(digest, parties, { unsigned: () => [nestedSignature(inner)] })
    }
    const many = signatureOver(digest, parties, {
      unsigned: () => Array.from({ length: 20 }, () => nestedSignature(signatureOver(digest, parties, {}))),
    })
    for (const [data, most] of [
      [deep, 5],
      [many, 17],
    ] as const) {
      const reading = await readSignatures(rangesOf(inTable(data)))
      expect(allOf(reading.signatures).length).toBe(most)
      expect(codesOf(reading.problems)).toContain('authenticode/nested')
    }
  })

  it('whose nested signatures lie in each other many times over costs what it is worth', async () => {
    let tree = signatureOver(digest, parties, {})
    for (let n = 0; n < 4; n += 1) {
      const inner = tree
      tree = signatureOver(digest, parties, {
        unsigned: () => [nestedSignature(...Array.from({ length: 8 }, () => inner))],
      })
    }
    const { answer, ms } = await timed(() => verify(inTable(tree), parties))
    expect(answer.status).toBe('valid')
    expect(ms).toBeLessThan(2000)
  })

  it('without signed attributes is not valid: attributes could be passed off as content', async () => {
    const content = indirectData('sha256', digest)
    const info = Buffer.from(signerInfo(indirectDataType, content, { signer, instead: [] }))
    const file = inTable(contentInfo(indirectDataType, content, [signer.der, issuing.der], [info]))
    const result = await verify(file, parties)
    expect(result.status).toBe('signature-invalid')
    expect(codesOf(result.reasons)).toContain('message-digest-differs')
  })

  it('over another content, or with two hashes of it, is not valid', async () => {
    const content = indirectData('sha256', digest)
    const info = signerInfo(indirectDataType, indirectData('sha256', new Uint8Array(32)), { signer })
    const other = inTable(contentInfo(indirectDataType, content, [signer.der, issuing.der], [info]))
    expect(await verify(other, parties)).toMatchObject({
      status: 'signature-invalid',
      reasons: [{ code: 'message-digest-differs' }],
    })
    const hash = attribute('1.2.840.113549.1.9.4', octets(new Uint8Array(32)))
    const result = await verify(await signPe(parties, { signed: [hash] }), parties)
    expect(codesOf(result.reasons)).toEqual(['attribute-repeated'])
  })

  it('of another type of content than is signed is not valid', async () => {
    const content = indirectData('sha256', digest)
    const info = signerInfo('1.2.840.113549.1.7.1', content, { signer })
    const file = inTable(contentInfo(indirectDataType, content, [signer.der, issuing.der], [info]))
    expect(codesOf((await verify(file, parties)).reasons)).toEqual(['content-type-differs'])
  })

  it('with the certificate of another of the same name and number does not hold', async () => {
    const twin = makeParties('p256').signer
    const file = await signPe(parties, { certificates: [twin.der, issuing.der] })
    const result = await verify(file, parties)
    expect(result.status).toBe('signature-invalid')
    expect(codesOf(result.reasons)).toContain('signature-wrong')
  })
})

describe('a file that is nothing', () => {
  it.each([0, 1, 2, 63, 64, 100])('of %i octets is no error', async size => {
    const trust = trustIn({ roots: [new Uint8Array(3)] })
    for (const head of ['MZ', 'd0cf11e0a1b11ae1', '30']) {
      const bytes = Buffer.alloc(size)
      bytes.write(head, head === 'MZ' ? 'latin1' : 'hex')
      const { status } = await verifyFile(rangesOf(bytes), { trust, time: during })
      expect(['unsupported', 'unreadable']).toContain(status)
    }
  })
})
