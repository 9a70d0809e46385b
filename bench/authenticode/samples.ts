import type { SignedFile } from '../../src/authenticode/index.ts'
import { allOf, rangesOf, readSignatures, writePe } from '../../src/authenticode/index.ts'
import { counterSignature, nestedSignature, opus, signingTime } from '../../test/authenticode-cms.ts'
import type { ScriptExtension } from '../../test/authenticode-files.ts'
import {
  digestsOf,
  makeCatalog,
  makeRootList,
  signatureOver,
  signMsi,
  signPe,
  signScript,
} from '../../test/authenticode-files.ts'
import type { Parties } from '../../test/authenticode-parties.ts'
import { makeParties } from '../../test/authenticode-parties.ts'

/** A signed file to damage. */
export type Sample = { readonly name: string; readonly bytes: Uint8Array; readonly parties: Parties }

const when = '2026-02-01T00:00:00Z'

/** Signed files of every kind, with keys of two kinds; the same each time. */
export async function makeSamples(): Promise<readonly [Sample, ...Sample[]]> {
  const [first = [], ...others] = await Promise.all(
    (['ed25519', 'rsa-seeded'] as const).map(kind => samplesOf(makeParties(kind))),
  )
  const [one, ...rest] = [...first, ...others.flat()]
  if (one === undefined) throw new Error('no samples')
  return [one, ...rest]
}

async function samplesOf(parties: Parties): Promise<readonly Sample[]> {
  const { signer, issuing, clock } = parties
  const pe = writePe({ bits: 32, overlay: Buffer.from('payload!') })
  const digest = await digestsOf(pe, 'sha256')
  const nested = () => [nestedSignature(signatureOver(digest, parties, { stamped: when }))]
  const pkcs9 = {
    certificates: [signer.der, issuing.der, clock.der],
    unsigned: (signature: Uint8Array) => [counterSignature(when, clock, signature)],
  }
  const signed = [opus('Norrfell', 'https://norrfell.example'), signingTime(when)]
  const members = [
    { tag: 'A1', digest, file: 'norrfell.sys' },
    { tag: 'A2', digest: Buffer.alloc(32, 7) },
  ]
  const files: readonly (readonly [string, Uint8Array])[] = [
    ['plain.exe', await signPe(parties, { stamped: when, signed })],
    ['counter.exe', await signPe(parties, pkcs9)],
    ['nested.dll', await signPe(parties, { digest_hash: 'sha1', unsigned: nested }, pe)],
    ['setup.msi', await signMsi(parties, { stamped: when })],
    ['plain.msi', await signMsi(parties, {}, { metadata: false })],
    ['list.cat', makeCatalog(parties, members, { stamped: when })],
    ['authroot.stl', makeRootList(parties, [['00'.repeat(20), 'Norrfell Root']])],
  ]
  const scripts = (['ps1', 'ps1xml', 'mof', 'js', 'vbs'] as const).map(async (extension: ScriptExtension) => {
    const text = `${extension === 'ps1' ? '\ufeff' : ''}${`${extension} says hello\r\n`.repeat(20)}`
    return [
      `x.${extension}`,
      await signScript(parties, text, extension, extension === 'ps1' ? 'utf16le' : 'utf8'),
    ] as const
  })
  return [...files, ...(await Promise.all(scripts))].map(([name, bytes]) => ({ name, bytes, parties }))
}

/** What the signers of the samples signed: nobody else can sign anything. */
export async function signedIn(samples: readonly Sample[]): Promise<ReadonlySet<string>> {
  const readings = await Promise.all(samples.map(({ bytes, name }) => readSignatures(rangesOf(bytes), { name })))
  return new Set(readings.flatMap(signedContents))
}

/** The contents that are signed, in hexadecimal. */
export function signedContents({ signatures }: SignedFile): readonly string[] {
  return allOf(signatures).map(({ signed_data }) => Buffer.from(signed_data.content ?? '').toString('hex'))
}
