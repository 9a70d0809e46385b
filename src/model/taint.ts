import { z } from 'zod'

/**
 * Taint: while a slot that decides trust stands at something else than Windows sets, nobody knows what the host's own word on
 * signatures is worth. What it called validly signed in that time is unknown (specification AN1246 §2.6).
 */
export const taint = z.strictObject({
  host: z.string().min(1),
  /** The first deviation, ISO 8601 UTC with microseconds. */
  from: z.iso.datetime({ precision: 6 }),
  /** When all slots had been put back and the host had started again, or its registry was taken and was clean. Absent: not yet. */
  until: z.iso.datetime({ precision: 6 }).optional(),
  /** The slots, as `sip|{GUID}|function`. */
  slots: z.array(z.string()),
  /** What they decide about, in words: `the PE SIP`. */
  subject_types: z.array(z.string()),
  /** At most 200, the first; `tainted_count` says how many files there are. */
  tainted_facts: z.array(
    z.strictObject({
      file_path: z.string(),
      /** Empty: the host did not tell. */
      file_hash_sha256: z.string(),
      told_by: z.string(),
      facts: z.number().int().positive(),
      first_seen: z.iso.datetime({ precision: 6 }),
      last_seen: z.iso.datetime({ precision: 6 }),
      event_uid: z.string(),
      /** What we make of the same file: `upheld`, `refuted`, or a status that settles nothing. Absent: it was not given. */
      reverified: z.string().optional(),
    }),
  ),
  tainted_count: z.number().int().nonnegative(),
  /** Files among `tainted_facts`, by what became of them; `unknown` of those that were not given. */
  reverified: z.record(z.string(), z.number().int().positive()),
  because: z.string().min(1),
  closes_when: z.string().min(1),
})
export type Taint = z.infer<typeof taint>
