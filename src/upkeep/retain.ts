import { CountersealError, excerpt } from '../base/index.ts'
import type { EventKind } from '../model/index.ts'
import { eventKindNames, isEventKind, rowsOf } from '../model/index.ts'
import type { Stores } from './stores.ts'

/** How long events of a kind, or of every kind that has no rule of its own, are kept. */
export type RetentionRule = {
  readonly kind: EventKind | 'all'
  /** A whole number of hours, days or weeks: `12h`, `90d`, `52w`. */
  readonly olderThan: string
}

/** What became of one kind. */
export type Retention = {
  readonly kind: EventKind
  readonly older_than: string
  /** Events before this time were looked at, when they were read before it, too. ISO 8601 UTC. */
  readonly before: string
  /** Events that are gone; with a dry run, that would go. */
  readonly forgotten: number
  /** Events that stay because a finding or a case stands on them. */
  readonly kept_because_cited: number
}

const hours = { h: 1, d: 24, w: 168 } as const

/** Milliseconds of an age such as `90d`. Throws `usage/bad-argument`. */
export function parseAge(text: string): number {
  const match = /^([1-9]\d{0,5})([hdw])$/.exec(text)
  if (match === null)
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(excerpt(text, 40))} is no age: it is a whole number of hours, days or weeks, such as 12h, 90d or 52w.`,
    })
  const unit = match[2] as keyof typeof hours // the pattern allows no other letter
  return Number(match[1]) * hours[unit] * 3_600_000
}

/** One rule per kind; a rule for a kind wins over one for all. Throws `usage/bad-argument`. */
export function ruleByKind(rules: readonly RetentionRule[]): ReadonlyMap<EventKind, string> {
  const named = new Map<string, string>()
  for (const { kind, olderThan } of rules) {
    if (kind !== 'all' && !isEventKind(kind))
      throw new CountersealError('usage/bad-argument', {
        message: `${JSON.stringify(excerpt(String(kind), 40))} is no kind of event: it is all, ${eventKindNames.join(', ')}.`,
      })
    if (named.has(kind))
      throw new CountersealError('usage/bad-argument', { message: `There are two rules for ${kind}; name it once.` })
    parseAge(olderThan)
    named.set(kind, olderThan)
  }
  return new Map(
    eventKindNames.flatMap(kind => {
      const age = named.get(kind) ?? named.get('all')
      return age === undefined ? [] : [[kind, age] as const]
    }),
  )
}

export type RetainOptions = {
  /** Now; ages are counted back from it. */
  readonly now: Date
  readonly dryRun?: boolean
  readonly signal?: AbortSignal
}

/**
 * Forgets events by kind and age. Age counts from the event's time or from its reading, whichever is later: an old log
 * that was read today for an investigation is not thrown away tonight. What a finding or case stands on stays.
 *
 * What is forgotten stays forgotten: the ledger knows the evidence as read, and reading it again brings nothing back.
 */
export async function* retain(
  { events, cases }: Stores,
  rules: readonly RetentionRule[],
  { now, dryRun = false, signal }: RetainOptions,
): AsyncGenerator<Retention> {
  const byKind = ruleByKind(rules)
  const cited = new Set<string>()
  for await (const page of cases.upkeep.citedEvents()) for (const uid of page) cited.add(uid)
  const kept = [...cited]
  for (const [kind, older_than] of byKind) {
    const before = new Date(now.getTime() - parseAge(older_than))
    const [row] = await rowsOf(events, 'first-sequence-since', { params: { since: before } })
    const options = { before, readBefore: Number(row?.first ?? 0), ...(signal && { signal }) }
    const aged = await events.upkeep.forget(kind, { ...options, kept: [], dryRun: true })
    const forgotten = await events.upkeep.forget(kind, { ...options, kept, dryRun })
    yield { kind, older_than, before: before.toISOString(), forgotten, kept_because_cited: aged - forgotten }
  }
}
