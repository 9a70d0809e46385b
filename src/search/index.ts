// Looking at what is stored
export { events } from './events.ts'
export type { EventFilter } from './events.ts'
export { evidenceList, locate, quarantine } from './evidence.ts'
export type { EventLocation } from './evidence.ts'
// Certificates by what they share
export { certificateIndex } from './certificate-index.ts'
export { countFrequencies } from './count-frequencies.ts'
export type { CountOptions } from './count-frequencies.ts'
// Pivoting
export { givenCertificates } from './given-certificates.ts'
export { pivotFrom, ruleCatalogues } from './pivot-from.ts'
export type { PivotFromOptions } from './pivot-from.ts'
export { labelOf, pivotGraph } from './pivot-graph.ts'
export { seedsOf } from './pivot-seeds.ts'
export type { Seeds } from './pivot-seeds.ts'
