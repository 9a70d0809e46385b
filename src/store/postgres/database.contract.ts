import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, describe, test } from 'vitest'
import {
  type PostgresServer,
  type PostgresServerOptions,
  postgresPrograms,
  startPostgres,
} from '../../../test/postgres-server.ts'
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

/** Tests that need a server get one of their own; where PostgreSQL is not installed, one test in their place says so. */
export function describeOnServer(
  name: string,
  options: PostgresServerOptions,
  define: (started: () => PostgresServer) => void,
): void {
  const programs = postgresPrograms()
  if ('missing' in programs) {
    test(name, ctx => ctx.skip(programs.missing))
    return
  }
  describe(name, () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres(options)
    })
    afterAll(() => server.stop())
    define(() => server)
  })
}

export type Run = (...statements: readonly string[]) => Promise<void>

/** A connection of the superuser to a database of the server, for as long as `work` takes. */
export async function runIn(
  server: PostgresServer,
  database: string,
  work: (run: Run) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: server.urlOf({ database }) })
  // The server may be killed meanwhile.
  client.on('error', () => {})
  await client.connect()
  try {
    await work(async (...statements) => {
      for (const statement of statements) await client.query(statement)
    })
  } finally {
    await client.end()
  }
}
