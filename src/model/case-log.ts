import { z } from 'zod'

/**
 * What somebody decided or laid out, as it is kept: entries are added and never altered. Who it was is what they said: nobody is
 * authenticated here.
 */
const text = z.string().min(1).max(2000)
const instant = z.iso.datetime({ offset: true })

/** A decision about a finding. `computed`: what the program said at that time. */
const triageEntry = z.strictObject({
  action: z.enum(['answer', 'escalate', 'monitor', 'close', 'note']),
  by: text,
  because: text,
  /** Of an answer. */
  question: z.enum(['q1', 'q2', 'q3']).optional(),
  verdict: z.enum(['yes', 'no', 'unknown']).optional(),
  /** Who agreed to close what was computed to be escalated. */
  second: text.optional(),
  computed: z.strictObject({
    answers: z.record(z.string(), z.string()),
    decision: z.string(),
    because: z.string(),
    inputs_version: z.record(z.string(), z.string()),
  }),
})

/** A name that stands nowhere but in a logged certificate, or its twin in none (specification T1596.003 §3.3). */
const canaryEntry = z.strictObject({
  action: z.enum(['created', 'published', 'retired']),
  by: text,
  because: z.string().max(2000).default(''),
  fqdn: text,
  control_fqdn: text,
  lure: z.string(),
  sensor_addresses: z.array(z.string()).max(50),
  /** Who may come without being a hit: addresses or networks, or words of a User-Agent. */
  allowed: z.array(z.string()).max(200).default([]),
  /** Of a publication: the certificate and its earliest SCT. */
  certificate_sha256: z.string().optional(),
  published_at: instant.optional(),
})

/** How CAA records stood when somebody looked: they count at the time of issuance only. */
const caaEntry = z.strictObject({
  /** Undefined text where there was no answer. */
  state: z.enum(['records', 'none', 'failed']),
  records: z
    .array(z.strictObject({ flags: z.number().int(), tag: z.string().max(64), value: z.string().max(2000) }))
    .max(200),
  observed_at: instant,
  by: text,
})

/** What became of a certificate lead at one time (specification AN1972 §6.5): kept when it is another state than before. */
const leadEntry = z.strictObject({
  state: z.string().min(1).max(40),
  ready_to_escalate: z.boolean(),
  by: text,
  /** What was asked for, as the user named it. */
  seed: text,
  subject: z.string().max(4000),
  confidence: z.number().min(0).max(1),
  because: z.array(z.string().max(4000)).max(50),
  needs: z.array(z.string().max(4000)).max(50),
  /** event_uid of the records it stands on. */
  evidence: z.array(z.string().max(200)).max(50),
  /** The time that was asked about. Empty where there was no traffic. */
  from: z.string().max(40),
  until: z.string().max(40),
  /** Techniques that were said, with the version of the gates. */
  asserted: z.array(z.string().max(20)).max(10),
  gates_version: z.number().int().positive(),
})

/** Shapes of the entries, by kind. */
export const caseLogKinds = { triage: triageEntry, canary: canaryEntry, caa: caaEntry, lead: leadEntry } as const

export type CaseLogKind = keyof typeof caseLogKinds
export type CaseLogEntry<Kind extends CaseLogKind> = z.output<(typeof caseLogKinds)[Kind]>

export type KeptEntry<Kind extends CaseLogKind> = {
  /** UUID. */
  readonly entry_id: string
  readonly recorded_at: Date
  /** finding_id of a triage, id of a canary, name of a CAA look-up, certificate_id of a lead. */
  readonly subject: string
  readonly entry: CaseLogEntry<Kind>
}

/** A part of the case store. */
export interface CaseLog {
  /** Recording the same `entry_id` again changes nothing. */
  addToCaseLog<Kind extends CaseLogKind>(
    kind: Kind,
    subject: string,
    entry: CaseLogEntry<Kind>,
    entryId: string,
  ): Promise<void>
  /** In order of recording, then of `entry_id`; of one subject, or of all. */
  caseLog<Kind extends CaseLogKind>(kind: Kind, subject?: string): Promise<readonly KeptEntry<Kind>[]>
}
