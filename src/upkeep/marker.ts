import { existsSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { settle } from './files.ts'

/**
 * A restore that is not finished leaves a file in the data directory, and the stores there are not used until it is
 * gone: half a backup looks like a whole store, and would answer like one.
 */

const markerFile = 'restore-under-way.json'

const marker = z.strictObject({ from: z.string().max(10_000), started_at: z.iso.datetime() })
export type UnfinishedRestore = z.infer<typeof marker>

/** The restore that was begun in a data directory and not finished. */
export function unfinishedRestore(data: string): UnfinishedRestore | undefined {
  const path = join(data, markerFile)
  if (!existsSync(path)) return undefined
  try {
    return marker.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return { from: 'a backup', started_at: 'an unknown time' } // a marker that says nothing counts like one that does
  }
}

/** Throws `store/damaged` when a restore was begun in the data directory and not finished. */
export function refuseUnfinishedRestore(data: string): void {
  const unfinished = unfinishedRestore(data)
  if (unfinished === undefined) return
  throw new CountersealError('store/damaged', {
    message: `The stores of ${data} hold a part of ${unfinished.from}: restoring it was begun at ${unfinished.started_at} and did not come to its end.`,
    remedy: `Run \`counterseal store restore\` again, or delete ${data} to begin with an empty one.`,
  })
}

export async function markRestore(data: string, from: string): Promise<void> {
  const path = join(data, markerFile)
  const begun: UnfinishedRestore = { from: from.slice(0, 10_000), started_at: new Date().toISOString() }
  await writeFile(`${path}.new`, JSON.stringify(begun))
  await settle(`${path}.new`)
  await rename(`${path}.new`, path)
  await settle(data)
}

export async function unmarkRestore(data: string): Promise<void> {
  await rm(join(data, markerFile), { force: true })
  await settle(data)
}

/**
 * Empties a data directory of what an unfinished restore put there, before its stores are opened: they were empty when
 * it began. Does nothing when there was none. A server is not emptied: the restore then says that it is not empty.
 */
export async function clearUnfinishedRestore(data: string): Promise<void> {
  if (unfinishedRestore(data) === undefined) return
  for (const part of ['events', 'cases', 'spool']) await rm(join(data, part), { recursive: true, force: true })
  await unmarkRestore(data)
}
