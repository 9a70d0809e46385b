// What detections see, and how it becomes cases
export type { Join, Observation, Signal } from './observation.ts'
export { correlationFile, faultsOfCorrelation } from './definition.ts'
export type { Correlation } from './definition.ts'
export { correlate } from './case.ts'
export type { Case, Correlated } from './case.ts'
export type { Joined } from './components.ts'
export type { History } from './prevalence.ts'
export type { Standalone } from './verdict.ts'
