import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'

/**
 * Writes down that evidence from standard input now stands under another path. The readings themselves stay as they
 * were; each gets a second row with the new path, which is how a file that was moved is known, too.
 */
export async function leadToSpool(store: EventStore, name: string, path: string): Promise<void> {
  const readings = await rowsOf(store, 'readings-under-name', { params: { name } })
  const rows = readings.map(reading => {
    const former = String(reading.path)
    // What follows the name is a member of an archive.
    const moved = path + former.slice(former.lastIndexOf(name) + name.length)
    return { ...reading, path: moved, complete: Boolean(reading.complete) }
  })
  await store.append(
    'evidence',
    rows.filter(row => !readings.some(reading => reading.path === row.path)),
    `restored/${path}`,
  )
}
