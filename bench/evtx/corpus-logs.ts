import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { chunkSize, fileHeaderSize } from '../../src/evtx/index.ts'

export type CorpusLog = { readonly name: string; readonly path: string; readonly bytes: Uint8Array }

/** Every event log of the public corpus, by name. @param corpus its directory */
export function corpusLogs(corpus: string): readonly CorpusLog[] {
  const directory = join(corpus, 'windows/evtx')
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.evtx'))
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(path => ({ name: relative(directory, path), path, bytes: readFileSync(path) }))
}

/** The chunks of a file, the last one as long as it is. */
export function chunksOf(bytes: Uint8Array): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = fileHeaderSize; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize))
  return chunks
}
