import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { tileAtPath, tileWidth } from '../../merkle/index.ts'

/** How many entries the data tiles of a directory have, if none of them is missing. 0 without tiles. */
export async function entriesOnDisk(directory: string): Promise<number> {
  let most = 0
  const root = join(directory, 'tile')
  const files = await readdir(join(root, 'data'), { recursive: true, withFileTypes: true }).catch(() => [])
  for (const file of files) {
    if (!file.isFile()) continue
    const at = tileAtPath(
      join(file.parentPath, file.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    if (at?.kind === 'data') most = Math.max(most, at.index * tileWidth + at.width)
  }
  return most
}
