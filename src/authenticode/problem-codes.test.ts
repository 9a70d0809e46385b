import { describe, expect, it } from 'vitest'
import {
  contentInfo,
  indirectData,
  indirectDataType,
  nestedSignature,
  signedData,
  signerInfo,
  trustListType,
} from '../../test/authenticode-cms.ts'
import {
  codesOf,
  installer,
  makeCatalog,
  signatureOver,
  signMsi,
  signPe,
  signScript,
} from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'
import { algorithm, element, integer, octets, oid, sequence, set, tagged } from '../../test/der.ts'
import { rangesOf, readSignatures, withCertificateTable, writeCompoundFile, writePe } from './index.ts'
import type { ProblemCode } from './problem-codes.ts'
import { problemCodes } from './problem-codes.ts'

const parties = makeParties()
const { signer } = parties
const content = indirectData('sha256', new Uint8Array(32))
const plain = signatureOver(new Uint8Array(32), parties, {})
const inFile = async (bytes: Uint8Array, name?: string) =>
  codesOf((await readSignatures(rangesOf(bytes), name === undefined ? {} : { name })).problems)
/** A signature as a file of its own. */
const alone = (bytes: Uint8Array) => inFile(bytes)
const within = (signature: Uint8Array) => inFile(withCertificateTable(writePe(), [{ data: signature }]))
const withAttribute = (...unsigned: readonly Uint8Array[]) =>
  within(signatureOver(new Uint8Array(32), parties, { unsigned: () => unsigned }))
const attribute = (type: string, value: Uint8Array) => sequence(oid(type), set(value))

async function changed(file: Promise<Uint8Array> | Uint8Array, change: (bytes: Buffer) => void): Promise<Uint8Array> {
  const bytes = Buffer.from(await file)
  change(bytes)
  return bytes
}

const optionalAt = (bytes: Buffer) => bytes.readUInt32LE(0x3c) + 24
const compound = writeCompoundFile(installer)
const entryAt = (bytes: Buffer, name: string) => bytes.indexOf(Buffer.from(name, 'utf16le'))

