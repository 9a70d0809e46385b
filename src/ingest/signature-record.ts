import { createHash } from 'node:crypto'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { ByteReader } from './archive/byte-reader.ts'

/**
 * A file whose signature was judged, found again. It is intact when it still has the hash that the store knows: what was said of it
 * hung on the catalogs and the day as well, and is not said again.
 */
export async function signedFileAt(
  bytes: ByteReader,
  { event_uid, store }: { readonly event_uid: string; readonly store: EventStore },
): Promise<{ bytes: Uint8Array; byte_offset: number; sameHead: boolean; intact: boolean } | undefined> {
  const [row] = await rowsOf(store, 'file-of-event', { params: { uid: event_uid } })
  if (row === undefined) return undefined
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of bytes.stream()) {
    hash.update(piece)
    size += piece.length
  }
  const sha256 = hash.digest('hex')
  const intact = sha256 === row.sha256
  const shown = Buffer.from(JSON.stringify({ file_name: row.file_name, file_size: size, file_hash_sha256: sha256 }))
  return { bytes: shown, byte_offset: 0, sameHead: intact, intact }
}
