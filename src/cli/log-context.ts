import type { App } from '../app.ts'
import type { LogContext } from '../ingest/index.ts'
import { BundleReader } from '../ingest/index.ts'

/** Everything that reading logs needs, and its end. */
export async function withLogContext(
  app: App,
  signal: AbortSignal,
  work: (context: LogContext) => Promise<void>,
): Promise<void> {
  const reader = new BundleReader()
  try {
    await work({ ...(await app.ingestContext({ signal })), ledger: await app.cases(), reader })
  } finally {
    await reader.close()
  }
}
