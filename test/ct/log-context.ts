import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openApp } from '../../src/app.ts'
import { configFrom } from '../../src/config.ts'
import type { LogContext } from '../../src/ingest/index.ts'
import { BundleReader } from '../../src/ingest/index.ts'
import { rowsOf } from '../../src/model/index.ts'

export type OpenLogContext = {
  readonly context: LogContext
  readonly directory: string
  /** What is stored of a log. */
  stored(log_id: string): Promise<Readonly<Record<string, number>>>
  close(): Promise<void>
}

/** A store of its own with all that reading logs needs. */
export async function openLogContext(): Promise<OpenLogContext> {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-ct-'))
  const app = openApp(configFrom({ data: join(directory, 'data') }, {}))
  const reader = new BundleReader()
  const context = { ...(await app.ingestContext({})), ledger: await app.cases(), reader }
  return {
    context,
    directory,
    async stored(log_id) {
      const [row] = await rowsOf(
        context.store,
        {
          name: 'test/ct-entries',
          text: `SELECT count() AS rows, uniqExact(record_key) AS entries, countIf(ct_verified) AS verified, uniqExact(ct_entry_index) AS indexes,
            uniqExact(certificate_sha256) AS certificates
          FROM certificate_sighting WHERE source = 'ct-entry' AND extra['log_id'] = {log_id:String}`,
        },
        { params: { log_id } },
      )
      return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]))
    },
    async close() {
      await reader.close()
      await app.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** All of a reading, and what was told last of it. */
export async function wholeOf<P, R>(
  steps: AsyncGenerator<P, R>,
): Promise<{ readonly last: P | undefined; readonly result: R }> {
  let last: P | undefined
  for (;;) {
    const step = await steps.next()
    if (step.done === true) return { last, result: step.value }
    last = step.value
  }
}
