import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { worldFailure } from './context.ts'
import type { EvidenceFile } from './evidence-file.ts'

/**
 * Keeps standard input as a file named by its SHA-256, so that it has an identity and its records can be shown later.
 * A pipe cannot be read twice, and one that ends early looks like the end (architecture.md, recipe 1).
 */
export async function spoolStandardInput(input: NodeJS.ReadableStream, directory: string): Promise<EvidenceFile> {
  const digest = createHash('sha256')
  const partial = join(directory, `stdin-${process.pid}.partial`)
  async function* hashed(source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      digest.update(piece)
      yield piece
    }
  }
  try {
    await pipeline(Readable.from(input as AsyncIterable<Buffer>), hashed, createWriteStream(partial)) // stdin gives buffers
    const path = join(directory, `stdin-${digest.digest('hex')}`)
    await rename(partial, path)
    return { path, size: (await stat(path)).size }
  } catch (cause) {
    throw worldFailure(`Standard input could not be kept at ${partial}`, cause)
  }
}
