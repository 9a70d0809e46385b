import type { ContextFactor } from './edge.ts'
import type { Pair } from './pair.ts'
import type { ValueFrequency } from './pivot-index.ts'

/**
 * What a shared value is worth between these two certificates, beyond how common it is. Each rule answers with a factor,
 * or with nothing where it has nothing to say (specification AN1972 §3.2 `ctx`).
 */
export type ContextRule = (pair: Pair, value: ValueFrequency) => ContextFactor | readonly ContextFactor[] | undefined
