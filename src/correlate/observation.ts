import type { Entity, EvidenceReference, Technique } from '../model/index.ts'

/**
 * What one detection saw on one host, about one object: a certificate in a store, a slot, a module, a program, a service.
 * By itself it is no finding; what hangs together is weighed together.
 */
export type Observation = {
  /** `<detection id>|<key>`: the same in every hunt. */
  readonly key: string
  readonly detection_id: string
  /** A class of the correlation's definition. */
  readonly class: string
  /** In lower case. */
  readonly host: string
  /** What it is about, without the host: the same text on another host is the same thing there. */
  readonly object: string
  /** One sentence. */
  readonly summary: string
  readonly signals: readonly Signal[]
  readonly joins: readonly Join[]
  /** ISO 8601 UTC with microseconds. */
  readonly first_seen: string
  readonly last_seen: string
  /** A state lasts from its first event until it ended, or until now. */
  readonly lasts: 'event' | 'state'
  /** When a state ended; without it, it lasts. */
  readonly ended?: string
  readonly event_count: number
  readonly evidence: readonly EvidenceReference[]
  readonly entities: readonly Entity[]
  readonly techniques: readonly Technique[]
  readonly would_change: readonly string[]
}

export type Signal = {
  readonly signal: string
  readonly points: number
  readonly because: string
  /** A rule of the definition's `standalone` that this signal is enough for. */
  readonly standalone?: string | undefined
  /** Whoever holds this slot answers whether signatures are good. */
  readonly decides_trust?: boolean | undefined
}

/** A value that others may have too. `kind` is one of the definition's joins; values are compared as they stand. */
export type Join = { readonly kind: string; readonly value: string }

/** Earlier first; of two at one time, by key. */
export function byTime(a: Observation, b: Observation): number {
  return inOrder(a.first_seen, b.first_seen) || inOrder(a.key, b.key)
}

export function inOrder(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
