// Detections (door 1)
export { loadDetection, loadDetections } from './detection.ts'
export type { Detection, Telemetry } from './detection.ts'
// Reference data
export { loadIntel, storeIntel, withEntries } from './intel.ts'
export type { Catalogue, Intel } from './intel.ts'
// What the site sets
export { loadKnownSettings, loadSettings, withSettings, withTimeWindow } from './settings.ts'
export type { KnownSettings, Settings } from './settings.ts'
// Running them
export { runDetections } from './hunt.ts'
export type { Answer, HuntOptions, LearningBaseline, Rates } from './hunt.ts'
export { describeTelemetry } from './coverage.ts'
export type { Coverage } from './coverage.ts'
// What hangs together
export { loadCorrelations } from './correlation.ts'
export { casesOf } from './cases.ts'
export type { CaseAnswer, CaseOptions } from './cases.ts'
export type { ClassAnswer } from './class-states.ts'
// What a host's word on signatures is worth
export { taintsOf } from './taint.ts'
