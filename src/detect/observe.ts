import { z } from 'zod'
import { assert } from '../base/index.ts'
import type { Observation } from '../correlate/index.ts'
import type { EvidenceReference } from '../model/index.ts'
import { isoTime } from './coverage.ts'
import type { Detection } from './detection.ts'

/** What the query of a detection that observes has beside the columns of every query. */
const observedRow = z.object({
  host: z.string(),
  /** What it is about, without the host. */
  object: z.string(),
  /** Pairs of a join's kind and a value. */
  joins: z.array(z.tuple([z.string(), z.string()])),
  /** Of a state: when it ended; empty while it lasts. */
  ended: z.string().default(''),
})

/** The columns that findings and observations have in common, checked. */
export type ToldRow = {
  readonly key: string
  readonly summary: string
  readonly signals: readonly string[]
  readonly entities: readonly (readonly [string, string])[]
  readonly event_count: number
  readonly first_seen: string
  readonly last_seen: string
}

export function observationOf(
  detection: Detection,
  told: ToldRow,
  raw: unknown,
  evidence: readonly EvidenceReference[],
): Observation {
  const { observes } = detection
  assert(observes !== undefined, `${detection.id} does not observe`)
  const { host, object, joins, ended } = observedRow.parse(raw)
  return {
    key: `${detection.id}|${told.key}`,
    detection_id: detection.id,
    class: observes.class,
    host: host.toLowerCase(),
    object,
    summary: told.summary,
    signals: told.signals.map(signal => {
      const known = detection.signals[signal]
      assert(known !== undefined, `${detection.id} says "${signal}", which its detection.yaml does not weigh`)
      return { signal, ...known }
    }),
    joins: joins.map(([kind, value]) => ({ kind, value })),
    first_seen: isoTime(told.first_seen),
    last_seen: isoTime(told.last_seen),
    lasts: observes.lasts,
    ...(ended === '' ? {} : { ended: isoTime(ended) }),
    event_count: told.event_count,
    evidence,
    entities: told.entities.map(([kind, value]) => ({ kind, value })),
    techniques: detection.techniques,
    would_change: detection.would_change,
  }
}
