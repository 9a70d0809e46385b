import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nestedSignature, opus, signingTime } from '../../test/authenticode-cms.ts'
import {
  after,
  codesOf,
  digestsOf,
  during,
  flipped,
  signatureOver,
  signPe,
  verify,
  watched,
} from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'
import { rangesOf, readSignatures, trustIn, verifyFile, withCertificateTable, writePe } from './index.ts'

const parties = makeParties()
const concat = (...parts: readonly Uint8Array[]) => Uint8Array.from(Buffer.concat(parts))

describe('a signed PE file', () => {
  it.each([32, 64] as const)('of %i bits is valid', async bits => {
    const result = await verify(await signPe(parties, {}, writePe({ bits, overlay: Buffer.from('payload!') })), parties)
    expect(result).toMatchObject({ status: 'valid', reasons: [], by_catalog: undefined })
    expect(codesOf(result.doubts)).toEqual(['no-timestamp'])
    expect(result.signatures[0]?.chain.map(({ subject }) => subject?.attributes.at(-1)?.value)).toEqual([
      'Norrfell Software',
      'Norrfell Code CA',
      'Norrfell Root',
    ])
  })

  it('is hashed but for the checksum, the entry of the directory and the table', async () => {
    const pe = writePe({ bits: 64, overlay: Buffer.from('payload!') })
    const optional = Buffer.from(pe).readUInt32LE(0x3c) + 24
    const hash = createHash('sha256')
    hash.update(pe.subarray(0, optional + 64)).update(pe.subarray(optional + 68, optional + 144))
    hash.update(pe.subarray(optional + 152))
    expect(Buffer.from(await digestsOf(pe, 'sha256'))).toEqual(hash.digest())
    const signed = await signPe(parties, {}, pe)
    signed[optional + 65] = 9
    expect(await verify(signed, parties)).toMatchObject({ status: 'valid' })
  })

  it('tells what the signer says of it', async () => {
    const signed = [opus('Norrfell Einrichtung', 'https://norrfell.example'), signingTime('2026-02-03T04:05:06Z')]
    const { signatures } = await readSignatures(rangesOf(await signPe(parties, { signed })))
    expect(signatures[0]).toMatchObject({
      program_name: 'Norrfell Einrichtung',
      url: 'https://norrfell.example',
      signing_time: Date.UTC(2026, 1, 3, 4, 5, 6),
      content: { subject: 'pe', digest_algorithm: 'sha256' },
    })
  })

  it('without a table is unsigned', async () => {
    expect(await verify(writePe(), parties)).toMatchObject({ status: 'unsigned', signatures: [], doubts: [] })
  })

  it('that was changed anywhere is not valid', async () => {
    const signed = await signPe(parties, { stamped: '2026-02-01T00:00:00Z' })
    const optional = Buffer.from(signed).readUInt32LE(0x3c) + 24
    const wrong: number[] = []
    for (let at = 0; at < signed.length; at += 7) {
      if (at >= optional + 64 && at < optional + 68) continue
      const { status, doubts } = await verify(flipped(signed, at), parties)
      // What is not signed by Authenticode: heads of entries, unsigned attributes, padding.
      if (status === 'valid' && !codesOf(doubts).some(code => code === 'timestamp-not-valid')) wrong.push(at)
    }
    const table = Buffer.from(signed).readUInt32LE(optional + 144)
    expect(wrong.filter(at => at < table)).toEqual([])
    expect(wrong.length).toBeLessThan(signed.length / 7 / 10)
  })
})

