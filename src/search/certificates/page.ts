import type { EventStore } from '../../model/index.ts'
import { rowsOf } from '../../model/index.ts'
import type { RowKinds } from './compose.ts'
import { compose, dependsOnRowKinds, rowKindsOf } from './compose.ts'
import type { Bind } from './condition.ts'
import type { Order, Place } from './cursor.ts'
import { cursorOf, placeOf } from './cursor.ts'
import type { Search } from './query.ts'
import { realOf } from './real.ts'
import type { CertificateSummary } from './summary.ts'
import { placeColumns, summariesOf, summaryColumns, summaryOfRow } from './summary.ts'

export type PageOptions = {
  /** Certificates at most. */
  readonly limit: number
  /** The `next` of the page before. */
  readonly after?: string
  readonly order?: Order
  readonly signal?: AbortSignal
}

/** Rows that are looked at in one step. */
const longestStep = 5_000

export type CertificatePage = {
  readonly certificates: readonly CertificateSummary[]
  /** Absent when this page is the last. */
  readonly next?: string
}

/**
 * One page of a search. Every certificate of the search is on exactly one page, however many there are and whatever is
 * merged between two pages; one that arrives meanwhile is on a later page or on none. Throws `usage/bad-search` for a
 * wrong cursor.
 */
export async function certificatePage(
  store: EventStore,
  search: Search,
  options: PageOptions,
): Promise<CertificatePage> {
  const { limit, after, order = 'newest', signal } = options
  const found: Found[] = []
  let place = after === undefined ? undefined : placeOf(after, search, order)
  const ask = await asking(store, search, order, signal)
  for (let round = 0; ; round += 1) {
    // One more than wanted tells whether there is another page. Rows that do not count make it a loop, in ever larger steps.
    const wanted = Math.min((limit + 1 - found.length) * 4 ** Math.min(round, 6), longestStep)
    const batch: RowFound[] = []
    for await (const row of rowsFound(ask, place, wanted)) batch.push(row)
    found.push(...(await certificatesOf(ask, batch)))
    place = batch.at(-1)
    if (batch.length < wanted || found.length > limit) break
  }
  const shown = found.slice(0, limit)
  const certificates = shown.map(({ certificate }) => certificate)
  const last = shown.at(-1)?.place
  return found.length > limit && last !== undefined
    ? { certificates, next: cursorOf(last, search, order) }
    : { certificates }
}

/** Rows whose certificates are read at once. */
const batchSize = 500

/**
 * Every certificate of a search, one by one as the engine finds them, by one query: a search without a key is read once.
 * In the order `newest` the engine sorts all places first (25 bytes each); in the order `id` nothing is held.
 */
export async function* allCertificates(
  store: EventStore,
  search: Search,
  options: { readonly after?: string; readonly order?: Order; readonly signal?: AbortSignal } = {},
): AsyncGenerator<CertificateSummary> {
  const { order = 'newest', signal } = options
  const after = options.after === undefined ? undefined : placeOf(options.after, search, order)
  const ask = await asking(store, search, order, signal)
  let batch: RowFound[] = []
  let last: Place | undefined
  for await (const row of rowsFound(ask, after, undefined)) {
    // Rows of one place stay in one batch, so that a certificate is seen once.
    if (batch.length >= batchSize && (row.id !== last?.id || row.not_before !== last.not_before)) {
      for (const { certificate } of await certificatesOf(ask, batch)) yield certificate
      batch = []
    }
    batch.push(row)
    last = row
  }
  for (const { certificate } of await certificatesOf(ask, batch)) yield certificate
}

/** What stays the same from batch to batch. */
type Asking = {
  readonly store: EventStore
  readonly search: Search
  readonly order: Order
  readonly kinds: RowKinds
  readonly options: { readonly signal?: AbortSignal }
}

async function asking(
  store: EventStore,
  search: Search,
  order: Order,
  signal: AbortSignal | undefined,
): Promise<Asking> {
  const options = signal === undefined ? {} : { signal }
  const kinds = dependsOnRowKinds(search) ? await rowKindsOf(store, signal) : { described: true, provisional: true }
  return { store, search, order, options, kinds }
}

type RowFound = Place & {
  readonly from_der: boolean
  /** What the row says, where that was asked for and counts: see {@link certificatesOf}. */
  readonly summary: CertificateSummary | undefined
}
type Found = { readonly place: Place; readonly certificate: CertificateSummary }

