import { createHash, randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FileRanges, SignedFile } from '../authenticode/index.ts'
import { rangesOf, readSignatures, verifySignatures } from '../authenticode/index.ts'
import type { Problem } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { IngestContext } from './context.ts'
import { worldFailure } from './context.ts'
import { lastPart } from './registry-mount.ts'
import type { FileHashes } from './signature-line.ts'
import { fileKindOf, lineOfFile } from './signature-line.ts'
import { SignatureReader } from './signature-reader.ts'
import { publicTrust } from './signature-roots.ts'

/** Longest file that is verified. Larger ones are told. */
export const longestSignedFile = 512 << 20

/** Catalogs that are kept to the end of a run, and their octets: Windows has some 6,000 of together 150 MB. */
const mostCatalogs = 8192
const mostCatalogBytes = 256 << 20

/** A file as it comes, and what is known of it. */
export type SignedEvidence = {
  /** Of the file, or the label of the member of an archive. */
  readonly path: string
  readonly candidates: readonly Source[]
  /** What its containers report: one that is cut off is not what was signed, and is not judged. */
  readonly damage: Problem[]
  /** Of text that only looks signed: why it is not read otherwise. */
  readonly why?: string
}

/** A file that was judged, ready to be taken in. */
export type VerifiedFile = SignedEvidence & {
  readonly evidence_id: string
  readonly reader: SignatureReader
  readonly content: Uint8Array
}

/** What came of a file; undefined: it waits for the catalogs of the run. */
export type Shelved = VerifiedFile | { readonly unknown: string } | undefined

type Waiting = SignedEvidence & { readonly file: SignedFile; readonly hashes: FileHashes }

/**
 * The files of a run that have signatures, or could have. A file without one is signed where a catalog lists it, and catalogs
 * may come in any order: such files wait until all evidence was met. What waits is a few hashes, not the file.
 */
export class SignatureShelf {
  readonly #tmp: string
  readonly #signal: AbortSignal | undefined
  readonly #waiting: Waiting[] = []
  readonly #catalogs: { readonly file: SignedFile; readonly sha256: string }[] = []
  #catalogBytes = 0

  constructor({ tmp, signal }: Pick<IngestContext, 'tmp' | 'signal'>) {
    this.#tmp = tmp
    this.#signal = signal
  }

  /** A file that lies in memory. */
  async takeWhole(evidence: SignedEvidence, content: Uint8Array): Promise<Shelved> {
    return await this.#take(evidence, rangesOf(content), hashesOf(content))
  }

  /** A file that does not: it is laid down, read, and removed. */
  async takeStream(evidence: SignedEvidence, bytes: AsyncIterable<Uint8Array>): Promise<Shelved> {
    const path = join(this.#tmp, `signed-${randomUUID()}`)
    try {
      const laid = await layDown(path, bytes)
      if (laid === undefined) return { unknown: tooLarge }
      const handle = await open(path, 'r')
      try {
        return await this.#take(evidence, rangesOfFile(handle, laid.size), laid.hashes)
      } finally {
        await handle.close()
      }
    } finally {
      await rm(path, { force: true })
    }
  }

  async #take(evidence: SignedEvidence, ranges: FileRanges, hashes: FileHashes): Promise<Shelved> {
    if (evidence.damage.length > 0)
      return { unknown: 'a file that could be signed, and did not come whole out of what it lay in' }
    const signal = this.#signal === undefined ? {} : { signal: this.#signal }
    const file = await readSignatures(ranges, { name: lastPart(evidence.path), hashes: ['sha1', 'sha256'], ...signal })
    const why = file.kind === 'unknown' && evidence.why !== undefined ? evidence.why : whyPassedOver(file)
    if (why !== undefined) return { unknown: why }
    const kind = fileKindOf(file)
    if (kind === 'catalog') this.#keepCatalog(evidence, file, hashes.sha256)
    const waits = kind !== undefined && kind !== 'catalog' && kind !== 'list' && !file.has_signature
    if (!waits) return this.#judge({ ...evidence, file, hashes }, [])
    // What the layout holds on to is the file itself.
    this.#waiting.push({ ...evidence, file: { ...file, layout: undefined }, hashes })
    return undefined
  }

