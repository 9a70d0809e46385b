import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { after, codesOf, digestsOf, flipped, makeCatalog, makeRootList, verify } from '../../test/authenticode-files.ts'
import { digitalSignature, makeParties, makeParty, purposes } from '../../test/authenticode-parties.ts'
import { isListed, rangesOf, readSignatures, writePe } from './index.ts'

const parties = makeParties()
const pe = writePe()
const driver = Buffer.from('[Version]\r\nSignature="$WINDOWS NT$"\r\n')
const flat = createHash('sha256').update(driver).digest()

async function catalogOf() {
  const members = [
    { tag: 'A1', digest: await digestsOf(pe, 'sha256'), file: 'norrfell.sys' },
    { tag: 'A2', digest: flat },
  ]
  return makeCatalog(parties, members)
}

describe('a security catalog', () => {
  it('tells the files it vouches for', async () => {
    const { kind, signatures, problems } = await readSignatures(rangesOf(await catalogOf()))
    expect(problems).toEqual([])
    expect(kind).toBe('list')
    expect(signatures[0]?.content).toMatchObject({
      kind: 'trust_list',
      usage: 'catalog',
      list_identifier: '00112233445566778899aabbccddeeff',
      this_update: Date.UTC(2026, 1, 1),
      members: [
        { digest_algorithm: 'sha256', name_values: [{ name: 'File', value: 'norrfell.sys' }] },
        { digest: flat.toString('hex') },
      ],
    })
  })

  it('vouches for a file that has no signature: PE files by their own digest, others from end to end', async () => {
    const catalogs = [await readSignatures(rangesOf(await catalogOf()))]
    expect(await verify(pe, parties, { catalogs })).toMatchObject({ status: 'valid', by_catalog: 0 })
    expect(await verify(driver, parties, { catalogs, name: 'norrfell.inf' })).toMatchObject({
      status: 'valid',
      by_catalog: 0,
    })
    expect(await verify(flipped(driver, 3), parties, { catalogs })).toMatchObject({
      status: 'unsupported',
      by_catalog: undefined,
    })
    expect(await verify(flipped(pe, 700), parties, { catalogs })).toMatchObject({
      status: 'unsigned',
      by_catalog: undefined,
    })
    expect(await verify(pe, parties, { catalogs, time: after })).toMatchObject({ status: 'expired', by_catalog: 0 })
  })

  it('that was changed vouches for nothing', async () => {
    const bytes = await catalogOf()
    const changed = flipped(bytes, Buffer.from(bytes).indexOf(flat))
    const catalogs = [await readSignatures(rangesOf(changed))]
    const result = await verify(pe, parties, { catalogs })
    expect(result).toMatchObject({ status: 'signature-invalid', reasons: [{ code: 'message-digest-differs' }] })
  })

  it('gives way to one that is valid', async () => {
    const stranger = makeParties('p256')
    const [evil] = [makeCatalog(stranger, [{ tag: 'A1', digest: await digestsOf(pe, 'sha256') }])]
    const catalogs = await Promise.all([evil ?? pe, await catalogOf()].map(bytes => readSignatures(rangesOf(bytes))))
    expect(await verify(pe, parties, { catalogs })).toMatchObject({ status: 'valid', by_catalog: 1 })
  })

  it('with data behind it is told', async () => {
    const result = await verify(Buffer.concat([await catalogOf(), Buffer.from('more')]), parties)
    expect(codesOf(result.doubts)).toContain('data-after-signature')
  })
})

describe('a list of roots', () => {
  it('tells thumbprints and properties, and is no catalog', async () => {
    const thumbprint = '3b1efd3a66ea28b16697394703a72ca340a05bd5'
    const signer = makeParty({
      common_name: 'Norrfell Lists',
      issuer: parties.issuing,
      extensions: [purposes('1.3.6.1.4.1.311.10.3.9'), digitalSignature],
    })
    const bytes = makeRootList({ ...parties, signer }, [[thumbprint, 'Norrfell Root 2010']])
    const [signature] = (await readSignatures(rangesOf(bytes))).signatures
    const content = signature?.content
    expect(content).toMatchObject({ usage: 'roots', subject_algorithm: 'sha1', members: [{ identifier: thumbprint }] })
    const property = content?.kind === 'trust_list' ? content.members[0]?.properties[0] : undefined
    expect(property?.id).toBe(11)
    expect(Buffer.from(property?.bytes ?? '').toString('utf16le')).toBe('Norrfell Root 2010\0')
    expect(signature && isListed(signature, new Map([['sha1', thumbprint]]))).toBe(false)
    expect(await verify(bytes, parties)).toMatchObject({ status: 'valid' })
  })
})
