import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'
import { CountersealError } from '../../base/index.ts'
import { keepSeed, packSeed, readSeed, unpackSeed } from './cluster-seed.ts'
import { openingFailure } from './failure.ts'

/**
 * The directory in which PGlite keeps its database ("cluster" is PostgreSQL's word for it), inside the directory of the
 * case store. Whoever calls this holds the directory's lock.
 */

/** Where seeds are kept unless told otherwise: with what npm installed, so that a new installation starts afresh. */
export const defaultSeedDirectory = fileURLToPath(new URL('../../../node_modules/.cache/counterseal', import.meta.url))

/** A seed fits one version of PGlite, and one format of seed. It holds no tables of ours: migrations make those. */
function seedFile(seedDirectory: string): string {
  const manifest = new URL('../package.json', import.meta.resolve('@electric-sql/pglite'))
  // npm does not install a package without a version.
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return join(seedDirectory, `cluster-1-pglite-${version}.seed`)
}

async function initialise(directory: string): Promise<void> {
  const database = await PGlite.create({ dataDir: directory })
  await database.close()
}

async function makeCluster(unfinished: string, seedDirectory: string): Promise<void> {
  rmSync(unfinished, { recursive: true, force: true })
  const file = seedFile(seedDirectory)
  const seed = readSeed(file)
  if (seed !== undefined && unpackSeed(seed, unfinished)) return
  mkdirSync(unfinished, { mode: 0o700 })
  await initialise(unfinished)
  keepSeed(file, packSeed(unfinished))
}

/**
 * Makes the cluster if there is none, from a seed where possible. It is made under another name and then renamed, so
 * that what bears the name `cluster` is whole: what a killed process left unfinished is thrown away here. (Whole for
 * every process of this machine; after a loss of power nothing is promised, see {@link openPgliteCaseStore}.)
 *
 * @returns the path of the cluster
 * @throws CountersealError `store/damaged` when something else is in its place; `store/full`; `store/unavailable` when
 *   the directory cannot be written to
 */
export async function prepareCluster(directory: string, seedDirectory: string): Promise<string> {
  const cluster = join(directory, 'cluster')
  if (existsSync(cluster)) {
    // PGlite would take a directory without this file for a new one and write over it.
    if (existsSync(join(cluster, 'PG_VERSION'))) return cluster
    throw new CountersealError('store/damaged', { message: `${cluster} is not a database: it has no PG_VERSION.` })
  }
  const unfinished = join(directory, 'cluster.unfinished')
  try {
    await makeCluster(unfinished, seedDirectory)
    renameSync(unfinished, cluster)
  } catch (cause) {
    throw openingFailure('store/unavailable', `Making the database ${cluster}`, cause)
  }
  return cluster
}

/** Opens what {@link prepareCluster} has prepared. Rolls forward what a killed process had committed. */
export async function openCluster(cluster: string): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: cluster })
  } catch (cause) {
    throw openingFailure('store/damaged', `Opening the database ${cluster}`, cause)
  }
}
