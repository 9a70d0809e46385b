import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { EventKind, Sql } from '../model/index.ts'
import { eventKindNames, eventKinds, technique, urgencies } from '../model/index.ts'

/**
 * A detection (door 1): one folder under detections/<family>/, `detection.yaml` and `query.sql`. The SQL finds, the
 * YAML says what it means: points, verdict, what it can not see, what would change it.
 */

/** Telemetry that can answer. `where` narrows the kind to the events that count: field to texts. */
const sees = z
  .strictObject({
    kind: z.enum(eventKindNames as [EventKind, ...EventKind[]]), // the dictionary is never empty
    where: z.record(z.string(), z.array(z.string()).min(1)).default({}),
    shows: z.string().min(1),
    /** True for what only adds to a finding: without anything else read, it can not answer. */
    context: z.boolean().default(false),
    /** What can not be seen without it, and how to have it. */
    without: z.string().min(1),
    remedy: z.string().min(1),
  })
  .refine(
    need => Object.keys(need.where).every(name => (eventKinds[need.kind].fields as readonly string[]).includes(name)),
    'where names a field that the kind does not have',
  )

/** Benign causes. `values` reach the query as the list parameter `except_<name>`. */
const exception = z.strictObject({ values: z.array(z.string().min(1)).min(1), because: z.string().min(1) })

const detectionFile = z.strictObject({
  uuid: z.uuid(),
  version: z.number().int().positive(),
  title: z.string().min(1),
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  description: z.string().min(1),
  techniques: z.array(technique),
  /** Source document and section, rule, or observation it was made from. */
  references: z.array(z.string().min(1)).min(1),
  sees: z.array(sees).min(1),
  /** What the query may name in its column `signals`. */
  signals: z.record(
    z.string().regex(/^[a-z0-9_]+$/),
    z.strictObject({
      points: z.number().finite(),
      because: z.string().min(1),
      /** The rule of the correlation that this signal is enough for. */
      standalone: z.string().optional(),
      /** Whoever holds this answers whether signatures are good. */
      decides_trust: z.boolean().optional(),
    }),
  ),
  /** From this score on, this verdict. The first begins at 0. */
  verdicts: z.array(z.strictObject({ from: z.number().min(0).max(100), verdict: z.enum(urgencies) })).default([]),
  /** In the place of verdicts: what it sees is an observation of a class, and is weighed with others (analytics/<id>/correlation.yaml). */
  observes: z
    .strictObject({
      class: z.string().min(1),
      /** A state holds from its first event until it ended. */
      lasts: z.enum(['event', 'state']),
    })
    .optional(),
  except: z.record(z.string().regex(/^[a-z0-9_]+$/), exception).default({}),
  settings: z
    .record(
      z.string().regex(/^[a-z0-9_]+$/),
      z.strictObject({ default: z.number().finite(), unit: z.string().min(1), because: z.string().min(1) }),
    )
    .default({}),
  would_change: z.array(z.string().min(1)).min(1),
  /** Baselines (`family/name`) whose exceedances the query reads, under the parameter `rates`. Its silence is worth what theirs is. */
  baselines: z.array(z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/)).default([]),
})

export type Telemetry = z.infer<typeof sees>
export type Detection = z.infer<typeof detectionFile> & {
  readonly id: string
  readonly directory: string
  readonly query: Sql
}

/** Every detection of the directories, in order of id. Throws `data/bad-definition` naming file and fault. */
export function loadDetections(directories: readonly string[]): readonly Detection[] {
  return directories
    .flatMap(foldersIn)
    .flatMap(foldersIn)
    .map(loadDetection)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

export function loadDetection(directory: string): Detection {
  const id = `${basename(dirname(directory))}/${basename(directory)}`
  const file = join(directory, 'detection.yaml')
  const definition = parseDefinition('detection', file, readDefinitionText(file), detectionFile)
  const text = readDefinitionText(join(directory, 'query.sql'))
  const detection = { ...definition, id, directory, query: { name: `detections/${id}`, text } }
  const faults = faultsOf(detection)
  if (faults.length > 0)
    throw new CountersealError('data/bad-definition', { message: `${directory}: ${faults.join('; ')}.` })
  return detection
}

/** The columns every query returns; {@link rowOf} in hunt.ts reads them. */
const columns = ['key', 'summary', 'entities', 'signals', 'events', 'event_count', 'first_seen', 'last_seen']

/** And those of a detection that observes. */
const observedColumns = ['host', 'object', 'joins']

function faultsOf(detection: Detection): readonly string[] {
  const text = detection.query.text
  const parameters = new Set([...text.matchAll(/\{([a-z][a-z0-9_]*):[^{}]+\}/g)].map(([, name]) => name ?? ''))
  const given = [
    'intel',
    ...(detection.baselines.length > 0 ? ['rates'] : []),
    ...Object.keys(detection.except).map(name => `except_${name}`),
    ...Object.keys(detection.settings),
  ]
  const { observes, verdicts, signals } = detection
  const own = observes === undefined ? [] : observes.lasts === 'state' ? [...observedColumns, 'ended'] : observedColumns
  const correlated = Object.values(signals).some(
    ({ standalone, decides_trust }) => decides_trust || standalone !== undefined,
  )
  return [
    ...[...columns, ...own]
      .filter(column => !new RegExp(`\\bAS ${column}\\b`).test(text))
      .map(column => `query.sql returns no column ${column}`),
    ...[...parameters]
      .filter(name => !given.includes(name))
      .map(name => `query.sql uses {${name}}, which detection.yaml does not give`),
    ...given.filter(name => name !== 'intel' && !parameters.has(name)).map(name => `query.sql does not use {${name}}`),
    ...Object.keys(detection.signals)
      .filter(signal => !text.includes(`'${signal}'`))
      .map(signal => `query.sql never says '${signal}'`),
    ...(observes !== undefined || verdicts[0]?.from === 0 ? [] : ['the first verdict does not begin at 0']),
    ...(observes !== undefined && verdicts.length > 0 ? ['it observes, and so it gives no verdicts'] : []),
    ...(observes === undefined && correlated ? ['standalone and decides_trust are of signals that observe'] : []),
  ]
}
