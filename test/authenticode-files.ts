import type {
  FileRanges,
  SignedFile,
  Verification,
  WrittenStorage,
  WrittenTableEntry,
} from '../src/authenticode/index.ts'
import {
  rangesOf,
  readSignatures,
  trustIn,
  verifyFile,
  withCertificateTable,
  writeCompoundFile,
  writePe,
} from '../src/authenticode/index.ts'
import type { CmsOptions } from './authenticode-cms.ts'
import { guids, indirectData, indirectDataType, signedData, token, trustListType } from './authenticode-cms.ts'
import type { HashWord, Parties } from './authenticode-parties.ts'
import { algorithm, integer, nothing, octets, oid, sequence, set, text, time } from './der.ts'

/** Files that are signed here, with what our own reading says is signed. osslsigncode stands against it elsewhere. */

/** When the signers' certificates are valid, and when that of the signer has ended. */
export const during = Date.UTC(2026, 2, 1)
export const after = Date.UTC(2027, 2, 1)

export type SignOptions = Partial<CmsOptions> & {
  /** Of the file. Default: `sha256`. */
  readonly digest_hash?: HashWord
  /** ISO text; none: no timestamp. */
  readonly stamped?: string
}

export async function digestsOf(bytes: Uint8Array, hash: HashWord, name?: string): Promise<Uint8Array> {
  const reading = await readSignatures(rangesOf(bytes), { hashes: [hash], ...(name === undefined ? {} : { name }) })
  return Buffer.from(reading.digests.get(hash) ?? '', 'hex')
}

/** A signature over this digest, by the parties' signer. */
export function signatureOver(digest: Uint8Array, parties: Parties, options: SignOptions, guid?: string): Uint8Array {
  const { digest_hash = 'sha256' } = options
  return signedData(indirectDataType, indirectData(digest_hash, digest, guid), cmsOptions(parties, options))
}

function cmsOptions({ signer, issuing, clock }: Parties, { stamped, ...options }: SignOptions): CmsOptions {
  const { unsigned } = options
  return {
    signer,
    certificates: [signer.der, issuing.der],
    ...options,
    unsigned: signature => [
      ...(stamped === undefined ? [] : [token(stamped, clock, signature, { certificates: [clock.der] })]),
      ...(unsigned?.(signature) ?? []),
    ],
  }
}

export async function signPe(
  parties: Parties,
  options: SignOptions = {},
  file: Uint8Array = writePe(),
  entry: Partial<WrittenTableEntry> = {},
): Promise<Uint8Array> {
  // The table begins on eight octets; what fills the file up to it is signed.
  const pe = Buffer.concat([file, Buffer.alloc(-file.length & 7)])
  const digest = await digestsOf(pe, options.digest_hash ?? 'sha256')
  return withCertificateTable(pe, [{ data: signatureOver(digest, parties, options), ...entry }])
}

export const installer: WrittenStorage = {
  name: '',
  class_id: Uint8Array.from({ length: 16 }, (_, i) => i + 1),
  streams: [
    { name: 'Property', data: Buffer.alloc(100, 1) },
    { name: 'disk1.cab', data: Buffer.alloc(9000, 2) },
    { name: '\u4840\u3f3f', data: Buffer.alloc(4096, 3) },
    { name: 'empty', data: new Uint8Array(0) },
  ],
  storages: [{ name: 'sub', class_id: Buffer.alloc(16, 7), streams: [{ name: 'x', data: Buffer.alloc(64, 9) }] }],
}

/** @param metadata names and sizes are signed too */
export async function signMsi(
  parties: Parties,
  options: SignOptions = {},
  { root = installer, metadata = true }: { readonly root?: WrittenStorage; readonly metadata?: boolean } = {},
): Promise<Uint8Array> {
  const { digest_hash = 'sha256' } = options
  const withStreams = (...added: readonly { readonly name: string; readonly data: Uint8Array }[]) =>
    writeCompoundFile({ ...root, streams: [...(root.streams ?? []), ...added] })
  const plain = await readSignatures(rangesOf(withStreams()), { hashes: [digest_hash] })
  const hashed = Buffer.from(plain.metadata_digests.get(digest_hash) ?? '', 'hex')
  const extended = metadata ? [{ name: '\x05MsiDigitalSignatureEx', data: hashed }] : []
  const digest = await digestsOf(withStreams(...extended), digest_hash)
  const signature = signatureOver(digest, parties, options, guids.msi)
  return withStreams(...extended, { name: '\x05DigitalSignature', data: signature })
}

const scriptMarks = {
  ps1: ['# SIG # Begin signature block', '# SIG # End signature block', '# ', ''],
  ps1xml: ['<!-- SIG # Begin signature block -->', '<!-- SIG # End signature block -->', '<!-- ', ' -->'],
  mof: ['/* SIG # Begin signature block */', '/* SIG # End signature block */', '/* ', ' */'],
  js: ['// SIG // Begin signature block', '// SIG // End signature block', '// SIG // ', ''],
  vbs: ["'' SIG '' Begin signature block", "'' SIG '' End signature block", "'' SIG '' ", ''],
  wsf: ['<signature>', '</signature>', '** SIG ** ', ''],
} as const

