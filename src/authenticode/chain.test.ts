import { describe, expect, it } from 'vitest'
import { after, codesOf, during, signPe, verify } from '../../test/authenticode-files.ts'
import type { Parties, Party, PartyOptions } from '../../test/authenticode-parties.ts'
import {
  authority,
  digitalSignature,
  makeKey,
  makeParties,
  makeParty,
  purposes,
  usage,
} from '../../test/authenticode-parties.ts'
import { extension, octets } from '../../test/der.ts'
import { rangesOf, trustIn, verifyFile } from './index.ts'

const parties = makeParties()

/** A file signed by a signer that differs in this. */
async function withSigner(options: Partial<PartyOptions>, more: Partial<Parties> = {}, hash?: 'md5' | 'sha1') {
  const all = { ...parties, ...more }
  const signer = makeParty({
    common_name: 'Norrfell Software',
    issuer: all.issuing,
    serial: 21,
    extensions: [purposes(3), digitalSignature],
    ...options,
  })
  const { status, reasons, doubts } = await verify(
    await signPe({ ...all, signer }, hash === undefined ? {} : { hash, digest_hash: hash }),
    parties,
  )
  return { status, reasons: codesOf(reasons), doubts: codesOf(doubts) }
}

const issuingWith = (extensions: readonly Uint8Array[], issuer: Party = parties.root, common_name = 'Other CA') =>
  makeParty({ common_name, issuer, serial: 23, extensions })

