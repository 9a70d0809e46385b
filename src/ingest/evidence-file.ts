import { createReadStream } from 'node:fs'
import { lstat, open, opendir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'

/** A file of evidence, as the user's paths lead to it. */
export type EvidenceFile = { readonly path: string /** Bytes on disk. */; readonly size: number }

/** What stands in a directory and is no evidence: version control, and what the system left. */
const passedOver = new Set(['.git', '.svn', '.DS_Store', 'Thumbs.db'])

/**
 * The files under the paths, depth first, names in order, so that every run takes them in the same order. Symbolic
 * links are followed when named, not when met; what can not be listed becomes a problem.
 */
export async function* filesUnder(paths: readonly string[], problems: Problem[]): AsyncGenerator<EvidenceFile> {
  for (const path of paths) {
    try {
      const entry = await stat(path)
      if (entry.isDirectory()) yield* filesIn(path, problems, new Set([await realpath(path)]))
      else yield { path, size: entry.size }
    } catch (cause) {
      problems.push(unreadable(path, cause))
    }
  }
}

async function* filesIn(
  directory: string,
  problems: Problem[],
  above: ReadonlySet<string>,
): AsyncGenerator<EvidenceFile> {
  const names: string[] = []
  try {
    for await (const entry of await opendir(directory)) if (!passedOver.has(entry.name)) names.push(entry.name)
  } catch (cause) {
    problems.push(unreadable(directory, cause))
    return
  }
  for (const name of names.sort()) {
    const path = join(directory, name)
    try {
      const entry = await lstat(path)
      if (entry.isDirectory()) yield* filesIn(path, problems, above)
      else if (entry.isFile()) yield { path, size: entry.size }
      else problems.push({ code: 'file/not-regular', where: path, expected: 'a regular file', found: kindOf(entry) })
    } catch (cause) {
      problems.push(unreadable(path, cause))
    }
  }
}

function kindOf(entry: { isSymbolicLink(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (entry.isSymbolicLink()) return 'a symbolic link; name it to have it read'
  return entry.isFIFO() ? 'a named pipe' : entry.isSocket() ? 'a socket' : 'a device'
}

export function unreadable(path: string, cause: unknown): Problem {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'no permission to read it',
    EPERM: 'no permission to read it',
    ENOENT: 'it does not exist',
    EISDIR: 'a directory',
    ELOOP: 'too many symbolic links',
    EIO: 'the disk could not read it',
  }
  return { code: 'file/unreadable', where: path, expected: 'a readable file', found: reasons[code] ?? code }
}

/** Bytes as they come out of decompression, and what went wrong with it. */
export type EvidenceStream = {
  readonly bytes: AsyncIterable<Uint8Array>
  /** Filled while the stream is read: a truncated or damaged gzip ends the stream early and leaves its problem here. */
  readonly problems: Problem[]
  readonly compressed: boolean
}

/** Decompressed bytes of one file. Throws `input/unreadable` when it cannot be opened. */
export async function openEvidence(path: string, signal?: AbortSignal): Promise<EvidenceStream> {
  const compressed = await isGzip(path)
  const problems: Problem[] = []
  const raw = rawBytes(path, signal)
  const bytes = compressed ? gunzip(raw, path, problems) : raw
  return { bytes, problems, compressed }
}

/** The file as it lies on the disk. Throws `input/unreadable` with the offset at which reading failed. */
async function* rawBytes(path: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
  const raw = createReadStream(path, { highWaterMark: 1 << 20, ...(signal === undefined ? {} : { signal }) })
  try {
    yield* raw
  } catch (cause) {
    if (signal?.aborted === true)
      throw new CountersealError('work/aborted', {
        message: `Reading ${path} was stopped at byte ${raw.bytesRead}.`,
        cause,
      })
    const { found } = unreadable(path, cause)
    throw new CountersealError('input/unreadable', {
      message: `${path} could not be read beyond byte ${raw.bytesRead}: ${found}.`,
      cause,
    })
  }
}

async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'r')
    try {
      const magic = Buffer.alloc(2)
      const { bytesRead } = await file.read(magic, 0, 2, 0)
      return bytesRead === 2 && magic[0] === 0x1f && magic[1] === 0x8b
    } finally {
      await file.close()
    }
  } catch (cause) {
    const problem = unreadable(path, cause)
    throw new CountersealError('input/unreadable', { message: `${path} could not be opened: ${problem.found}.`, cause })
  }
}

/** Deflate expands at most 1,032 times, so a slice of this size gives at most 17 MB before the reader is asked again. */
const gzipSlice = 16 << 10

/**
 * What a gzip holds, several members as one. Damage costs what lies behind it: what was decompressed before is given,
 * then the stream ends and the problem says where.
 */
async function* gunzip(raw: AsyncIterable<Buffer>, path: string, problems: Problem[]): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: 64 << 10 })
  const pieces: Buffer[] = []
  let given = 0
  let failure: Error | undefined
  unzip.on('data', (piece: Buffer) => pieces.push(piece))
  unzip.on('error', cause => {
    failure ??= cause
    settle()
  })
  let settle: () => void = () => undefined
  const written = (slice: Buffer) =>
    new Promise<void>(resolve => {
      settle = resolve
      unzip.write(slice, () => resolve())
    })
  const drained = function* () {
    for (const piece of pieces.splice(0)) {
      given += piece.length
      yield piece
    }
  }
  for await (const block of raw) {
    for (let from = 0; from < block.length && failure === undefined; from += gzipSlice) {
      await written(block.subarray(from, from + gzipSlice))
      yield* drained()
    }
    if (failure !== undefined) break
  }
  // The error of a truncated gzip comes with its end: `close` follows both a good end and a bad one.
  if (failure === undefined) await new Promise(resolve => unzip.once('close', resolve).end())
  yield* drained()
  if (failure === undefined) return
  const where = `${path} after ${given} decompressed bytes`
  problems.push({ code: 'gzip/damaged', where, expected: 'a whole gzip member', found: failure.message })
}