export type ScriptExtension = keyof typeof scriptMarks

/** The lines of a signature block, the line end before it among them. */
export function scriptBlock(extension: ScriptExtension, signature: Uint8Array): string {
  const [begin, end, open, close] = scriptMarks[extension]
  const base64 = Buffer.from(signature).toString('base64')
  const lines = Array.from({ length: Math.ceil(base64.length / 64) }, (_, i) => base64.slice(64 * i, 64 * i + 64))
  return `\r\n${[begin, ...lines.map(line => `${open}${line}${close}`), end].join('\r\n')}\r\n`
}

/** The digest is made here, by another road than that of the reader. */
export async function signScript(
  parties: Parties,
  script: string,
  extension: ScriptExtension = 'ps1',
  encoding: BufferEncoding = 'utf8',
): Promise<Uint8Array> {
  const isHost = extension === 'js' || extension === 'vbs' || extension === 'wsf'
  const hashed = Buffer.from(isHost && script.startsWith('\ufeff') ? script.slice(1) : script, 'utf16le')
  const cut = extension === 'wsf' ? script.lastIndexOf('</job>') : script.length
  const position = Buffer.alloc(isHost ? 4 : 0)
  if (isHost) position.writeUInt32LE(cut - (script.startsWith('\ufeff') ? 1 : 0))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Buffer.concat([hashed, position])))
  const guid =
    extension === 'js'
      ? guids.jscript
      : extension === 'vbs'
        ? guids.vbscript
        : extension === 'wsf'
          ? guids.wsf
          : guids.powershell
  const block = scriptBlock(extension, signatureOver(digest, parties, {}, guid))
  return Uint8Array.from(Buffer.from(script.slice(0, cut) + block + script.slice(cut), encoding))
}

export type CatalogMember = { readonly tag: string; readonly digest: Uint8Array; readonly file?: string }

/** A signed catalog (`.cat`) of files with these SHA-256 digests. */
export function makeCatalog(
  parties: Parties,
  members: readonly CatalogMember[],
  options: SignOptions = {},
): Uint8Array {
  const wide = (told: string) => text('bmp', told)
  const subjects = members.map(({ tag, digest, file }) =>
    sequence(
      octets(Buffer.from(`${tag}\0`, 'utf16le')),
      set(
        sequence(oid(indirectDataType), set(indirectData('sha256', digest))),
        ...(file === undefined
          ? []
          : [
              sequence(
                oid('1.3.6.1.4.1.311.12.2.1'),
                set(sequence(wide('File'), integer(0x10010001), octets(Buffer.from(`${file}\0`, 'utf16le')))),
              ),
            ]),
      ),
    ),
  )
  return makeList(parties, '1.3.6.1.4.1.311.12.1.1', '1.3.6.1.4.1.311.12.1.2', subjects, options)
}

/** A signed list of certificates as `authroot.stl` is: thumbprints, and a friendly name for each. */
export function makeRootList(parties: Parties, thumbprints: readonly (readonly [string, string])[]): Uint8Array {
  const subjects = thumbprints.map(([thumbprint, friendly]) =>
    sequence(
      octets(Buffer.from(thumbprint, 'hex')),
      set(sequence(oid('1.3.6.1.4.1.311.10.11.11'), set(octets(Buffer.from(`${friendly}\0`, 'utf16le'))))),
    ),
  )
  return makeList(parties, '1.3.6.1.4.1.311.10.3.9', '1.3.14.3.2.26', subjects, {})
}

function makeList(
  parties: Parties,
  usage: string,
  subjectAlgorithm: string,
  subjects: readonly Uint8Array[],
  options: SignOptions,
): Uint8Array {
  const list = sequence(
    sequence(oid(usage)),
    octets(Buffer.from('00112233445566778899aabbccddeeff', 'hex')),
    time(new Date('2026-02-01T00:00:00Z')),
    algorithm(subjectAlgorithm, nothing),
    sequence(...subjects),
  )
  return signedData(trustListType, list, cmsOptions(parties, options))
}

/** What becomes of octets when the parties' root is trusted. */
export function verify(
  bytes: Uint8Array,
  parties: Parties,
  {
    time: when = during,
    ...more
  }: { readonly time?: number; readonly name?: string; readonly catalogs?: readonly SignedFile[] } = {},
): Promise<Verification> {
  return verifyFile(rangesOf(bytes), { trust: trustIn({ roots: [parties.root.der] }), time: when, ...more })
}

export const codesOf = (all: readonly { readonly code: string }[]): readonly string[] => all.map(({ code }) => code)

/** A copy with one octet changed. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 0x01
  return copy
}

/** A file that remembers what was asked of it. */
export function watched(bytes: Uint8Array): FileRanges & { readonly asked: (readonly [number, number])[] } {
  const asked: (readonly [number, number])[] = []
  return {
    size: bytes.length,
    asked,
    read: async (start, end) => {
      asked.push([start, end])
      return bytes.slice(start, end)
    },
  }
}