  /** One that is too much has its row, and vouches for nothing. */
  #keepCatalog({ path, damage }: SignedEvidence, file: SignedFile, sha256: string): void {
    if (this.#catalogs.some(one => one.sha256 === sha256)) return
    const octets = this.#catalogBytes + file.size
    if (this.#catalogs.length >= mostCatalogs || octets > mostCatalogBytes) {
      const expected = `at most ${mostCatalogs} catalogs in a run, together of ${mostCatalogBytes} bytes`
      damage.push({ code: 'signature/too-many-catalogs', where: path, expected })
      return
    }
    this.#catalogBytes = octets
    this.#catalogs.push({ file, sha256 })
  }

  /** Those that waited, by all catalogs of the run. Once, when all evidence was met. */
  *settled(): Generator<VerifiedFile> {
    // The same files and catalogs give the same rows, in whichever order they came.
    this.#catalogs.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
    for (const waiting of this.#waiting.splice(0)) yield this.#judge(waiting, this.#catalogs)
  }

  #judge(
    { path, candidates, damage, file, hashes }: Waiting,
    catalogs: readonly { file: SignedFile; sha256: string }[],
  ): VerifiedFile {
    const name = lastPart(path)
    const whole = { bytes: file.size, content_sha256: hashes.sha256 }
    const verification = verifySignatures(file, {
      trust: publicTrust(),
      time: Date.now(),
      catalogs: catalogs.map(one => one.file),
    })
    const catalog = verification.by_catalog === undefined ? undefined : catalogs[verification.by_catalog]?.sha256
    const line = lineOfFile({ name, file, hashes, verification, catalog, catalogs: catalogs.length })
    const problem = fileKindOf(file) === undefined ? unreadableOf(file) : undefined
    const content = Buffer.from(line)
    // Over the file, and over what was said of it: roots, catalogs and days give other answers to the same bytes.
    const evidence_id = createHash('sha256').update(`${hashes.sha256}\n`).update(content).digest('hex')
    return { path, candidates, damage, evidence_id, content, reader: new SignatureReader(line, whole, problem) }
  }
}

const tooLarge = `a file that could be signed, of more than ${longestSignedFile} bytes: it is not verified`

/** Compound files are many things. Those that are no installers and have no signature are not asked about. */
function whyPassedOver({ kind, layout, has_signature, signatures }: SignedFile): string | undefined {
  if (
    layout?.kind === 'msi' &&
    !has_signature &&
    layout.contents !== undefined &&
    !isInstaller(layout.contents.root.class_id)
  )
    return 'a compound file (an old document, a cache) without a signature, which is no installer'
  if (kind === 'list' && signatures[0]?.content?.kind !== 'trust_list')
    return 'a PKCS #7 file that is no catalog: give its certificates as PEM or DER'
  if (kind === 'script' && !has_signature) return 'a script without a signature'
  return undefined
}

/** The class of an installer, a patch or a transform: {000C1084-, {000C1086-, {000C1082-0000-0000-C000-000000000046}. */
function isInstaller(class_id: Uint8Array): boolean {
  return /^8[246]100c0000000000c000000000000046$/.test(Buffer.from(class_id).toString('hex'))
}

function unreadableOf({ problems: [first] }: SignedFile): Problem {
  return first ?? { code: 'authenticode/pe-headers', expected: 'a program, an installer, a script or a catalog' }
}

function hashesOf(content: Uint8Array): FileHashes {
  const of = (name: string) => createHash(name).update(content).digest('hex')
  return { sha256: of('sha256'), sha1: of('sha1'), md5: of('md5') }
}

/** Undefined when there is too much of it. */
async function layDown(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ size: number; hashes: FileHashes } | undefined> {
  const hashes = { sha256: createHash('sha256'), sha1: createHash('sha1'), md5: createHash('md5') }
  let size = 0
  const handle = await open(path, 'w').catch(cause => {
    throw worldFailure(`A file could not be laid down at ${path}`, cause)
  })
  try {
    for await (const piece of bytes) {
      size += piece.length
      if (size > longestSignedFile) return undefined
      for (const hash of Object.values(hashes)) hash.update(piece)
      await written(handle, piece, path)
    }
  } finally {
    await handle.close()
  }
  const { sha256, sha1, md5 } = hashes
  return { size, hashes: { sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), md5: md5.digest('hex') } }
}

async function written(handle: FileHandle, piece: Uint8Array, path: string): Promise<void> {
  try {
    await handle.writeFile(piece)
  } catch (cause) {
    throw worldFailure(`A file could not be laid down at ${path}`, cause)
  }
}

function rangesOfFile(handle: FileHandle, size: number): FileRanges {
  return {
    size,
    async read(start, end) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(end - start), 0, end - start, start)
      return buffer.subarray(0, bytesRead)
    },
  }
}
