import type { PoolClient } from 'pg'
import type { CaseStoreUpkeep } from '../../model/index.ts'
import type { Ask } from './ask.ts'
import { attempt } from './failure.ts'
import type { Openness } from './openness.ts'
import { beginImport, putBack } from './put-back.ts'
import { rowPages, stopped } from './row-pages.ts'
import { beginSnapshot, citedPages, exportedPages, tableSizes } from './snapshot-pages.ts'

/** A transaction on a connection of its own. */
type Transaction = {
  readonly ask: Ask
  readonly commit: () => Promise<void>
  /** Always called in the end. Undoes what was not committed by giving up the connection. */
  readonly leave: () => void
}

type Connect = () => Promise<PoolClient>

async function beginOn(connect: Connect, what: string): Promise<Transaction> {
  const client = await connect()
  const ask: Ask = async (query, parameters) => {
    const { rows } = await client.query<Record<string, string>>(query, parameters && [...parameters])
    return rows
  }
  let committed = false
  const leave = () => client.release(!committed)
  try {
    await attempt(what, () => ask('begin'))
  } catch (error) {
    leave()
    throw error
  }
  const commit = async () => {
    await attempt(what, () => ask('commit'))
    committed = true
  }
  return { ask, commit, leave }
}

/** Upkeep over a server: a snapshot or an import is a transaction on one connection of the pool, others go on beside it. */
export function upkeepOver(connect: Connect, open: Openness): CaseStoreUpkeep {
  async function* snapshot<T>(what: string, pagesOf: (ask: Ask) => AsyncGenerator<T>): AsyncGenerator<T> {
    const { ask, commit, leave } = await beginOn(connect, what)
    try {
      await attempt(what, () => beginSnapshot(ask))
      yield* pagesOf(ask)
      await commit()
    } finally {
      leave()
    }
  }
  const importing = async (rows: Parameters<CaseStoreUpkeep['importRows']>[0]) => {
    const { ask, commit, leave } = await beginOn(connect, 'Putting back a copy of the case store')
    try {
      await beginImport(ask)
      for await (const page of rowPages(rows)) await putBack(ask, page)
      await commit()
    } finally {
      leave()
    }
  }
  return {
    sizes: () =>
      open.during('sizes', async () => {
        const { ask, commit, leave } = await beginOn(connect, 'Measuring the case store')
        try {
          await beginSnapshot(ask)
          const sizes = await tableSizes(ask)
          await commit()
          return sizes
        } finally {
          leave()
        }
      }),
    async *exportRows(signal) {
      const what = 'Copying the case store'
      for await (const page of open.through('exportRows', () => snapshot(what, exportedPages))) {
        if (signal?.aborted) throw stopped(what)
        yield* page
      }
    },
    importRows: rows => open.during('importRows', () => importing(rows)),
    citedEvents: () =>
      open.through('citedEvents', () => snapshot('Reading which events findings stand on', citedPages)),
  }
}
