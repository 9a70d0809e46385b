import { createHash } from 'node:crypto'
import type { Approval } from '../model/index.ts'
import type { Procedure } from './procedure.ts'
import { hostOf } from './write-procedure.ts'

/** What a procedure that began at `start`, milliseconds since 1970, was allowed. */
export function approvalsOfProcedure(procedure: Procedure, start: number): readonly Approval[] {
  const at = (seconds: number) => new Date(start + 1000 * seconds).toISOString().replace('Z', '000Z')
  return procedure.approvals.map(({ hosts = [hostOf(procedure)], from, until, expires, ...one }, nth) => ({
    ...one,
    approval_id: uuidOf(`${procedure.id} ${nth}`),
    requester: 'who asks',
    approver: 'who allows',
    because: procedure.title,
    rollback: '',
    hosts,
    from: at(from),
    until: at(until),
    expires: at(expires),
  }))
}

function uuidOf(text: string): string {
  const digits = createHash('sha256').update(text).digest('hex')
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}
