import { join } from 'node:path'
import { z } from 'zod'
import { parseDefinition, readDefinitionText } from '../definitions/index.ts'

const detection = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)
const field = z.string().regex(/^[a-z0-9_]+$/)
const sentence = z.string().min(1).max(500)

const triageFile = z.strictObject({
  analytic: z.string().min(1),
  targets: z.array(field).min(1),
  probed: z.strictObject({ detections: z.array(detection), fields: z.array(field) }),
  always_for_level_1: z.array(detection),
  security_owners: z.array(z.string().min(1)),
  contradicting_signals: z.array(z.string().min(1)),
  coordination: z.strictObject({
    hours: z.number().positive(),
    clauses: z
      .array(
        z.strictObject({
          code: z.string().regex(/^[A-Z_]+$/),
          says: sentence,
          detections: z.array(detection).min(1),
          by_itself: z.boolean().default(false),
          telemetry: z.array(field).min(1),
        }),
      )
      .min(1),
  }),
  /** Findings that are orders of certificates, and within how many hours one that follows is theirs. */
  orders: z.strictObject({ detections: z.array(detection), hours: z.number().positive() }),
  known_after_days: z.number().int().positive(),
  new_until_days: z.number().int().positive(),
  memory_days: z.number().int().positive(),
  change_hours: z.strictObject({ before: z.number(), after: z.number() }),
  issuance_hours: z.number().positive(),
  defer_unknown_below: z.number().min(0).max(100),
  monitor_hours: z.number().positive(),
})

const analyticFile = z.object({
  questions: z.tuple([sentence, sentence, sentence]),
  escalate_when: z.tuple([sentence, sentence, sentence]),
  steps: z.object({ level_1: z.array(sentence), tier_2: z.array(sentence), containment: z.array(sentence) }),
})

/** How findings of an analytic are triaged (`triage.yaml`), with the words of its source document (`analytic.yaml`). */
export type TriageDefinition = z.output<typeof triageFile> & { readonly words: z.output<typeof analyticFile> }

/** @param folder of the analytic. Throws `data/bad-definition`. */
export function loadTriage(folder: string): TriageDefinition {
  const read = <Shape extends z.ZodType>(what: string, file: string, shape: Shape) =>
    parseDefinition(what, join(folder, file), readDefinitionText(join(folder, file)), shape)
  return { ...read('triage', 'triage.yaml', triageFile), words: read('analytic', 'analytic.yaml', analyticFile) }
}
