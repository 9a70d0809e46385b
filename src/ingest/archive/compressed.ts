import { ByteReader } from './byte-reader.ts'
import type { Decode } from './decompress.ts'
import { gunzip, measured } from './decompress.ts'
import type { ArchiveLimits } from './limits.ts'
import type { Container } from './member.ts'
import { looksLikeZstd, unzstd } from './zstd.ts'

/** Compressed data: it holds one thing, which keeps the name of the file. */
function compression(
  name: string,
  recognises: (head: Uint8Array) => boolean,
  decode: (limits: ArchiveLimits) => Decode,
): Container {
  return {
    name,
    recognises,
    deepens: () => 1,
    async *members(archive, { meter }) {
      const { label, depth, problems } = archive
      const bytes = measured(archive.reader.stream(), decode(meter.limits), { label, problems, meter })
      const reader = new ByteReader(bytes)
      yield { label, size: undefined, mayGrow: false, depth: depth + 1, unpacked: true, reader, problems }
    },
  }
}

/** RFC 1952 §2.3.1: ID1, ID2. */
export const gzip = compression(
  'gzip data',
  head => head[0] === 0x1f && head[1] === 0x8b,
  () => gunzip,
)

export const zstd = compression('Zstandard data', looksLikeZstd, limits => unzstd(limits.windowBytes))
