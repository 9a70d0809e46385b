import type { Claims } from './claims.ts'
import type { Capped, Lead, RefusedValue } from './lead.ts'
import type { Side } from './pair.ts'
import type { PivotValue } from './pivot.ts'
import type { LearnedSuppression, PivotIndex, ValueFrequency } from './pivot-index.ts'
import type { Scoring } from './score.ts'
import type { Settings } from './settings.ts'

/** A certificate on the way: how surely it belongs to the seeds, and how it was come by. */
export type Node = {
  readonly side: Side
  readonly confidence: number
  readonly path: readonly string[]
}

/** The surest way to a certificate. */
export type Found = { readonly node: Node; readonly lead: Lead }

/** What is known at one moment of a walk. */
export type Walk = {
  readonly index: PivotIndex
  readonly settings: Settings
  /** Its frequencies and learned platforms grow as the walk asks for them. */
  readonly scoring: Scoring
  readonly frequencies: Map<string, ValueFrequency>
  readonly learned: Map<string, LearnedSuppression>
  readonly claims: Map<string, Claims>
  readonly places: Map<string, Set<string>>
  /** Values whose frequencies were asked for. */
  readonly askedOf: Set<string>
  /** Values that were followed. */
  readonly followed: Set<string>
  readonly refused: RefusedValue[]
  readonly refusedKeys: Set<string>
  readonly capped: Capped[]
  readonly seedIssuances: ReadonlySet<string>
  /** By certificate_id: the surest way to it. */
  readonly found: Map<string, Found>
  readonly compared: Set<string>
}

/** Everything two certificates can share of this one. */
export function valuesOf({ values }: Side): readonly PivotValue[] {
  return [...values].flatMap(([attribute, of]) => [...of].map(value => ({ attribute, value })))
}
