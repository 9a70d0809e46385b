/**
 * Writes the invented incident in `examples/`. The same source always gives the same bytes.
 *
 *   tsx scripts/make-examples.ts           write what differs, remove what no longer belongs
 *   tsx scripts/make-examples.ts --check   write nothing; exit 1 and name the files that are not current
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { buildCollection, bytesOf, type ExampleFile } from './examples/collection.ts'

export const examplesFolder = fileURLToPath(new URL('../examples', import.meta.url))

/** Paths below `folder` that are missing, differ, or do not belong. */
export function staleFiles(files: readonly ExampleFile[], folder: string): readonly string[] {
  const expected = new Set(files.map(file => file.path))
  const strays = filesBelow(folder).filter(path => !expected.has(path))
  return [...files.filter(file => !isCurrent(file, folder)).map(file => file.path), ...strays]
}

/** Packed files are compared unpacked: another zlib may pack the same bytes differently. */
function isCurrent(file: ExampleFile, folder: string): boolean {
  const path = join(folder, file.path)
  if (!filesBelow(folder).includes(file.path)) return false
  const bytes = readFileSync(path)
  return (file.packed ? gunzipSync(bytes) : bytes).equals(file.content)
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted()
}

async function main(check: boolean): Promise<void> {
  mkdirSync(examplesFolder, { recursive: true })
  const { files } = await buildCollection()
  const stale = staleFiles(files, examplesFolder)
  if (check) {
    for (const path of stale) console.error(`examples/${path} is not current: run tsx scripts/make-examples.ts`)
    process.exitCode = stale.length > 0 ? 1 : 0
    return
  }
  for (const path of stale) {
    const file = files.find(each => each.path === path)
    const target = join(examplesFolder, path)
    mkdirSync(dirname(target), { recursive: true })
    if (file) writeFileSync(target, bytesOf(file))
    else rmSync(target)
  }
  const records = files.reduce((sum, file) => sum + file.records, 0)
  console.log(`examples: ${files.length} files, ${records} records, ${stale.length} written`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'))
