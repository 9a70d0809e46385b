import { filesUnder } from './files-under.ts'

/** Bytes on disk under the paths: for progress, so what cannot be read counts nothing here. Stops with the signal. */
export async function sizeUnder(paths: readonly string[], signal?: AbortSignal): Promise<number> {
  let bytes = 0
  for await (const { size } of filesUnder(paths, [])) {
    if (signal?.aborted === true) break
    bytes += size
  }
  return bytes
}