/**
 * Rows of `certificate` in order, each by itself: putting together all that are found before the first is shown costs
 * seconds. With a limit they come with what they say, which the engine reads for those rows alone; without one it would
 * have to hold all of it.
 */
async function* rowsFound(ask: Asking, after: Place | undefined, limit: number | undefined): AsyncGenerator<RowFound> {
  const { store, search, order, kinds, options } = ask
  const composed = compose(search, kinds)
  const { bind } = composed
  const behind = after === undefined ? [] : [isBehind(after, order, bind)]
  // Of rows at one place that from bytes comes first, so that a cut between them cuts off what is not needed.
  const sorting = `${order === 'id' ? '' : 'not_before DESC NULLS LAST, '}certificate_id, from_der DESC`
  const columns = limit === undefined ? placeColumns : summaryColumns
  const text = `SELECT ${columns.join(', ')}
FROM certificate${composed.where(behind)} ORDER BY ${sorting}${limit === undefined ? '' : ` LIMIT ${bind('UInt64', limit)}`}`
  for await (const row of store.query(
    { name: 'certificate-search', text },
    { params: composed.params(), ...options },
  )) {
    const from_der = row.shown_has_der === true
    yield {
      id: String(row.shown_id),
      from_der,
      not_before: row.shown_not_before === null ? undefined : Number(row.shown_not_before),
      summary: from_der && limit !== undefined ? summaryOfRow(row) : undefined,
    }
  }
}

function isBehind({ id, not_before }: Place, order: Order, bind: Bind): string {
  const later = `certificate_id > unhex(${bind('String', id)})`
  if (order === 'id') return later
  if (not_before === undefined) return `not_before IS NULL AND ${later}`
  const moment = bind('Int64', not_before)
  const ms = 'toUnixTimestamp64Milli(not_before)'
  return `(not_before IS NULL OR ${ms} < ${moment} OR (${ms} = ${moment} AND ${later}))`
}

/**
 * The certificates of rows, in their order, each at its own place. A row from bytes says everything by itself. A row of a
 * sensor counts only where no bytes were seen, and where the certificate did not turn out to be another.
 */
async function certificatesOf(ask: Asking, rows: readonly RowFound[]): Promise<readonly Found[]> {
  const unsaid = new Set(rows.flatMap(({ id, summary }) => (summary === undefined ? [id] : [])))
  const summaries = await summariesOf(ask.store, [...unsaid], ask.options.signal)
  const provisional = [...unsaid].filter(id => summaries.get(id)?.sha256 === undefined)
  const done = new Set((await joinedWith(ask.store, provisional, ask.options.signal)).map(one => one.provisional))
  return rows.flatMap(({ id, from_der, not_before, summary }) => {
    const certificate = summary ?? summaries.get(id)
    if (certificate === undefined || certificate.has_der !== from_der || done.has(id)) return []
    const isItsPlace = ask.order === 'id' || msOf(certificate.not_before) === not_before
    if (!isItsPlace) return []
    done.add(id)
    return [{ place: { id, not_before }, certificate }]
  })
}

function msOf(time: string | undefined): number | undefined {
  return time === undefined ? undefined : Date.parse(time)
}

/** Which of these ids were provisional and what they turned out to be. */
export async function joinedWith(
  store: EventStore,
  ids: readonly string[],
  signal?: AbortSignal,
): Promise<readonly { readonly provisional: string; readonly real: string }[]> {
  if (ids.length === 0) return []
  const text = `SELECT lower(hex(provisional)) AS provisional_id, lower(hex(real)) AS real_id FROM (${realOf(idsOf('{ids:Array(String)}'))})`
  const options = { params: { ids }, ...(signal === undefined ? {} : { signal }) }
  const rows = await rowsOf(store, { name: 'certificate-joined', text }, options)
  return rows.map(row => ({ provisional: String(row.provisional_id), real: String(row.real_id) }))
}

/** A parameter of hexadecimal ids as a SELECT of certificate_id. An array made of a parameter is no key to the engine: it scans. */
function idsOf(parameter: string): string {
  return `SELECT toFixedString(unhex(one), 16) AS certificate_id FROM (SELECT arrayJoin(${parameter}) AS one)`
}
