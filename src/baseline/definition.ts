import { createHash } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { EventKind } from '../model/index.ts'
import { eventKindNames } from '../model/index.ts'

/**
 * A baseline: one folder under baselines/<family>/, `baseline.yaml`, `activity.sql` and `presence.sql`. The first SQL says
 * what counts, the second who was there at all; what is more than usual is worked out for all of them alike.
 */

/** The length of an hour's window, in which things are counted, is the same for all. */
const category = z.strictObject({
  /** What is counted, in the plural. */
  unit: z.string().min(1),
  /** Least count in an hour that is looked at. */
  floor: z.number().int().positive(),
  because: z.string().min(1),
})

/** Telemetry that it counts in, as a detection has it. */
const sees = z.strictObject({
  kind: z.enum(eventKindNames as [EventKind, ...EventKind[]]), // the dictionary is never empty
  where: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  shows: z.string().min(1),
  without: z.string().min(1),
  remedy: z.string().min(1),
})

const baselineFile = z.strictObject({
  title: z.string().min(1),
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  description: z.string().min(1),
  references: z.array(z.string().min(1)).min(1),
  /** Catalogues that activity.sql reads: when one of them changes, everything is counted anew. */
  intel: z.array(z.string().min(1)).default([]),
  /** Alarms a day that chance alone may raise, all categories together. */
  budget: z.strictObject({ false_alarms_per_day: z.number().positive().max(1000), because: z.string().min(1) }),
  /** Days with telemetry among the 28 before a day, below which the day is not judged. */
  learning_days: z.number().int().min(1).max(28),
  categories: z
    .record(z.string().regex(/^[a-z0-9_]+$/), category)
    .refine(all => Object.keys(all).length > 0, 'there is no category'),
  sees: z.array(sees).min(1),
})

export type Baseline = z.infer<typeof baselineFile> & {
  /** `family/name`, as the folder is called. */
  readonly id: string
  readonly directory: string
  /** Text of activity.sql: (category, entity, at, member, event_uid, evidence_id, record_number) of new evidence. */
  readonly activity: string
  /** Text of presence.sql: (entity, at) of new evidence. */
  readonly presence: string
  /** SHA-256 over both and the names of the catalogues: what was counted otherwise is counted anew. */
  readonly sha256: string
}

/** Every baseline of the directories, in order of id. Throws `data/bad-definition` naming file and fault. */
export function loadBaselines(directories: readonly string[]): readonly Baseline[] {
  return directories
    .flatMap(foldersIn)
    .flatMap(foldersIn)
    .map(loadBaseline)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

export function loadBaseline(directory: string): Baseline {
  const id = `${basename(dirname(directory))}/${basename(directory)}`
  const file = join(directory, 'baseline.yaml')
  const definition = parseDefinition('baseline', file, readDefinitionText(file), baselineFile)
  const activity = readDefinitionText(join(directory, 'activity.sql')).trim()
  const presence = readDefinitionText(join(directory, 'presence.sql')).trim()
  const sha256 = createHash('sha256')
    .update(JSON.stringify([activity, presence, definition.intel]))
    .digest('hex')
  const baseline = { ...definition, id, directory, activity, presence, sha256 }
  const faults = faultsOf(baseline)
  if (faults.length > 0)
    throw new CountersealError('data/bad-definition', { message: `${directory}: ${faults.join('; ')}.` })
  return baseline
}

function faultsOf({ activity, presence, intel, categories }: Baseline): readonly string[] {
  const files = { 'activity.sql': activity, 'presence.sql': presence }
  const uses = (text: string, name: string) => text.includes(`{${name}:`)
  return [
    ...['category', 'entity', 'at', 'member', 'event_uid', 'evidence_id', 'record_number']
      .filter(column => !new RegExp(`\\b${column}\\b`).test(activity))
      .map(column => `activity.sql returns no column ${column}`),
    ...Object.entries(files).flatMap(([file, text]) => [
      ...['from_sequence', 'to_sequence']
        .filter(name => !uses(text, name))
        .map(name => `${file} does not use {${name}}`),
      ...[...text.matchAll(/\{([a-z][a-z0-9_]*):[^{}]+\}/g)]
        .map(([, name]) => name ?? '')
        .filter(name => !['intel', 'from_sequence', 'to_sequence'].includes(name))
        .map(name => `${file} uses {${name}}, which nobody gives`),
    ]),
    ...(Object.values(files).some(text => uses(text, 'intel')) === intel.length > 0
      ? []
      : ['it reads reference data without naming catalogues under intel, or names them without reading any']),
    ...Object.keys(categories)
      .filter(name => !activity.includes(`'${name}'`) && !activity.includes(`'${name.toUpperCase()}'`))
      .map(name => `activity.sql never says '${name}'`),
  ]
}
