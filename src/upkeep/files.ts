import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { CountersealError } from '../base/index.ts'

/** A file as a manifest knows it. */
export type Seal = {
  readonly bytes: number
  /** SHA-256 of the bytes, lower-case hexadecimal. */
  readonly sha256: string
}

/** Reads a file once. Throws what the file system says. */
export async function sealOf(path: string, signal?: AbortSignal): Promise<Seal> {
  const digest = createHash('sha256')
  let bytes = 0
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
    const buffer = piece as Buffer // no encoding was set
    digest.update(buffer)
    bytes += buffer.length
  }
  return { bytes, sha256: digest.digest('hex') }
}

/** Has the disk confirm a file, or the names in a directory. */
export async function settle(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Names of what stands in a directory, sorted; none when there is no such directory. */
export async function entriesOf(directory: string): Promise<readonly string[]> {
  const found = await stat(directory).catch(() => undefined)
  return found === undefined ? [] : (await readdir(directory)).sort()
}

/** A failure of the file system, as an error of ours. Errors of ours, and defects, pass unchanged. */
export function fileFailure(attempted: string, cause: unknown): unknown {
  if (cause instanceof CountersealError || !(cause instanceof Error && 'code' in cause)) return cause
  const code = String(cause.code)
  if (code === 'ABORT_ERR') return new CountersealError('work/aborted', { message: `${attempted} was stopped.`, cause })
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new CountersealError('store/full', {
      message: `${attempted} failed: no space is left on the disk.`,
      remedy: 'Free space on that disk, or name a directory on another one.',
      cause,
    })
  return new CountersealError('input/unreadable', {
    message: `${attempted} failed: ${cause.message}.`,
    cause,
  })
}
