import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { generateCorpus } from '../corpus-s/index.ts'
import { type World, worldOf } from './world.ts'

const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** What a world is made by. Of the pivots, what reads a certificate; what weighs evidence is no part of it. */
const makers = ['bench/corpus-s', 'bench/pivots/world.ts', 'src/x509', 'src/hostname', 'src/pivots']
const reading =
  /^(?:attributes.*|facts.*|name-\w+|normal-text|serial|subject-names|values-of|address|instant|list|pivot|indexed-certificate)\.ts$/

/** Hash of the sources that make a world. */
function recipe(): string {
  const hash = createHash('sha256')
  for (const maker of makers) {
    const path = join(checkout, maker)
    const files = maker.endsWith('.ts')
      ? [path]
      : readdirSync(path, { recursive: true, encoding: 'utf8' })
          .filter(
            name =>
              name.endsWith('.ts') && !name.endsWith('.test.ts') && (maker !== 'src/pivots' || reading.test(name)),
          )
          .sort()
          .map(name => join(path, name))
    for (const file of files) hash.update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

/** The world of a seed. Made in half a minute, read again from the directory in seconds. */
export function openWorld(seed: number, scale: number, directory: string | undefined): World {
  if (directory === undefined) return worldOf(generateCorpus(seed, { scale }))
  mkdirSync(directory, { recursive: true })
  const file = join(directory, `world-${seed}-${scale}-${recipe()}.v8`)
  if (existsSync(file)) return deserialize(readFileSync(file)) as World // serialised below
  const world = worldOf(generateCorpus(seed, { scale }))
  writeFileSync(`${file}.part`, serialize(world))
  renameSync(`${file}.part`, file)
  return world
}
