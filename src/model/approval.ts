import { z } from 'zod'

/**
 * What somebody allowed: one exact object, on these hosts, in this window, by these programs, until a day (specification
 * AN1246 §2.5). Who asked and who allowed is what the record says; nobody is authenticated here.
 */
const text = z.string().min(1).max(500)
const instant = z.iso.datetime({ precision: 6 })

export const approval = z
  .strictObject({
    /** UUID. */
    approval_id: z.uuid(),
    /** `change`: a ticket. `baseline`: what was learned to be usual here. */
    kind: z.enum(['change', 'baseline']),
    /** Number or address of the change ticket; of a baseline, what it was learned from. */
    ticket: text,
    requester: text,
    approver: text,
    because: z.string().max(2000).default(''),
    rollback: z.string().max(2000).default(''),
    /** Names of hosts, `*` for any characters. */
    hosts: z.array(text).min(1).max(1000),
    /** What was to happen between these two, by the time of the event. */
    from: instant,
    until: instant,
    /** From then on nothing is approved by it any more. */
    expires: instant,
    /** Exactly these values, by field of the dictionary; an object that has another is another object. */
    object: z.record(z.string().regex(/^[a-z0-9_]+$/), z.array(z.string().min(1).max(2000)).min(1).max(100)),
    /** Executables that may do it, `*` for any characters; none named: any. */
    writers: z.array(text).max(100).default([]),
    /** A declared exercise: what is not approved by it is said to fall into one. */
    exercise: z.boolean().default(false),
  })
  .refine(({ object }) => Object.keys(object).length > 0, 'an approval names an object')
  .refine(one => one.requester.toLowerCase() !== one.approver.toLowerCase(), 'nobody approves what they asked for')
  .refine(({ from, until, expires }) => from <= until && until <= expires, 'from, until and expires are in this order')

export type Approval = z.infer<typeof approval>

/** An approval as it is kept. */
export type KeptApproval = {
  readonly approval: Approval
  readonly recorded_at: Date
  /** A withdrawn one approves nothing, and stays. */
  readonly withdrawn?: { readonly at: Date; readonly by: string; readonly because: string }
}

/** A part of the case store. Approvals are never altered or deleted; to change one, withdraw it and record another. */
export interface ApprovalStore {
  /** All or none. Storing the same `approval_id` again changes nothing. Returns how many were new. */
  recordApprovals(approvals: readonly Approval[]): Promise<number>
  /** All of them, also those that expired or were withdrawn, in order of recording, then of `approval_id`. */
  approvals(): Promise<readonly KeptApproval[]>
  /** False when there is none of this id, or it was withdrawn before. */
  withdrawApproval(approvalId: string, by: string, because: string): Promise<boolean>
}
