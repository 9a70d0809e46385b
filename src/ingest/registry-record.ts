import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import { openHive } from '../registry/index.ts'
import { evidenceBearing } from './archive/bearing.ts'
import { ByteReader } from './archive/byte-reader.ts'
import { evidenceUnder } from './evidence-file.ts'
import type { OpenedHive } from './registry-hives.ts'
import { hiveReader, longestHive } from './registry-hives.ts'
import { comparedName, isLogOf } from './registry-labels.ts'
import { mountOf } from './registry-mount.ts'

type Wanted = {
  readonly event_uid: string
  readonly path: string
  readonly store: EventStore
  readonly spool: string | undefined
}

/** Opens a hive as it was opened when it was read: whose it is stands in the store, its logs beside it. */
export async function hiveRead(
  content: Uint8Array,
  { event_uid, path, store, spool }: Wanted,
): Promise<Pick<OpenedHive, 'evidence_id' | 'reader'>> {
  const logs: Uint8Array[] = []
  for await (const log of logsBeside(path, spool)) logs.push(log)
  const [row] = await rowsOf(store, 'hive-of-event', { params: { uid: event_uid } })
  const hive = openHive(content, { logs })
  const { prefix, control_set } = mountOf(hive, path)
  const mount = row === undefined || row.mount === '' ? prefix : String(row.mount)
  return hiveReader(hive, content, logs, { mount, control_set, host: row === undefined ? '' : String(row.host_name) })
}

/** In the same directory, or in the same folder of the same archive. */
async function* logsBeside(path: string, spool: string | undefined): AsyncGenerator<Uint8Array> {
  for (const file of await filesBeside(path)) for await (const log of evidenceUnder([file], [])) yield await taken(log)
  if (!path.includes('!')) return
  // Windows writes ntuser.dat.LOG1 beside NTUSER.DAT.
  for (const own of new Set([path, comparedName(path)]))
    for (const ending of endings)
      for await (const log of evidenceBearing(own + ending, { spool })) yield await taken(log)
}

const endings = ['.LOG1', '.LOG2', '.LOG', '.log1', '.log2', '.log']

async function filesBeside(path: string): Promise<readonly string[]> {
  try {
    const names = await readdir(dirname(path))
    return names.map(name => join(dirname(path), name)).filter(file => isLogOf(file, path))
  } catch {
    return [] // the path leads into an archive, or nowhere any more
  }
}

async function taken(evidence: { open(): Promise<{ bytes: AsyncIterable<Uint8Array> }> }): Promise<Uint8Array> {
  return await new ByteReader((await evidence.open()).bytes).take(longestHive)
}
