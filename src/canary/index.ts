// Names that stand nowhere but in a logged certificate
export { canaryLabel, lures } from './name.ts'
export { canariesOf, canaryEntries } from './ledger.ts'
export type { Canary } from './ledger.ts'
// Who came
export { hitsOf } from './hits.ts'
export type { Hit, HitClass, Hits } from './hits.ts'
export { attributionOf } from './attribution.ts'
export type { Attribution } from './attribution.ts'
