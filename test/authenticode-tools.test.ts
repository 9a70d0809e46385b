import { spawnSync } from 'node:child_process'
import type { KeyObject } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { randomFrom } from '../bench/generate/random.ts'
import {
  rangesOf,
  readSignatures,
  withCertificateTable,
  writeCompoundFile,
  writePe,
} from '../src/authenticode/index.ts'
import {
  codesOf,
  digestsOf,
  during,
  flipped,
  installer,
  makeCatalog,
  signMsi,
  signPe,
  signScript,
  verify,
} from './authenticode-files.ts'
import { makeParties } from './authenticode-parties.ts'

/** Our reading held against that of Debian's `osslsigncode`, which signs and verifies. */
const directory = mkdtempSync(join(tmpdir(), 'counterseal-authenticode-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const noTool =
  spawnSync('osslsigncode', ['--version'], { stdio: 'ignore' }).error === undefined
    ? undefined
    : 'osslsigncode is not installed (Debian: osslsigncode)'

const parties = makeParties('rsa-seeded')
const when = '2026-02-01T00:00:00Z'
const seconds = (milliseconds: number) => String(milliseconds / 1000)

function saved(name: string, content: Uint8Array | string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const pemOf = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
const keyOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' })
const root = saved('root.pem', pemOf(parties.root.der))
const identity = [
  ['-certs', saved('signer.pem', pemOf(parties.signer.der))],
  ['-ac', saved('issuing.pem', pemOf(parties.issuing.der))],
  ['-key', saved('signer.key', keyOf(parties.signer.key))],
  ['-time', seconds(during)],
].flat()
const clock = [
  ['-TSA-certs', saved('clock.pem', pemOf(parties.clock.der))],
  ['-TSA-key', saved('clock.key', keyOf(parties.clock.key))],
  ['-TSA-time', seconds(Date.parse(when))],
].flat()

/** What it makes of a file. */
function theirSigned(name: string, content: Uint8Array, ...options: readonly string[]): Uint8Array {
  const [input, output] = [saved(name, content), join(directory, `signed-${name}`)]
  rmSync(output, { force: true })
  const run = spawnSync('osslsigncode', ['sign', ...identity, ...options, '-in', input, '-out', output], {
    encoding: 'utf8',
  })
  if (run.status !== 0) expect.fail(`${run.stdout}${run.stderr}`)
  return readFileSync(output)
}

/** Whether it takes the file for valid at the time of the tests. It looks for no revocation: nothing here asks the network. */
function theyAccept(name: string, content: Uint8Array, ...options: readonly string[]): boolean {
  const trust = ['-CAfile', root, '-TSA-CAfile', root, '-ignore-cdp', '-ignore-crl', '-time', seconds(during)]
  const run = spawnSync('osslsigncode', ['verify', ...trust, ...options, '-in', saved(name, content)], {
    encoding: 'utf8',
  })
  return run.status === 0
}

const catalogOf = async (file: Uint8Array) =>
  makeCatalog(parties, [{ tag: 'A1', digest: await digestsOf(file, 'sha256') }], { stamped: when })

const wide = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('what osslsigncode signs', () => {
  it.for([
    ['64.exe', writePe({ overlay: Buffer.from('payload!') }), ['-h', 'sha256', '-ph']],
    ['32.exe', writePe({ bits: 32 }), ['-h', 'sha1', '-ph']],
    ['384.dll', writePe(), ['-h', 'sha384']],
    ['odd.exe', writePe({ overlay: Buffer.from('five!') }), ['-h', 'sha256']],
    ['full.msi', writeCompoundFile(installer), ['-h', 'sha256', '-add-msi-dse']],
    ['plain.msi', writeCompoundFile(installer, { sector_size: 4096 }), ['-h', 'sha256']],
    ['utf8.ps1', Buffer.from('Write-Host "Grüße"\r\n'), ['-h', 'sha256']],
    ['mark.psm1', Buffer.from('\ufeffWrite-Host "Grüße"\r\n'), ['-h', 'sha256']],
    ['wide.ps1', wide('Write-Host "Grüße"\r\n'), ['-h', 'sha256']],
    ['types.ps1xml', Buffer.from('<Types/>\r\n'), ['-h', 'sha256']],
    ['x.mof', Buffer.from('#pragma namespace("x")\r\n'), ['-h', 'sha256']],
  ] as const)('is valid: %s', async ([name, content, options], ctx) => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const signed = theirSigned(
      name,
      content,
      ...options,
      ...clock,
      '-n',
      'Norrfell Setup',
      '-i',
      'https://norrfell.example',
    )
    const result = await verify(signed, parties, { name })
    expect(result).toMatchObject({ status: 'valid', reasons: [] })
    expect(result.signatures[0]).toMatchObject({
      signed_at: Date.parse(when),
      timestamps: [{ kind: 'rfc3161', is_valid: true }],
      signature: { program_name: 'Norrfell Setup', url: 'https://norrfell.example' },
    })
    const pages = options.some(option => option === '-ph') ? options[1] : undefined
    expect(result.signatures[0]?.signature.content).toMatchObject({ kind: 'indirect_data', page_hashes: pages })
  })
})

describe('what is signed here', () => {
  it('is valid for osslsigncode too', async ctx => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const files: readonly (readonly [string, Uint8Array])[] = [
      ['a.exe', await signPe(parties, { stamped: when })],
      ['b.exe', await signPe(parties, { digest_hash: 'sha1' }, writePe({ bits: 32, overlay: Buffer.alloc(9) }))],
      ['a.msi', await signMsi(parties, { stamped: when })],
      ['b.msi', await signMsi(parties, {}, { metadata: false })],
      ['a.ps1', await signScript(parties, 'Write-Host "Grüße"\r\n')],
      ['b.ps1', await signScript(parties, '\ufeffWrite-Host "Grüße"\r\n', 'ps1', 'utf16le')],
      ['a.ps1xml', await signScript(parties, '<Types/>\r\n', 'ps1xml')],
      ['a.mof', await signScript(parties, '#pragma x\r\n', 'mof')],
    ]
    for (const [name, content] of files) expect([name, theyAccept(name, content)]).toEqual([name, true])
  })

  it('as a catalog vouches for a file there as here', async ctx => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const pe = writePe({ overlay: Buffer.from('12345678') })
    const content = await catalogOf(pe)
    const catalogs = [await readSignatures(rangesOf(content))]
    const path = saved('list.cat', content)
    for (const [name, file, isListed] of [
      ['listed.exe', pe, true],
      ['other.exe', flipped(pe, pe.length - 1), false],
    ] as const) {
      expect((await verify(file, parties, { catalogs })).status === 'valid').toBe(isListed)
      expect(theyAccept(name, file, '-catalog', path)).toBe(isListed)
    }
  })
})

