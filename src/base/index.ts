// Errors about operations
export { assert, CountersealError, errorCatalogue, exitCodes } from './error.ts'
export type { CatalogueEntry, ErrorCode, ErrorDetails, ExitName } from './error.ts'
// Problems with data
export { describeProblem, excerpt } from './problem.ts'
export type { Problem } from './problem.ts'
export { isAlive } from './process.ts'
// Text
export { windows1252 } from './windows-1252.ts'
