// Baselines as data
export { loadBaseline, loadBaselines } from './definition.ts'
export type { Baseline } from './definition.ts'
// What was usual
export { refreshBaselines } from './refresh.ts'
export type { Refreshed, RefreshOptions } from './refresh.ts'
export { baselineStates, describeState } from './state.ts'
export type { BaselineState } from './state.ts'
// What is more than that
export { rateExceedances, settings, storeExceedances } from './exceedances.ts'
export type { ExceedanceOptions, RateModel } from './exceedances.ts'
export { defaultHours } from './site.ts'
export type { SiteHours } from './site.ts'
