import { createHash } from 'node:crypto'
import type { Fault, Log, Stretch } from '../../ct/index.ts'
import { addOutcomes, knownOf } from '../ledger.ts'
import type { Reading } from '../reading.ts'
import { Account } from '../reading.ts'
import { readingOf, register } from '../register.ts'
import type { LogContext } from './context.ts'
import { scopeOf } from './context.ts'
import type { WatchedEntry } from './entry-reading.ts'
import type { Prepared } from './entry-taker.ts'
import { EntryTaker } from './entry-taker.ts'

export type LogProgress = {
  /** Entries of the range that are in the store now, from earlier runs too. */
  readonly size: number
  /** What the reading will come to. */
  readonly until: number
  /** Of the stretch that was stored last. Where the tree itself does not hold, nothing comes after it. */
  readonly fault?: Fault
  /** What was stored because of its names, where domains are watched. */
  readonly watched: readonly WatchedEntry[]
}

export type Taking = {
  readonly until: number
  readonly root: Uint8Array
  /** Called when a stretch is in the store. Gives what was wrong with it. */
  readonly stored: (prepared: Prepared) => Promise<Fault | undefined>
}

/** Stretches of a log into the store, one after the other: while one is stored the next is read. */
export async function* takeStretches(
  context: LogContext,
  log: Log,
  stretches: Iterable<Stretch> | AsyncIterable<Stretch>,
  { until, root, stored }: Taking,
): AsyncGenerator<LogProgress, Reading> {
  const { inTurn = work => work() } = context
  const candidates = context.sources.filter(({ id }) => id === 'ct-entry')
  const accountOf = (verified: boolean) =>
    new Account(
      log.about.monitoring_url,
      logEvidenceId(log.about.log_id, verified, scopeOf(context)),
      'json-lines',
      candidates,
    )
  const accounts = { verified: accountOf(true), unverified: accountOf(false) }
  const taker = new EntryTaker(context, log, accounts, candidates)
  let underWay: Promise<LogProgress> | undefined
  try {
    for await (const stretch of stretches) {
      const prepared = taker.prepare(stretch)
      prepared.catch(() => undefined) // awaited below, when the stretch before is stored
      if (underWay !== undefined) yield await underWay
      underWay = prepared.then(async ready => {
        const fault = await inTurn(async () => {
          await taker.store(ready)
          return await stored(ready)
        })
        const { watched } = ready.reading
        return { size: stretch.frontier.size, until, watched, ...(fault === undefined ? {} : { fault }) }
      })
      underWay.catch(() => undefined)
    }
    if (underWay !== undefined) yield await underWay
  } finally {
    await underWay?.catch(() => undefined)
  }
  const told = Object.values(accounts).map(account => {
    account.content_sha256 = Buffer.from(root).toString('hex')
    return { account, candidates, mayGrow: true, damage: [] }
  })
  const read = told.filter(({ account }) => account.records > 0)
  const ids = read.map(({ account }) => account.evidence_id)
  if (ids.length > 0) await inTurn(async () => register(context, await knownOf(context.store, ids), read))
  const [verified, unverified] = told.map(readingOf) as [Reading, Reading] // there are two accounts
  return {
    ...verified,
    ...addOutcomes(verified, unverified),
    records: verified.records + unverified.records,
    bytes: verified.bytes + unverified.bytes,
    known: verified.known + unverified.known,
    problems: [...verified.problems, ...unverified.problems],
  }
}

/** Logs are evidence like files; they are known by their keys. What was not verified is evidence of its own: it may be read again, and verified. */
export function logEvidenceId(log_id: string, verified: boolean, scope: string): string {
  const state = verified ? 'verified' : 'unverified'
  return createHash('sha256').update(`ct-log\n${log_id}\n${state}\n${scope}`).digest('hex')
}

/** Of entries whose place in the tree is right, and that came with something else than what is in it. */
export function unlinkedFault({ unlinked }: Prepared['reading']): Fault | undefined {
  const [first] = unlinked
  if (first === undefined) return undefined
  return {
    code: 'ct/precertificate',
    where: `index ${first}`,
    expected: 'the precertificate and the issuer whose contents are in the tree',
    found: `others, with ${unlinked.length} entries`,
  }
}
