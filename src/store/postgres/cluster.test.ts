import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defaultSeedDirectory, openCluster, prepareCluster } from './cluster.ts'
import { packSeed, unpackSeed } from './cluster-seed.ts'
import { startOtherProcess } from './other-process.contract.ts'

let directory: string
let seedDirectory: string
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  seedDirectory = join(directory, 'seeds')
  // Makes the seed of this installation where no test before has.
  const first = join(directory, 'first')
  mkdirSync(first)
  await prepareCluster(first, defaultSeedDirectory)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function storeDirectory(): string {
  const path = join(directory, 'store')
  mkdirSync(path, { recursive: true })
  return path
}

async function answers(cluster: string): Promise<boolean> {
  const database = await openCluster(cluster)
  const { rows } = await database.query<{ n: number }>('select count(*)::int as n from pg_class')
  await database.close()
  return (rows[0]?.n ?? 0) > 100
}

function onlySeed(): Buffer {
  const [name] = readdirSync(defaultSeedDirectory).filter(one => one.endsWith('.seed'))
  return readFileSync(join(defaultSeedDirectory, name ?? ''))
}

test('a seed unpacks to what was packed, empty directories and empty files included', () => {
  const [from, to] = [join(directory, 'from'), join(directory, 'to')]
  mkdirSync(join(from, 'a', 'empty'), { recursive: true })
  writeFileSync(join(from, 'a', 'zeros'), Buffer.alloc(100_000))
  writeFileSync(join(from, 'none'), '')
  writeFileSync(join(from, 'Größe\n'), 'text')
  expect(unpackSeed(packSeed(from), to)).toBe(true)
  expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(readdirSync(from, { recursive: true }).toSorted())
  expect(readFileSync(join(to, 'a', 'zeros'))).toEqual(Buffer.alloc(100_000))
  expect(readFileSync(join(to, 'Größe\n'), 'utf8')).toBe('text')
})

test('a seed that is cut short or altered anywhere unpacks to nothing', () => {
  const seed = onlySeed()
  const to = join(directory, 'to')
  for (const place of [0, 63, 65, 70, Math.floor(seed.length / 2), seed.length - 1]) {
    const altered = Buffer.from(seed)
    altered.writeUInt8(altered.readUInt8(place) ^ 1, place)
    expect(unpackSeed(altered, to)).toBe(false)
    expect(unpackSeed(seed.subarray(0, place), to)).toBe(false)
  }
  expect(existsSync(to)).toBe(false)
})

test('a damaged seed is passed over and replaced', async () => {
  const [name] = readdirSync(defaultSeedDirectory).filter(one => one.endsWith('.seed'))
  mkdirSync(seedDirectory)
  const file = join(seedDirectory, name ?? '')
  writeFileSync(file, onlySeed().subarray(0, 1_000_000))
  expect(await answers(await prepareCluster(storeDirectory(), seedDirectory))).toBe(true)
  expect(readdirSync(seedDirectory)).toEqual([name])
  expect(unpackSeed(readFileSync(file), join(directory, 'again'))).toBe(true)
})

test('a database is made even where its seed cannot be kept', async () => {
  // A file in the place of the directory: nobody can write below it, root included.
  writeFileSync(seedDirectory, '')
  expect(await answers(await prepareCluster(storeDirectory(), seedDirectory))).toBe(true)
})

test('what a process killed in the middle of making a database has left is not taken for one', async () => {
  const store = storeDirectory()
  const other = await startOtherProcess()
  const begun = new Promise<void>(resolve => {
    const watcher = watch(store, () => {
      watcher.close()
      resolve()
    })
  })
  const unheard = other.tell({ do: 'initialise', directory: store, seedDirectory })
  await begun
  await other.kill()
  await unheard
  expect(readdirSync(store)).toEqual(['cluster.unfinished'])
  expect(await answers(await prepareCluster(store, defaultSeedDirectory))).toBe(true)
  expect(readdirSync(store)).toEqual(['cluster'])
})

test('a directory that is no database is refused and left alone', async () => {
  const store = storeDirectory()
  mkdirSync(join(store, 'cluster'))
  writeFileSync(join(store, 'cluster', 'thesis.txt'), 'years of work')
  await expect(prepareCluster(store, defaultSeedDirectory)).rejects.toMatchObject({ code: 'store/damaged' })
  expect(readdirSync(join(store, 'cluster'))).toEqual(['thesis.txt'])
})

test('a database that PostgreSQL cannot read is reported as damage', async () => {
  const cluster = await prepareCluster(storeDirectory(), defaultSeedDirectory)
  rmSync(join(cluster, 'global', 'pg_control'))
  await expect(openCluster(cluster)).rejects.toMatchObject({ code: 'store/damaged' })
})