describe('tricks with PE files', () => {
  it('tell a signature of another file that was stapled on (SigThief, TrustMeBro)', async () => {
    const theirs = (await readSignatures(rangesOf(await signPe(parties)))).layout
    const entry = theirs?.kind === 'pe' ? theirs.entries[0]?.signature : undefined
    const stolen = withCertificateTable(writePe({ overlay: Buffer.from('evil!') }), [
      { data: entry ?? new Uint8Array() },
    ])
    const result = await verify(stolen, parties)
    expect(result).toMatchObject({ status: 'digest-mismatch', reasons: [{ code: 'digest-differs' }] })
    expect(result.signatures[0]?.digest?.computed).not.toBe(result.signatures[0]?.digest?.told)
  })

  it('tell data in the table behind the signature (CVE-2013-3900), inside the entry and behind it', async () => {
    const inside = await signPe(parties, {}, writePe(), { padding: Buffer.from('configuration of a dropper') })
    expect(await verify(inside, parties)).toMatchObject({ status: 'valid', doubts: [{ code: 'data-in-table' }, {}] })
    const plain = await signPe(parties)
    const grown = Buffer.from(concat(plain, Buffer.alloc(64, 0x41)))
    const directory = grown.readUInt32LE(0x3c) + 24 + 144
    grown.writeUInt32LE(grown.readUInt32LE(directory + 4) + 64, directory + 4)
    const behind = await verify(grown, parties)
    expect(codesOf(behind.doubts)).toContain('data-in-table')
    expect(codesOf((await verify(plain, parties)).doubts)).not.toContain('data-in-table')
  })

  it('tell data behind the table, and that what stands before it is what was signed', async () => {
    const result = await verify(concat(await signPe(parties), Buffer.from('appended')), parties)
    expect(result).toMatchObject({ status: 'digest-mismatch' })
    expect(codesOf(result.doubts)).toEqual(expect.arrayContaining(['data-after-table', 'only-data-after-table-differ']))
  })

  it('tell a table that hides a section from the hash', async () => {
    const pe = writePe({
      sections: [
        { name: '.text', data: new Uint8Array(512) },
        { name: '.evil', data: new Uint8Array(8192) },
      ],
    })
    const start = pe.length - 8192
    const digest = createHash('sha256')
    const optional = Buffer.from(pe).readUInt32LE(0x3c) + 24
    digest.update(pe.subarray(0, optional + 64)).update(pe.subarray(optional + 68, optional + 144))
    digest.update(pe.subarray(optional + 152, start))
    const signature = signatureOver(digest.digest(), parties, {})
    const file = Buffer.from(pe)
    file.writeUInt32LE(start, optional + 144)
    file.writeUInt32LE(8192, optional + 148)
    file.writeUInt32LE(8 + signature.length, start)
    file.writeUInt32LE(0x00020200, start + 4)
    file.set(signature, start + 8)
    const result = await verify(file, parties)
    expect(result.status).toBe('unsound-layout')
    expect(codesOf(result.reasons)).toEqual(['table-over-image'])
  })

  it('tell several entries; the first one decides', async () => {
    const pe = writePe()
    const good = signatureOver(await digestsOf(pe, 'sha256'), parties, {})
    const bad = signatureOver(new Uint8Array(32), parties, {})
    const [first, second] = [
      [good, bad],
      [bad, good],
    ].map(datas =>
      withCertificateTable(
        pe,
        datas.map(data => ({ data })),
      ),
    )
    expect(await verify(first ?? pe, parties)).toMatchObject({
      status: 'valid',
      doubts: [{ code: 'several-entries' }, {}],
    })
    expect(await verify(second ?? pe, parties)).toMatchObject({ status: 'digest-mismatch' })
  })

  it('tell a table that holds no signature, or lies outside', async () => {
    const pe = writePe()
    expect(await verify(withCertificateTable(pe, [{ data: Buffer.from('no signature') }]), parties)).toMatchObject({
      status: 'unreadable',
    })
    const signed = await signPe(parties)
    expect(await verify(signed.subarray(0, signed.length - 100), parties)).toMatchObject({ status: 'unreadable' })
  })

  it('tell unsigned attributes in which data may lie', async () => {
    const { sequence, oid, set, octets } = await import('../../test/der.ts')
    const blob = sequence(oid('1.3.6.1.4.1.42921.1.2.1'), set(octets(Buffer.from('campaign 7'))))
    const result = await verify(await signPe(parties, { unsigned: () => [blob] }), parties)
    expect(result).toMatchObject({ status: 'valid' })
    expect(result.doubts).toContainEqual({ code: 'unsigned-attributes', detail: '1.3.6.1.4.1.42921.1.2.1' })
  })
})

describe('nested signatures', () => {
  it('are verified beside the first, and told when they are not valid', async () => {
    const pe = writePe()
    const [strong, wrong] = [await digestsOf(pe, 'sha256'), new Uint8Array(32)].map(digest =>
      signatureOver(digest, parties, {}),
    )
    const sign = (nested: Uint8Array) =>
      signPe(parties, { digest_hash: 'sha1', unsigned: () => [nestedSignature(nested)] }, pe)
    const good = await verify(await sign(strong ?? pe), parties)
    expect(good.signatures[0]?.nested).toMatchObject([{ status: 'valid', digest: { algorithm: 'sha256' } }])
    expect(codesOf(good.doubts)).toContain('sha1')
    const bad = await verify(await sign(wrong ?? pe), parties)
    expect(bad).toMatchObject({ status: 'valid', signatures: [{ nested: [{ status: 'digest-mismatch' }] }] })
    expect(bad.doubts).toContainEqual({ code: 'nested-not-valid', detail: 'digest-mismatch' })
  })
})

describe('a large file', () => {
  it('is read in pieces, once and a little', async () => {
    const pe = writePe({ overlay: Buffer.alloc(5 * 2 ** 20, 1) })
    const file = watched(await signPe(parties, { stamped: '2026-02-01T00:00:00Z' }, pe))
    const trust = trustIn({ roots: [parties.root.der] })
    expect(await verifyFile(file, { trust, time: after })).toMatchObject({ status: 'valid' })
    expect(Math.max(...file.asked.map(([start, end]) => end - start))).toBeLessThanOrEqual(2 ** 20)
    expect(file.asked.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(file.size + 16_384)
  })

  it('stops when it is told to', async () => {
    const file = rangesOf(await signPe(parties))
    const options = { trust: trustIn({ roots: [] }), time: during, signal: AbortSignal.abort(new Error('enough')) }
    await expect(verifyFile(file, options)).rejects.toThrow('enough')
  })

  it('that changes while it is read is an error of the world, not a verdict', async () => {
    const bytes = await signPe(parties)
    const shrinking = {
      size: bytes.length,
      read: (start: number, end: number) => bytes.subarray(start, Math.min(end, 600)),
    }
    await expect(readSignatures(shrinking)).rejects.toMatchObject({ code: 'input/unreadable' })
  })
})
