import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { worldFailure } from '../context.ts'
import type { Bytes } from './decompress.ts'
import type { RandomAccess } from './disk-file.ts'
import type { Excess } from './limits.ts'
import type { Unfolding } from './member.ts'

export type Spooled = { readonly bytes: RandomAccess; close(): Promise<void> } | { readonly excess: Excess }

/** Small archives are kept in memory: a case of many small ones would otherwise be a case of many files. */
const inMemory = 8 << 20

/** Keeps an archive that comes as a stream, to be read in any order. Must be closed. Throws `store/full`. */
export async function spoolArchive(stream: Bytes, unfolding: Unfolding): Promise<Spooled> {
  const { spool, meter } = unfolding
  const limit = spool === undefined ? inMemory : meter.limits.spoolBytes
  const pieces: Uint8Array[] = []
  let file: FileHandle | undefined
  let size = 0
  try {
    for await (const piece of stream) {
      if (size + piece.length > limit) {
        await file?.close()
        return { excess: { expected: `a ZIP archive in another archive of at most ${limit} bytes`, found: 'more' } }
      }
      size += piece.length
      if (file === undefined && size > inMemory && spool !== undefined) {
        file = await nameless(spool)
        for (const kept of pieces.splice(0)) await writeAll(file, kept)
      }
      if (file === undefined) pieces.push(piece)
      else await writeAll(file, piece)
    }
  } catch (cause) {
    await file?.close()
    throw cause
  }
  return file === undefined ? fromMemory(Buffer.concat(pieces)) : fromFile(file, size)
}

/** A file without a name: nothing is left of it when the process ends, however it ends. */
async function nameless(directory: string): Promise<FileHandle> {
  const path = join(directory, `archive-${process.pid}-${randomBytes(8).toString('hex')}`)
  try {
    const file = await open(path, 'wx+', 0o600)
    await unlink(path)
    return file
  } catch (cause) {
    throw worldFailure(`An archive within an archive could not be kept in ${directory}`, cause)
  }
}

async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
  } catch (cause) {
    throw worldFailure('An archive within an archive could not be kept', cause)
  }
}

function fromMemory(content: Buffer): Spooled {
  const read = async (position: number, length: number) => content.subarray(position, position + length)
  return { bytes: { size: content.length, read }, close: async () => undefined }
}

function fromFile(file: FileHandle, size: number): Spooled {
  const read = async (position: number, length: number) => {
    const buffer = Buffer.allocUnsafe(Math.min(length, Math.max(0, size - position)))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }
  return { bytes: { size, read }, close: () => file.close() }
}