describe('the chain of a signer', () => {
  it.each(['rsa', 'p256', 'ed25519'] as const)('holds with keys of the kind %s', async kind => {
    const others = makeParties(kind)
    expect(await verify(await signPe(others, { stamped: '2026-02-01T00:00:00Z' }), others)).toMatchObject({
      status: 'valid',
      doubts: [],
    })
  })

  it('that ends with no given root is not trusted', async () => {
    const others = makeParties('p256')
    expect(await verify(await signPe(others), parties)).toMatchObject({
      status: 'untrusted-root',
      reasons: [{ code: 'chain-signature-wrong' }],
    })
    const alone = makeParty({ common_name: 'Alone', extensions: [purposes(3)] })
    const self = await verify(await signPe({ ...parties, signer: alone, issuing: alone }), parties)
    expect(self).toMatchObject({ status: 'untrusted-root', reasons: [{ code: 'self-signed' }] })
    const file = await signPe(parties, { certificates: [parties.signer.der] })
    expect(await verify(file, parties)).toMatchObject({
      status: 'untrusted-root',
      reasons: [{ code: 'issuer-missing' }],
    })
  })

  it('may lead over certificates that are given beside it', async () => {
    const file = rangesOf(await signPe(parties, { certificates: [parties.signer.der] }))
    const trust = trustIn({ roots: [parties.root.der], intermediates: [parties.issuing.der] })
    expect(await verifyFile(file, { trust, time: during })).toMatchObject({ status: 'valid' })
  })

  it('is not led by a root that only has the name of a given one', async () => {
    const forged = makeParty({
      common_name: 'Norrfell Root',
      key: makeKey('ed25519', 'forger'),
      extensions: authority(),
    })
    const signer = makeParty({ common_name: 'Evil', issuer: forged, extensions: [purposes(3)] })
    const result = await verify(await signPe({ ...parties, signer, issuing: forged }), parties)
    expect(result).toMatchObject({ status: 'untrusted-root', reasons: [{ code: 'chain-signature-wrong' }] })
  })

  it('may be one certificate that was made a root itself', async () => {
    const alone = makeParty({ common_name: 'Planted', extensions: [purposes(3)] })
    const file = rangesOf(await signPe({ ...parties, signer: alone, issuing: alone }))
    const result = await verifyFile(file, { trust: trustIn({ roots: [alone.der] }), time: during })
    expect(result).toMatchObject({ status: 'valid', signatures: [{ root: { serial: '07' } }] })
  })

  it('needs the purpose of code signing in all that list purposes', async () => {
    expect(await withSigner({ extensions: [digitalSignature] })).toMatchObject({ status: 'valid' })
    expect(await withSigner({ extensions: [purposes('2.5.29.37.0')] })).toMatchObject({ status: 'valid' })
    const web = { status: 'not-for-purpose', reasons: ['purpose-missing'] }
    expect(await withSigner({ extensions: [purposes(1)] })).toMatchObject(web)
    expect(await withSigner({ extensions: [extension('2.5.29.37', octets(new Uint8Array(3)))] })).toMatchObject(web)
    expect(await withSigner({}, { issuing: issuingWith([...authority(), purposes(1)]) })).toMatchObject(web)
    expect(await withSigner({}, { issuing: issuingWith([...authority(), purposes(1, 3)]) })).toMatchObject({
      status: 'valid',
    })
  })

  it('needs issuers that may issue', async () => {
    const invalid = (...reasons: readonly string[]) => ({ status: 'chain-invalid', reasons })
    expect(await withSigner({}, { issuing: issuingWith([digitalSignature]) })).toMatchObject(
      invalid('not-a-ca', 'key-usage'),
    )
    expect(await withSigner({}, { issuing: issuingWith([...authority().slice(0, 1), usage(0x80, 7)]) })).toMatchObject(
      invalid('key-usage'),
    )
    // The authority of the parties allows none below itself.
    const below = issuingWith(authority(), parties.issuing, 'Below')
    const signer = makeParty({ common_name: 'Deep', issuer: below, extensions: [purposes(3)] })
    const certificates = [signer.der, below.der, parties.issuing.der]
    const result = await verify(await signPe({ ...parties, signer }, { certificates }), parties)
    expect(result).toMatchObject({ status: 'chain-invalid', reasons: [{ code: 'path-too-long' }] })
  })

  it('breaks at a critical extension that nobody here understands', async () => {
    const strange = extension('1.2.3.4.5', octets(new Uint8Array(1)), true)
    expect(await withSigner({ extensions: [purposes(3), strange] })).toMatchObject({
      status: 'chain-invalid',
      reasons: ['critical-extension'],
    })
  })

  it('needs a key that may sign', async () => {
    expect(await withSigner({ extensions: [purposes(3), usage(0x20, 5)] })).toMatchObject({
      status: 'chain-invalid',
      reasons: ['key-usage'],
    })
  })

  it('tells keys and hash functions that are weak, and refuses those that are broken', async () => {
    expect(await withSigner({ key: 'rsa-1024' })).toMatchObject({
      status: 'valid',
      doubts: ['no-timestamp', 'short-key'],
    })
    expect(await withSigner({ key: 'rsa' }, {}, 'sha1')).toMatchObject({
      status: 'valid',
      doubts: ['sha1', 'sha1', 'no-timestamp'],
    })
    expect(await withSigner({ key: 'rsa' }, {}, 'md5')).toMatchObject({
      status: 'weak-algorithm',
      reasons: ['md5', 'md5'],
    })
    const root = makeParty({ common_name: 'RSA Root', key: 'rsa', extensions: authority() })
    const signer = makeParty({ common_name: 'Old', issuer: root, hash: 'md5', extensions: [purposes(3)] })
    const file = rangesOf(await signPe({ ...parties, root, signer, issuing: root }))
    const result = await verifyFile(file, { trust: trustIn({ roots: [root.der] }), time: during })
    expect(result).toMatchObject({ status: 'weak-algorithm', reasons: [{ code: 'md5' }] })
  })

  it('ends with the certificates when nobody tells when the file was signed', async () => {
    const file = await signPe(parties)
    expect(await verify(file, parties, { time: after })).toMatchObject({
      status: 'expired',
      reasons: [{ code: 'no-longer-valid' }],
    })
    expect(await verify(file, parties, { time: Date.UTC(2024, 1, 1) })).toMatchObject({ status: 'expired' })
  })

  it('is found in a thicket of authorities that issued each other, in bounded time', async () => {
    const key = makeKey('ed25519', 'thicket')
    const thicket = Array.from({ length: 60 }, (_, i) =>
      makeParty({ common_name: 'Thicket', key, serial: 100 + i, extensions: authority() }),
    )
    const [first = parties.root] = thicket
    const signer = makeParty({ common_name: 'Lost', issuer: first, extensions: [purposes(3)] })
    const certificates = [signer.der, ...thicket.map(({ der }) => der)]
    const before = performance.now()
    const result = await verify(await signPe({ ...parties, signer }, { certificates }), parties)
    expect(performance.now() - before).toBeLessThan(2000)
    expect(result).toMatchObject({ status: 'unsupported', reasons: [{ code: 'too-much-work' }] })
  })
})