describe('a second signature in the first', () => {
  it('of osslsigncode is verified beside it', async ctx => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const once = theirSigned('nest.exe', writePe(), '-h', 'sha1')
    const twice = theirSigned('nest.exe', once, '-h', 'sha256', '-nest', ...clock)
    expect(await verify(twice, parties)).toMatchObject({
      status: 'valid',
      signatures: [{ digest: { algorithm: 'sha1' }, nested: [{ status: 'valid', digest: { algorithm: 'sha256' } }] }],
    })
  })
})

/** What the two say of files with a known trick in them. docs/authenticode.md tells why they differ. */
describe('a trick', () => {
  const stapled = async () => {
    const layout = (await readSignatures(rangesOf(await signPe(parties)))).layout
    const data = (layout?.kind === 'pe' ? layout.entries[0]?.signature : undefined) ?? expect.fail('no signature')
    return withCertificateTable(writePe({ overlay: Buffer.from('evil!evi') }), [{ data }])
  }
  const behind = async (file: Promise<Uint8Array>, text: string) =>
    Buffer.concat([await file, Buffer.from(text, 'latin1')])
  it.for([
    ['stapled.exe', stapled, false, 'digest-mismatch', undefined],
    ['appended.exe', () => behind(signPe(parties), 'appended'), false, 'digest-mismatch', 'data-after-table'],
    [
      'padded.exe',
      () => signPe(parties, {}, writePe(), { padding: Buffer.alloc(64, 65) }),
      true,
      'valid',
      'data-in-table',
    ],
    ['jar.msi', () => behind(signMsi(parties), 'PK\x03\x04 jar PK\x05\x06'), true, 'valid', 'archive-after-end'],
    ['behind.ps1', () => behind(signScript(parties, 'hi\r\n'), 'evil\r\n'), true, 'digest-mismatch', undefined],
  ] as const)('is told: %s', async ([name, make, theirs, status, doubt], ctx) => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const content = await make()
    const result = await verify(content, parties, { name })
    expect(result.status).toBe(status)
    if (doubt !== undefined) expect(codesOf(result.doubts)).toContain(doubt)
    expect(theyAccept(name, content)).toBe(theirs)
  })
})

/** Where the two differ about one bit, and what each says. The same each time: nothing in these files is random. */
describe('a file with one bit turned', () => {
  it.for([
    ['bit.exe', () => signPe(parties, { stamped: when }), []],
    [
      'bit.msi',
      () => signMsi(parties, { stamped: when }),
      [
        // In the name of the root, which means nothing.
        [17_419, 'not valid', 'valid'],
        // In the hash of the metadata, which it does not compare.
        [13_976, 'valid', 'digest-mismatch', 'digest-differs', 'metadata-differs'],
      ],
    ],
    [
      'bit.ps1',
      () => signScript(parties, 'Write-Host hello\r\n'.repeat(40)),
      // In the name of the signature algorithm: it takes that of the key.
      [[2668, 'valid', 'unsupported', 'algorithm-unsupported']],
    ],
    [
      'bit.cat',
      () => catalogOf(writePe()),
      // In the list of hash functions before the content, which signers need not keep to.
      [
        [36, 'not valid', 'valid'],
        [37, 'not valid', 'valid'],
      ],
    ],
  ] as const)('is judged alike: %s', async ([name, make, known], ctx) => {
    if (noTool !== undefined) return ctx.skip(noTool)
    const content = await make()
    const random = randomFrom(20261122)
    const different: unknown[] = []
    for (let n = 0; n < 120; n += 1) {
      const at = random.whole(0, content.length - 1)
      const damaged = flipped(content, at)
      const { status, reasons } = await verify(damaged, parties, { name })
      const theirs = theyAccept(name, damaged)
      if (theirs !== (status === 'valid'))
        different.push([at, theirs ? 'valid' : 'not valid', status, ...codesOf(reasons)])
    }
    expect(different).toEqual(known)
  })
})
