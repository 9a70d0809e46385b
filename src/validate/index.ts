// What attackers and administrators do, as logs, and what is to be said of it
export { isAttack, loadProcedures } from './procedure.ts'
export type { LoggedEvent, Procedure } from './procedure.ts'
export { hostOf, logOfProcedure } from './write-procedure.ts'
export { judge } from './judge.ts'
export type { Judged } from './judge.ts'
export { logs } from './logs.ts'
