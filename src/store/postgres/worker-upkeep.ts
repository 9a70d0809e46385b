import type { CaseStoreUpkeep } from '../../model/index.ts'
import type { Openness } from './openness.ts'
import { readRow, rowPages, stopped, writeRow } from './row-pages.ts'
import type { Conversation } from './worker-conversation.ts'

/** The near side of {@link PagedUpkeep}: pages from the worker, and pages to it. */
export function upkeepThroughWorker(call: Conversation['call'], open: Openness): CaseStoreUpkeep {
  async function* pages(begin: () => Promise<number>): AsyncGenerator<readonly string[]> {
    const ticket = await begin()
    try {
      for (let page = await call('nextPage', ticket); page.length > 0; page = await call('nextPage', ticket)) yield page
    } finally {
      await call('discard', ticket)
    }
  }
  const importing = async (rows: Parameters<CaseStoreUpkeep['importRows']>[0]) => {
    const ticket = await call('beginImport')
    try {
      for await (const page of rowPages(rows)) await call('addPage', ticket, page.map(writeRow))
      await call('putBack', ticket)
    } finally {
      await call('discard', ticket)
    }
  }
  return {
    sizes: () => open.during('sizes', () => call('sizes')),
    async *exportRows(signal) {
      for await (const page of open.through('exportRows', () => pages(() => call('beginExport')))) {
        if (signal?.aborted) throw stopped('Copying the case store')
        yield* page.map(readRow)
      }
    },
    importRows: rows => open.during('importRows', () => importing(rows)),
    citedEvents: () => open.through('citedEvents', () => pages(() => call('beginCited'))),
  }
}
