import { z } from 'zod'
import { taint } from './taint.ts'
import { verdict } from './verdict.ts'

/**
 * One thing an analytic says, with what it stands on. The same shape from detection to screen, export and case.
 */

/** One step of the arithmetic: `points` are added to the score because of what `because` says. */
export const contribution = z.strictObject({
  signal: z.string().min(1),
  points: z.number().finite(),
  because: z.string().min(1),
})
export type Contribution = z.infer<typeof contribution>

/** Who or what the finding is about. `kind` is the dictionary's field name the value was read from. */
export const entity = z.strictObject({ kind: z.string().min(1), value: z.string().min(1) })
export type Entity = z.infer<typeof entity>

/** A record the finding stands on, and the way back to its bytes. */
export const evidenceReference = z.strictObject({
  /** 32 lower-case hexadecimal digits; `counterseal evidence` shows the record. */
  event_uid: z.string().regex(/^[0-9a-f]{32}$/),
  /** Where the record was read from, as the user named it. */
  file: z.string(),
  /** Number of the record in that file, counted from 0 over all lines. */
  record_number: z.number().int().nonnegative(),
})
export type EvidenceReference = z.infer<typeof evidenceReference>

/** Something that could have been seen and was not, and the line of configuration that would show it. */
export const blindSpot = z.strictObject({
  what: z.string().min(1),
  why: z.string().min(1),
  remedy: z.string().min(1),
})
export type BlindSpot = z.infer<typeof blindSpot>

/** The ATT&CK version both ids and names were checked against is named in the analytic's file. */
export const technique = z.strictObject({ id: z.string().regex(/^T\d{4}(\.\d{3})?$/), name: z.string().min(1) })
export type Technique = z.infer<typeof technique>

/**
 * What a finding says that was put together of several observations: which classes of evidence speak, what was observed,
 * and which values hold it together.
 */
export const correlation = z.strictObject({
  classes: z.array(
    z.strictObject({
      class: z.string().min(1),
      title: z.string().min(1),
      /** `absent`: it would have been seen. `not_evaluable`: nobody can say. */
      state: z.enum(['observed', 'absent', 'not_evaluable']),
      why: z.string(),
      /** What would make it evaluable; empty where it is. */
      remedy: z.string(),
    }),
  ),
  /** In order of time; at most 50, and `observation_count` says how many there are. */
  observations: z.array(
    z.strictObject({
      detection_id: z.string().min(1),
      class: z.string().min(1),
      summary: z.string().min(1),
      points: z.number(),
      first_seen: z.iso.datetime({ precision: 6 }),
      last_seen: z.iso.datetime({ precision: 6 }),
      /** Of its first record. */
      event_uid: z.string().regex(/^[0-9a-f]{32}$/),
    }),
  ),
  observation_count: z.number().int().positive(),
  /** Values that several observations share, the strongest first; at most 50. */
  joins: z.array(
    z.strictObject({
      kind: z.string().min(1),
      value: z.string().min(1),
      strength: z.number(),
      because: z.string().min(1),
      /** Places in `observations`. */
      observations: z.array(z.number().int().nonnegative()),
    }),
  ),
  /** Rules that one observation was enough for. */
  standalone: z.array(z.strictObject({ rule: z.string(), title: z.string().min(1), because: z.string().min(1) })),
  /** The same on many hosts: how many. The rest is told of the first of them, by name. */
  campaign: z.strictObject({ hosts: z.number().int().min(2) }).optional(),
  /** The host's own word on signatures is in doubt: from when until when, about what, and what it said in that time. */
  taint: taint.optional(),
  /** Approvals that have to do with it, also those that do not fit; absent where there are none. */
  approvals: z
    .array(
      z.strictObject({
        approval_id: z.uuid(),
        kind: z.enum(['change', 'baseline']),
        ticket: z.string().min(1),
        approver: z.string().min(1),
        because: z.string(),
        /** `partial`: nearly this. `expired`: it was, once. `refused`: it is, and this may not be approved. */
        match: z.enum(['exact', 'partial', 'expired', 'refused']),
        differs: z.array(z.strictObject({ what: z.string(), approved: z.string(), actual: z.string() })),
        /** Places in `observations`. */
        observations: z.array(z.number().int().nonnegative()),
      }),
    )
    .optional(),
  /** Where something is approved: what it would have been. */
  without_approval: z.strictObject({ verdict, score: z.number().min(0).max(100) }).optional(),
  /** Tickets of declared exercises into which it falls. */
  exercises: z.array(z.string().min(1)).optional(),
  /** Hosts that have the same as its rarest observation; absent where there is too little history to say what is rare. */
  rarest_on_hosts: z.number().int().positive().optional(),
})

export const finding = z.strictObject({
  /** 32 lower-case hexadecimal digits over detection and key: the same finding has the same id in every hunt. */
  finding_id: z.string().regex(/^[0-9a-f]{32}$/),
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  /** `<family>/<name>`, the folder under detections/. */
  detection_id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/),
  /** Increases when the detection's meaning changes. */
  detection_version: z.number().int().positive(),
  title: z.string().min(1),
  /** One sentence with the facts of this instance. */
  summary: z.string().min(1),
  verdict,
  /** 0 to 100: the sum of the contributions, cut at 100. */
  score: z.number().min(0).max(100),
  contributions: z.array(contribution).min(1),
  entities: z.array(entity).min(1),
  techniques: z.array(technique),
  /** First and last event time, UTC, ISO 8601 with microseconds. */
  first_seen: z.iso.datetime({ precision: 6 }),
  last_seen: z.iso.datetime({ precision: 6 }),
  /** How many distinct events (record_key) the finding stands on. */
  event_count: z.number().int().positive(),
  /** The records, oldest first; at most 20, and `event_count` says how many there are. */
  evidence: z.array(evidenceReference).min(1),
  blind: z.array(blindSpot),
  /** What would raise, lower or end this verdict. */
  would_change: z.array(z.string().min(1)).min(1),
  /** Of a finding that was put together of several observations. */
  correlation: correlation.optional(),
  /** Names the reference data that was used: SHA-256 over intel/, first 16 hexadecimal digits. */
  intel_snapshot: z.string(),
})
export type Finding = z.infer<typeof finding>

/** The score from its contributions, to the hundredth. A stored score that differs from this is a defect. */
export function scoreOf(contributions: readonly Contribution[]): number {
  const sum = contributions.reduce((total, one) => total + one.points, 0)
  return Math.max(0, Math.min(100, Math.round(sum * 100) / 100))
}
