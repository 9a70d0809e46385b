import type { App } from '../app.ts'
import { CountersealError } from '../base/index.ts'
import { normalHostName, watchFor } from '../hostname/index.ts'
import type { LogContext } from '../ingest/index.ts'
import { BundleReader } from '../ingest/index.ts'

export type WatchOptions = {
  /** Domains; without any, all entries are stored. */
  readonly watch?: readonly string[]
}

/** Everything that reading logs needs, and its end. Throws `usage/bad-argument` for a domain that nobody can register under. */
export async function withLogContext(
  app: App,
  { signal, watch = [] }: WatchOptions & { readonly signal: AbortSignal },
  work: (context: LogContext) => Promise<void>,
): Promise<void> {
  const domains = watch.map(normalHostName)
  const wrong = domains.find(domain => watchFor([domain]) === undefined)
  if (wrong !== undefined)
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(wrong.slice(0, 80))} is no domain that can be watched.`,
      remedy: 'Name a domain that somebody registered, such as example.com, or a name below one.',
    })
  const reader = new BundleReader()
  try {
    const context = { ...(await app.ingestContext({ signal })), ledger: await app.cases(), reader }
    await work(domains.length === 0 ? context : { ...context, watch: domains })
  } finally {
    await reader.close()
  }
}
