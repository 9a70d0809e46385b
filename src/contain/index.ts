// What is to be blocked
export { targetOf } from './targets.ts'
export type { Target } from './targets.ts'
// What must not be
export { protectedBy, refusalOf } from './protection.ts'
export type { Listed, Protected } from './protection.ts'
// What it would have stopped
export { dryRun } from './dry-run.ts'
export type { DryRun, WouldBlock } from './dry-run.ts'
