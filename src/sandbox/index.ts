// What a sandbox is given
export { manifestOf, password, sealed, submissionOf, mediaTypeOf } from './bundle.ts'
export type { Bundle, Sample } from './bundle.ts'
