// Looking at what is stored
export { events } from './events.ts'
export type { EventFilter } from './events.ts'
export { evidenceList, locate, quarantine } from './evidence.ts'
export type { EventLocation } from './evidence.ts'
// Certificates by what they share
export { certificateIndex } from './certificate-index.ts'
export { countFrequencies } from './count-frequencies.ts'
export type { CountOptions } from './count-frequencies.ts'
