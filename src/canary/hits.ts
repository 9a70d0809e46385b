import type { EventStore, Row } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf, overlaps } from '../network/index.ts'
import type { Attribution } from './attribution.ts'
import { attributionOf } from './attribution.ts'
import type { Canary } from './ledger.ts'

/**
 * What a touch of a canary says (specification T1596.003 §3.3). `internal`: somebody inside used what logs say of us. `direct`: within a day of the
 * publication. `derived`: later, when others had copied it. `dns_only`: a question of a resolver, the actor is unknown. `before_publication`: no log
 * had it. `unpublished`: no log has it as far as known. `allowed`: by the ledger. `twin`: somebody who never read a log knows the names.
 */
export type HitClass =
  | 'internal'
  | 'direct'
  | 'derived'
  | 'dns_only'
  | 'before_publication'
  | 'unpublished'
  | 'allowed'
  | 'twin'

export type Hit = {
  readonly canary: string
  readonly fqdn: string
  readonly class: HitClass
  readonly layer: 'dns' | 'tls' | 'http'
  readonly source_address: string
  readonly event_time: string
  /** Seconds after the publication; undefined where that is not known. */
  readonly after?: number
  readonly ja4: string
  readonly user_agent: string
  readonly request: string
  readonly event_uid: string
}

export type Hits = {
  readonly hits: readonly Hit[]
  /** Of all that were published: how surely those who came read the logs. Undefined while nobody came. */
  readonly attribution?: Attribution
}

const directUntil = 86_400

/** Classes that say that somebody knew the name from a log. */
const telling: ReadonlySet<HitClass> = new Set(['internal', 'direct', 'derived', 'dns_only'])

export async function hitsOf(store: EventStore, canaries: readonly Canary[], signal?: AbortSignal): Promise<Hits> {
  const byName = new Map<string, { readonly one: Canary; readonly twin: boolean }>()
  for (const one of canaries) byName.set(one.fqdn, { one, twin: false }).set(one.control_fqdn, { one, twin: true })
  const rows = await rowsOf(store, 'canary-touches', {
    params: { names: [...byName.keys()] },
    ...(signal === undefined ? {} : { signal }),
  })
  const hits = rows.flatMap(row => {
    const named = byName.get(String(row.name))
    return named === undefined ? [] : [hitOf(row, named.one, named.twin)]
  })
  const published = canaries.filter(({ published_at }) => published_at !== undefined)
  const names = published.length
  const hitIn = (isWanted: (hit: Hit) => boolean) =>
    new Set(hits.flatMap(one => (isWanted(one) && published.some(({ id }) => id === one.canary) ? [one.canary] : [])))
      .size
  const attribution = attributionOf(
    { names, hit: hitIn(one => telling.has(one.class)) },
    { names, hit: hitIn(one => one.class === 'twin') },
  )
  return { hits, ...(attribution === undefined ? {} : { attribution }) }
}

function hitOf(row: Row, canary: Canary, twin: boolean): Hit {
  const time = Date.parse(`${String(row.event_time).replace(' ', 'T')}Z`)
  const after =
    canary.published_at === undefined ? undefined : Math.round((time - Date.parse(canary.published_at)) / 1000)
  const layer = row.layer === 'dns' || row.layer === 'tls' ? row.layer : 'http'
  const source_address = String(row.source_address)
  const user_agent = String(row.user_agent)
  return {
    ...{ canary: canary.id, fqdn: String(row.name), layer, source_address, user_agent },
    class: classOf({
      canary,
      twin,
      after,
      layer,
      source_address,
      user_agent,
      isInside: row.inside === true || row.inside === 1,
    }),
    event_time: String(row.event_time),
    ...(after === undefined ? {} : { after }),
    ...{ ja4: String(row.ja4), request: String(row.request), event_uid: String(row.event_uid) },
  }
}

type Touch = {
  readonly canary: Canary
  readonly twin: boolean
  readonly after: number | undefined
  readonly layer: Hit['layer']
  readonly source_address: string
  readonly user_agent: string
  readonly isInside: boolean
}

function classOf({ canary, twin, after, layer, source_address, user_agent, isInside }: Touch): HitClass {
  if (isAllowed(canary, source_address, user_agent)) return 'allowed'
  if (twin) return 'twin'
  if (after === undefined) return 'unpublished'
  if (after < 0) return 'before_publication'
  if (isInside) return 'internal'
  if (layer === 'dns') return 'dns_only'
  return after <= directUntil ? 'direct' : 'derived'
}

function isAllowed({ allowed }: Canary, address: string, agent: string): boolean {
  const own = networkOf(address)
  return allowed.some(text => {
    const network: Network | undefined = networkOf(text)
    if (network !== undefined) return own !== undefined && overlaps(network, own)
    return agent !== '' && agent.toLowerCase().includes(text.toLowerCase())
  })
}
