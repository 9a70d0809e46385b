import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { tilePath, tilesOf } from '../../src/merkle/index.ts'
import type { MadeLog } from './made-log.ts'

/** Everything of a static-ct log as somebody fetched it: checkpoint, tiles of its size, issuers. */
export async function tilesToDisk(made: MadeLog, directory: string): Promise<void> {
  const size = made.entries.length
  const hashTiles = [0, 1, 2].flatMap(level =>
    tilesOf(size, level).map(at => tilePath(String(level), at.index, at.width)),
  )
  const dataTiles = tilesOf(size).map(({ index, width }) => tilePath('data', index, width))
  const issuers = made.issuers.map(sha256 => `issuer/${sha256}`)
  for (const path of ['checkpoint', ...[...hashTiles, ...dataTiles].map(one => `tile/${one}`), ...issuers]) {
    const content = await made.answer(path)
    if (content === undefined) continue
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
}
