import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { EventKind, EventStore } from '../model/index.ts'
import { eventKindNames, rowsOf } from '../model/index.ts'

/**
 * Log readiness: what logs must tell to answer an analytic (analytics/<id>/readiness.yaml), measured in what was read, with the line of
 * configuration that makes them tell it.
 */

const sentence = z.string().min(1).max(1000)

const need = z.strictObject({
  code: z.string().regex(/^[A-Z][A-Z_]+$/),
  title: sentence,
  kind: z.enum(eventKindNames as [EventKind, ...EventKind[]]), // the dictionary is never empty
  direction: z.enum(['', 'inbound', 'outbound', 'internal', 'external']),
  measure: z.string().regex(/^[a-z_]+$/),
  /** Share of the records, 0 to 1. */
  least: z.number().min(0).max(1),
  without: sentence,
  remedies: z.record(z.string(), sentence).refine(({ default: usual }) => usual !== undefined, 'has no default'),
  source: sentence,
  verified: z.boolean(),
})

const readinessFile = z.strictObject({ analytic: z.string().min(1), needs: z.array(need).min(1) })

export type Need = z.infer<typeof need> & { readonly analytic: string }

/** A need, as the records of one source meet it. */
export type Readiness = {
  readonly need: Need
  readonly source: string
  readonly records: number
  /** Records that have it. */
  readonly having: number
  readonly met: boolean
  /** The line to add; empty where the need is met. */
  readonly remedy: string
}

export type SourceCoverage = {
  readonly kind: string
  readonly source: string
  readonly direction: string
  readonly records: number
  readonly first_seen: string
  readonly last_seen: string
  /** Hours, UTC, that have a record, of those from the first to the last. */
  readonly hours: number
  readonly span_hours: number
  /** Networks of clients: /24 of IPv4, /56 of IPv6. */
  readonly networks: number
  /** Share of the records of the files it was read from that are no malformed ones, 0 to 1. */
  readonly accepted: number
}

export type SharedAddress = {
  readonly address: string
  readonly day: string
  readonly users: number
  readonly fingerprints: number
}

/** `other` is ahead of `source` by so many seconds. */
export type ClockSkew = {
  readonly source: string
  readonly other: string
  readonly requests: number
  readonly seconds: number
  /** Nine of ten requests are no more than this apart. */
  readonly spread: number
}

export type LogReadiness = {
  readonly sources: readonly SourceCoverage[]
  readonly needs: readonly Readiness[]
  readonly shared: readonly SharedAddress[]
  readonly skews: readonly ClockSkew[]
}

/** Distinct users or fingerprints of an address on one day, from which on it is shared (specification T1596.003 §2.1.1). */
const sharedFrom = { users: 25, fingerprints: 40 }

/** Throws `data/bad-definition`. */
export function loadNeeds(directory: string): readonly Need[] {
  return foldersIn(directory).flatMap(folder => {
    const file = join(folder, 'readiness.yaml')
    if (!existsSync(file)) return []
    const { analytic, needs } = parseDefinition('readiness', file, readDefinitionText(file), readinessFile)
    return needs.map(one => ({ ...one, analytic }))
  })
}

export async function logReadiness(
  store: EventStore,
  needs: readonly Need[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<LogReadiness> {
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const rows = await rowsOf(store, 'log-readiness', signal)
  const accepted = await acceptedBySource(store)
  const told = rows.map(row => {
    const [first_seen, last_seen] = [String(row.first_seen), String(row.last_seen)]
    const source = String(row.source)
    return {
      kind: String(row.kind),
      source,
      direction: String(row.direction),
      records: Number(row.records),
      first_seen,
      last_seen,
      hours: Number(row.hours),
      span_hours: hoursBetween(first_seen, last_seen),
      networks: Number(row.networks),
      accepted: accepted.get(source) ?? 1,
      having: row.having as Readonly<Record<string, number | string>>, // a Map(String, UInt64)
    }
  })
  const met = needs.flatMap(one => {
    const meant = told.filter(
      ({ kind, direction }) => kind === one.kind && (one.direction === '' || direction === one.direction),
    )
    return [...new Set(meant.map(({ source }) => source))].map((source): Readiness => {
      const own = meant.filter(row => row.source === source)
      const records = own.reduce((sum, row) => sum + row.records, 0)
      const having = own.reduce((sum, row) => sum + Number(row.having[one.measure] ?? 0), 0)
      const isMet = having >= one.least * records
      const remedy = one.remedies[source] ?? one.remedies.default ?? ''
      return { need: one, source, records, having, met: isMet, remedy: isMet ? '' : remedy }
    })
  })
  const shared = await rowsOf(store, 'shared-addresses', { params: sharedFrom, ...signal })
  const skews = await rowsOf(store, 'clock-skew', signal)
  return {
    sources: told.map(({ having, ...coverage }) => coverage),
    needs: met,
    shared: shared.map(row => ({
      address: String(row.address),
      day: String(row.day),
      users: Number(row.users),
      fingerprints: Number(row.fingerprints),
    })),
    skews: skews.map(row => ({
      source: String(row.source),
      other: String(row.other),
      requests: Number(row.requests),
      seconds: Number(row.seconds),
      spread: Number(row.spread),
    })),
  }
}

/** Of a file that several sources read, each has the share of the whole file: malformed lines are nobody's. */
async function acceptedBySource(store: EventStore): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, { stored: number; malformed: number }>()
  for (const row of await rowsOf(store, 'evidence-list')) {
    for (const source of row.sources as readonly string[]) {
      const sum = sums.get(source) ?? { stored: 0, malformed: 0 }
      sums.set(source, { stored: sum.stored + Number(row.stored), malformed: sum.malformed + Number(row.malformed) })
    }
  }
  return new Map([...sums].map(([source, { stored, malformed }]) => [source, stored / Math.max(1, stored + malformed)]))
}

function hoursBetween(first: string, last: string): number {
  const hour = (text: string) => Math.floor(Date.parse(`${text.replace(' ', 'T')}Z`) / 3_600_000)
  return hour(last) - hour(first) + 1
}
