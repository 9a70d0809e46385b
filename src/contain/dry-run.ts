import type { EventStore } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Target } from './targets.ts'

/** What a block would have stopped: of one target, seen by one kind of log. */
export type WouldBlock = {
  readonly target: string
  /** `dns_query`, `tls_session`, `http_request` or `network_flow`. */
  readonly kind: string
  readonly events: number
  /** Addresses on the other side of it. */
  readonly hosts: number
  readonly first_seen: string
  readonly last_seen: string
}

export type DryRun = {
  /** The week that was looked at, up to the newest event. Undefined when there is no event of these kinds. */
  readonly from?: string
  readonly until?: string
  /** Events of each kind in that week: where there is none, nothing can be said. */
  readonly seen: Readonly<Record<string, number>>
  readonly blocked: readonly WouldBlock[]
}

const days = 7

/** What these targets would have stopped in the last seven days of own traffic. */
export async function dryRun(store: EventStore, targets: readonly Target[], signal?: AbortSignal): Promise<DryRun> {
  const options = signal === undefined ? {} : { signal }
  const [range] = await rowsOf(store, 'traffic-seen', { params: { days }, ...options })
  const until = String(range?.until ?? '')
  if (until === '') return { seen: {}, blocked: [] }
  const from = String(range?.from)
  const domains = targets.filter(({ kind }) => kind === 'domain').map(({ value }) => value)
  const networks = targets.flatMap(one => (one.kind === 'domain' ? [] : [one.value]))
  const rows = await rowsOf(store, 'traffic-blocked', { params: { domains, networks, from, until }, ...options })
  const seen = Object.fromEntries(
    ['dns_query', 'tls_session', 'http_request', 'network_flow'].map(kind => [kind, Number(range?.[kind] ?? 0)]),
  )
  const blocked = rows.map(row => ({
    target: String(row.target),
    kind: String(row.kind),
    events: Number(row.events),
    hosts: Number(row.hosts),
    first_seen: String(row.first_seen),
    last_seen: String(row.last_seen),
  }))
  return { from, until, seen, blocked }
}
