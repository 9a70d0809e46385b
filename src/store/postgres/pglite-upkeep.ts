import type { PGlite } from '@electric-sql/pglite'
import { assert } from '../../base/index.ts'
import type { ExportedRow, TableSize } from '../../model/index.ts'
import type { Ask } from './ask.ts'
import { openingFailure } from './failure.ts'
import { beginImport, putBack } from './put-back.ts'
import { readRow, rowPages, writeRow } from './row-pages.ts'
import { beginSnapshot, citedPages, exportedPages, tableSizes } from './snapshot-pages.ts'
import { openSpool, type Spool } from './spool.ts'

/**
 * Upkeep as the worker of the embedded store serves it, in messages of bounded size. What is put aside is named by a
 * ticket until it is discarded.
 */
export type PagedUpkeep = {
  sizes(): Promise<readonly TableSize[]>
  /** Puts everything aside as of now. Pages are lines of {@link writeRow}. */
  beginExport(): Promise<number>
  /** The same for the events that findings stand on: one event_uid per line. */
  beginCited(): Promise<number>
  /** The next lines, in the order in which they were put aside; empty at the end. */
  nextPage(ticket: number): Promise<readonly string[]>
  beginImport(): Promise<number>
  /** Puts lines of {@link writeRow} aside. */
  addPage(ticket: number, lines: readonly string[]): Promise<void>
  /** Puts back what was put aside, all of it or nothing. */
  putBack(ticket: number): Promise<void>
  discard(ticket: number): Promise<void>
}

async function* rowsIn(spool: Spool): AsyncGenerator<ExportedRow> {
  for (let page = spool.page(); page.length > 0; page = spool.page()) yield* page.map(readRow)
}

/** @param directory where copies are put aside: as much disk as the rows take as JSON, until they have been read */
export function pagedUpkeep(client: PGlite, directory: string): PagedUpkeep {
  const spools = new Map<number, Spool>()
  let lastTicket = 0

  const inTransaction = <T>(work: (ask: Ask) => Promise<T>): Promise<T> =>
    client.transaction(transaction =>
      work(async (query, parameters = []) => {
        const { rows } = await transaction.query<Record<string, string>>(query, [...parameters])
        return rows
      }),
    )
  const spoolOf = (ticket: number): Spool => {
    const spool = spools.get(ticket)
    assert(spool !== undefined, `nothing is under way with ticket ${ticket}`)
    return spool
  }
  const begin = (): number => {
    lastTicket += 1
    spools.set(lastTicket, openSpool(directory))
    return lastTicket
  }
  const discard = (ticket: number): void => {
    spools.get(ticket)?.close()
    spools.delete(ticket)
  }
  /** Whatever fails here is the file system: a full disk above all. */
  const aside = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      throw openingFailure('store/unavailable', `Putting a copy of the case store aside in ${directory}`, cause)
    }
  }
  const putAside = async (pages: (ask: Ask) => AsyncGenerator<readonly string[]>): Promise<number> => {
    const ticket = aside(begin)
    try {
      await inTransaction(async ask => {
        await beginSnapshot(ask)
        const spool = spoolOf(ticket)
        for await (const page of pages(ask)) aside(() => spool.add(page))
      })
      return ticket
    } catch (error) {
      discard(ticket)
      throw error
    }
  }
  async function* exportedLines(ask: Ask): AsyncGenerator<readonly string[]> {
    for await (const page of exportedPages(ask)) yield page.map(writeRow)
  }
  return {
    sizes: () =>
      inTransaction(async ask => {
        await beginSnapshot(ask)
        return tableSizes(ask)
      }),
    beginExport: () => putAside(exportedLines),
    beginCited: () => putAside(citedPages),
    nextPage: async ticket => {
      const spool = spoolOf(ticket)
      return aside(() => spool.page())
    },
    beginImport: async () => aside(begin),
    addPage: async (ticket, lines) => {
      const spool = spoolOf(ticket)
      aside(() => spool.add(lines))
    },
    putBack: ticket =>
      inTransaction(async ask => {
        await beginImport(ask)
        for await (const page of rowPages(rowsIn(spoolOf(ticket)))) await putBack(ask, page)
      }),
    discard: async ticket => discard(ticket),
  }
}
