import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { codesOf, digestsOf, flipped, installer, signMsi, verify } from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'
import { rangesOf, readSignatures, writeCompoundFile } from './index.ts'

const parties = makeParties()

describe('a signed installer', () => {
  it.each([true, false])('is valid; names and sizes signed: %s', async metadata => {
    const result = await verify(await signMsi(parties, {}, { metadata }), parties)
    expect(result).toMatchObject({ status: 'valid', reasons: [] })
    expect(codesOf(result.doubts).includes('names-not-signed')).toBe(!metadata)
  })

  it('is hashed by the octets of its names, each storage with its class behind it', async () => {
    const streams = installer.streams ?? []
    const hash = createHash('sha256')
    // Of the first letters: 3F48 of the table, then the two in ASCII with their second octets.
    for (const name of ['\u4840\u3f3f', 'Property', 'disk1.cab', 'empty'])
      hash.update(streams.find(stream => stream.name === name)?.data ?? expect.fail(name))
    hash.update(Buffer.alloc(64, 9)).update(Buffer.alloc(16, 7))
    hash.update(installer.class_id ?? '')
    expect(Buffer.from(await digestsOf(writeCompoundFile(installer), 'sha256'))).toEqual(hash.digest())
  })

  it('has one digest, however it lies in its file', async () => {
    const layouts = [{}, { sector_size: 4096 }, { free_sectors: 3 }] as const
    const digests = layouts.map(layout => digestsOf(writeCompoundFile(installer, layout), 'sha256'))
    const [first, ...others] = await Promise.all(digests)
    for (const other of others) expect(other).toEqual(first)
  })

  it('whose contents were changed is not', async () => {
    const signed = await signMsi(parties)
    const at = Buffer.from(signed).indexOf(Buffer.alloc(900, 2))
    expect(await verify(flipped(signed, at), parties)).toMatchObject({
      status: 'digest-mismatch',
      reasons: [{ code: 'digest-differs' }],
    })
  })

  it('whose names were changed is not, if names are signed', async () => {
    const rename = async (metadata: boolean) => {
      const signed = Buffer.from(await signMsi(parties, {}, { metadata }))
      signed.write('q', signed.indexOf(Buffer.from('disk1.cab', 'utf16le')) + 6, 'latin1')
      return verify(signed, parties)
    }
    expect(await rename(true)).toMatchObject({ status: 'digest-mismatch', reasons: [{ code: 'metadata-differs' }] })
    expect(await rename(false)).toMatchObject({ status: 'valid' })
  })

  it('with a JAR behind it is told: Java opens files from their end (CVE-2020-1464)', async () => {
    const jar = Buffer.concat([
      Buffer.from('PK\x03\x04', 'latin1'),
      Buffer.alloc(2000, 1),
      Buffer.from('PK\x05\x06', 'latin1'),
      Buffer.alloc(18),
    ])
    const result = await verify(Buffer.concat([await signMsi(parties), jar]), parties)
    expect(result.status).toBe('valid')
    expect(codesOf(result.doubts)).toContain('archive-after-end')
    const data = await verify(Buffer.concat([await signMsi(parties), Buffer.from('configuration')]), parties)
    expect(codesOf(data.doubts)).toContain('data-after-end')
    const zeros = await verify(Buffer.concat([await signMsi(parties), Buffer.alloc(5000)]), parties)
    expect(codesOf(zeros.doubts)).toEqual(['no-timestamp'])
  })

  it('that is damaged so that not all of it can be read is not hashed', async () => {
    const signed = Buffer.from(await signMsi(parties))
    const entry = signed.indexOf(Buffer.from('disk1.cab', 'utf16le'))
    signed.writeUInt32LE(0x7fffffff, entry + 116)
    expect(await verify(signed, parties)).toMatchObject({
      status: 'unreadable',
      reasons: [{ code: 'digest-not-computed' }],
    })
  })

  it('whose directory lost its signature is damaged, not unsigned', async () => {
    const signed = Buffer.from(await signMsi(parties))
    signed[signed.indexOf(Buffer.from('\x05DigitalSignature', 'utf16le')) + 66] = 3
    expect(await verify(signed, parties)).toMatchObject({ status: 'unreadable' })
  })

  it('without a signature is unsigned', async () => {
    expect(await verify(writeCompoundFile(installer), parties)).toMatchObject({ status: 'unsigned' })
  })
})

describe('a hostile compound file', () => {
  it('cannot make streams of one chain be hashed again and again', async () => {
    const streams = Array.from({ length: 2000 }, (_, i) => ({
      name: `s${i}`,
      data: Buffer.alloc(i === 0 ? 100_000 : 10),
    }))
    const file = Buffer.from(writeCompoundFile({ name: '', streams }))
    const first = file.indexOf(Buffer.from('s0\0', 'utf16le'))
    for (let i = 1; i < 2000; i += 1) {
      const at = file.indexOf(Buffer.from(`s${i}\0`, 'utf16le'))
      file.copy(file, at + 116, first + 116, first + 128)
    }
    const before = performance.now()
    const { digests, problems } = await readSignatures(rangesOf(file), { hashes: ['sha256'] })
    expect(digests.size).toBe(0)
    expect(codesOf(problems)).toContain('authenticode/cfb-too-large')
    expect(performance.now() - before).toBeLessThan(1000)
  })

  it('cannot make the tree or a chain go round in a circle', async () => {
    const file = Buffer.from(writeCompoundFile(installer))
    const entry = file.indexOf(Buffer.from('Property\0', 'utf16le'))
    file.writeUInt32LE(1, entry + 72)
    file.writeUInt32LE(0, entry + 76)
    expect(codesOf((await readSignatures(rangesOf(file))).problems)).toContain('authenticode/cfb-directory')
    const chain = Buffer.from(writeCompoundFile(installer))
    const table = chain.length - 512
    for (let at = 0; at < 512; at += 4) chain.writeUInt32LE(0, table + at)
    expect((await readSignatures(rangesOf(chain))).problems.length).toBeGreaterThan(0)
  })
})