/** Codes that come of something with this fault: made by the type system to be complete. */
const examples: Readonly<Record<ProblemCode, () => Promise<readonly string[]>>> = {
  'authenticode/der': () => within(contentInfo(indirectDataType, content, [], [octets(new Uint8Array(3))])),
  'authenticode/der-cut': () => within(plain.subarray(0, plain.length - 9)),
  'authenticode/ber': () => within(Uint8Array.of(0x30, 0x80, 0, 0)),
  'authenticode/trailing-bytes': () => alone(Buffer.concat([plain, Buffer.from('more')])),
  'authenticode/too-many': () =>
    within(
      contentInfo(
        indirectDataType,
        content,
        Array.from({ length: 65 }, () => signer.der),
        [],
      ),
    ),
  'authenticode/too-long': () => inFile(new Uint8Array(2 ** 24 + 1), 'x.ps1'),
  'authenticode/not-signed-data': () => within(sequence(oid('1.2.3'), tagged(0, sequence()))),
  'authenticode/content': () => within(signedData('1.2.3', sequence(), { signer })),
  'authenticode/certificate': () =>
    within(signedData(indirectDataType, content, { signer, certificates: [sequence()] })),
  'authenticode/signers': () => {
    const info = signerInfo(indirectDataType, content, { signer })
    return within(contentInfo(indirectDataType, content, [signer.der], [info, info]))
  },
  'authenticode/attribute-repeated': () => {
    const twice = attribute('1.2.840.113549.1.9.3', oid(indirectDataType))
    return within(signatureOver(new Uint8Array(32), parties, { signed: [twice] }))
  },
  'authenticode/time': () => {
    const nonsense = attribute('1.2.840.113549.1.9.5', element(0x17, Buffer.from('261399000000Z', 'latin1')))
    return within(signatureOver(new Uint8Array(32), parties, { signed: [nonsense] }))
  },
  'authenticode/timestamp': () => withAttribute(attribute('1.3.6.1.4.1.311.3.3.1', sequence())),
  'authenticode/nested': () => withAttribute(nestedSignature(sequence())),
  'authenticode/member': () => {
    const list = sequence(
      sequence(oid('1.3.6.1.4.1.311.12.1.1')),
      element(0x17, Buffer.from('260101000000Z', 'latin1')),
      algorithm('1.3.6.1.4.1.311.12.1.2'),
      sequence(integer(5)),
    )
    return alone(signedData(trustListType, list, { signer }))
  },
  'authenticode/more-problems': () => withAttribute(...Array.from({ length: 63 }, () => nestedSignature(sequence()))),
  'authenticode/pe-headers': () => inFile(Buffer.from('MZ')),
  'authenticode/pe-table-place': async () =>
    inFile(await changed(signPe(parties), bytes => bytes.writeUInt32LE(2 ** 30, optionalAt(bytes) + 144))),
  'authenticode/pe-table-overlap': async () =>
    inFile(
      await changed(signPe(parties), bytes => {
        const at = optionalAt(bytes) + 144
        bytes.writeUInt32LE(bytes.readUInt32LE(at) - 512, at)
      }),
    ),
  'authenticode/pe-table-entry': async () =>
    inFile(
      await changed(signPe(parties), bytes => bytes.writeUInt32LE(3, bytes.readUInt32LE(optionalAt(bytes) + 144))),
    ),
  'authenticode/pe-entries': () => inFile(withCertificateTable(writePe(), [{ data: plain }, { data: plain }])),
  'authenticode/pe-padding': () =>
    inFile(withCertificateTable(writePe(), [{ data: plain, padding: Buffer.from('configuration') }])),
  'authenticode/pe-after-table': async () => inFile(Buffer.concat([await signPe(parties), Buffer.from('more')])),
  'authenticode/pe-section-gaps': async () =>
    inFile(await changed(writePe(), bytes => bytes.writeUInt32LE(4096, optionalAt(bytes) + 240 + 20))),
  'authenticode/cfb-header': async () => inFile(await changed(compound, bytes => bytes.writeUInt16LE(77, 30))),
  'authenticode/cfb-chain': async () =>
    inFile(await changed(compound, bytes => bytes.writeUInt32LE(9999, entryAt(bytes, 'disk1.cab') + 116))),
  'authenticode/cfb-directory': async () =>
    inFile(await changed(compound, bytes => bytes.writeUInt32LE(9999, entryAt(bytes, 'disk1.cab') + 72))),
  'authenticode/cfb-too-large': async () =>
    inFile(await changed(compound, bytes => bytes.writeUInt32LE(2 ** 30, entryAt(bytes, 'disk1.cab') + 120))),
  'authenticode/cfb-after-end': async () => inFile(Buffer.concat([await signMsi(parties), Buffer.from('more')])),
  'authenticode/script-block': async () => {
    const signed = Buffer.from(await signScript(parties, 'hi\r\n')).toString('latin1')
    return inFile(Buffer.from(signed.replace('# SIG # End', 'evil\r\n# SIG # End')))
  },
  'authenticode/script-after-block': async () =>
    inFile(Buffer.concat([await signScript(parties, 'hi\r\n'), Buffer.from('more\r\n')])),
}

describe('the codes of problems', () => {
  it.each(Object.entries(examples))('%s comes of what it says', async (code, example) => {
    const codes = await example()
    expect(codes).toContain(code)
    for (const one of codes) expect(Object.hasOwn(problemCodes, one)).toBe(true)
  })

  it('are none in files that are as they should be', async () => {
    const files: readonly (readonly [Uint8Array, string])[] = [
      [await signPe(parties, { stamped: '2026-02-01T00:00:00Z' }), 'x.exe'],
      [await signMsi(parties), 'x.msi'],
      [await signScript(parties, 'hi\r\n'), 'x.ps1'],
      [makeCatalog(parties, [{ tag: 'A', digest: new Uint8Array(32), file: 'x' }]), 'x.cat'],
    ]
    for (const [bytes, name] of files) expect(await inFile(bytes, name)).toEqual([])
  })
})
