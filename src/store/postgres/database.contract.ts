import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import { defaultSeedDirectory, openCluster, prepareCluster } from './cluster.ts'

/** An empty database in this thread, for tests that look under the port. Named `.contract.ts` to stay out of the build. */
export async function temporaryDatabase(): Promise<{ client: PGlite; remove: () => Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  const client = await openCluster(await prepareCluster(directory, defaultSeedDirectory))
  const remove = async () => {
    await client.close()
    rmSync(directory, { recursive: true, force: true })
  }
  return { client, remove }
}
