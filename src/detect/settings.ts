import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Correlation } from '../correlate/index.ts'
import { parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { Catalogue, Intel } from './intel.ts'

/**
 * The settings that published analytics leave to the site, by the names they have there. A user's file fills them: lists
 * become entries of reference data, so that the snapshot that a finding names is of them, too.
 */
const day = z.iso.date()
const owned = {
  /** Who answers for it. */
  owner: z.string().min(1).max(200),
  /** After this day it counts no more. */
  expires: day,
  because: z.string().max(1000).optional(),
}
const sha1 = z.string().regex(/^[0-9a-fA-F]{40}$/)
const sha256 = z.string().regex(/^[0-9a-fA-F]{64}$/)
const certificate = z
  .strictObject({ ...owned, sha1: sha1.optional(), sha256: sha256.optional(), subject: z.string().max(500).optional() })
  .refine(one => one.sha1 !== undefined || one.sha256 !== undefined, 'a certificate is named by sha1 or sha256')
const most = 10_000

const settingsFile = z.strictObject({
  TrustedRootHashList: z.array(certificate).max(most).default([]),
  TrustedPublisherList: z.array(certificate).max(most).default([]),
  FilePathAllowList: z
    .array(
      z.strictObject({
        ...owned,
        /** From the drive on; `*` is anything within one folder's or file's name. */
        path: z.string().min(4).max(500),
        sha256: sha256.optional(),
      }),
    )
    .max(most)
    .default([]),
  MonitoredProcesses: z
    .array(
      z
        .string()
        .max(200)
        .regex(/^[^\\/:*?"<>|]+$/, 'the name of a file, without a directory'),
    )
    .max(most)
    .default([]),
  RegistryPathBaselines: z
    .array(z.strictObject({ ...owned, path: z.string().min(4).max(1000), data: z.string().max(4000) }))
    .max(most)
    .default([]),
  /** Seconds. */
  TimeWindow: z.number().int().min(60).max(86_400).optional(),
})

export type Settings = z.infer<typeof settingsFile>

/** What a setting is, for those who read what is set: analytics/<id>/settings.yaml. */
const knownSettings = z.strictObject({
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  settings: z.record(
    z.enum(Object.keys(settingsFile.shape) as [keyof Settings, ...(keyof Settings)[]]), // there are some
    z.strictObject({
      of: z.array(z.string().regex(/^AN\d{4}$/)).min(1),
      catalogue: z.string().optional(),
      means: z.string().min(1),
      default: z.string().min(1),
    }),
  ),
})

export type KnownSettings = z.infer<typeof knownSettings>

/** Throws `data/bad-definition`. */
export function loadKnownSettings(directory: string, folder: string): KnownSettings {
  const file = join(directory, folder, 'settings.yaml')
  return parseDefinition('list of settings', file, readDefinitionText(file), knownSettings)
}

/** Of several files lists are added up, and the last TimeWindow counts. Throws `data/bad-definition`. */
export function loadSettings(files: readonly string[]): Settings {
  const all = files.map(file => parseDefinition('file of settings', file, readDefinitionText(file), settingsFile))
  const timeWindow = all.map(({ TimeWindow }) => TimeWindow).findLast(one => one !== undefined)
  return {
    TrustedRootHashList: all.flatMap(one => one.TrustedRootHashList),
    TrustedPublisherList: all.flatMap(one => one.TrustedPublisherList),
    FilePathAllowList: all.flatMap(one => one.FilePathAllowList),
    MonitoredProcesses: all.flatMap(one => one.MonitoredProcesses),
    RegistryPathBaselines: all.flatMap(one => one.RegistryPathBaselines),
    ...(timeWindow === undefined ? {} : { TimeWindow: timeWindow }),
  }
}

/** Reference data with what is set added to it; `today` as `2026-11-23`: what expired before is left out. */
export function withSettings(intel: Intel, settings: Settings, today: string): Intel {
  const added = cataloguesOf(settings, today).filter(({ entries }) => entries.length > 0)
  if (added.length === 0) return intel
  const content = added.map(({ catalogue, entries }) => [
    catalogue,
    entries.map(one => [one.id, one.source, one.expires]),
  ])
  const digest = createHash('sha256').update(intel.snapshot).update(JSON.stringify(content)).digest('hex')
  return { catalogues: [...intel.catalogues, ...added], snapshot: digest.slice(0, 16) }
}

type Entry = Catalogue['entries'][number]

function cataloguesOf(settings: Settings, today: string): readonly Catalogue[] {
  const entry = (
    name: string,
    one: { readonly owner: string; readonly expires: string; readonly because?: string | undefined },
    keys: Entry['keys'],
    attributes: Entry['attributes'] = {},
  ): readonly Entry[] => {
    if (one.expires < today) return []
    const dates = { first_verified: today, last_verified: today, expires: one.expires }
    const source = `setting ${name}, ${one.owner}${one.because === undefined ? '' : `: ${one.because}`}`
    const id = createHash('sha256')
      .update(JSON.stringify([name, keys, attributes]))
      .digest('hex')
      .slice(0, 16)
    return [{ id, keys, attributes: { ...attributes, owner: one.owner }, source, verified: true, ...dates }]
  }
  const certificates = (name: 'TrustedRootHashList' | 'TrustedPublisherList', catalogue: string): Catalogue => ({
    catalogue,
    title: name,
    entries: settings[name].flatMap(one =>
      entry(
        name,
        one,
        {
          ...(one.sha1 === undefined ? {} : { sha1: [one.sha1] }),
          ...(one.sha256 === undefined ? {} : { sha256: [one.sha256] }),
        },
        one.subject === undefined ? {} : { subject: one.subject },
      ),
    ),
  })
  const lasting = { owner: 'the site', expires: '9999-12-31' }
  return [
    certificates('TrustedRootHashList', 'trusted-roots'),
    certificates('TrustedPublisherList', 'trusted-publishers'),
    {
      catalogue: 'allowed-files',
      title: 'FilePathAllowList',
      entries: settings.FilePathAllowList.flatMap(one =>
        entry(
          'FilePathAllowList',
          one,
          { path_pattern: [patternOf(one.path)] },
          one.sha256 === undefined ? {} : { sha256: one.sha256.toLowerCase() },
        ),
      ),
    },
    {
      catalogue: 'scriptable-programs',
      title: 'MonitoredProcesses',
      entries: settings.MonitoredProcesses.flatMap(one => entry('MonitoredProcesses', lasting, { executable: [one] })),
    },
    {
      catalogue: 'registry-baselines',
      title: 'RegistryPathBaselines',
      entries: settings.RegistryPathBaselines.flatMap(one =>
        entry(
          'RegistryPathBaselines',
          one,
          { path: [one.path.replaceAll('\\', '/')] },
          { data: one.data.toLowerCase() },
        ),
      ),
    },
  ]
}

/** RE2 over the whole path, in lower case with slashes. */
function patternOf(path: string): string {
  const escaped = path
    .toLowerCase()
    .replaceAll('\\', '/')
    .replace(/[.+?^${}()|[\]]/g, '\\$&')
  return `^${escaped.replaceAll('*', '[^/]*')}$`
}

/** A correlation whose bursts are as long as is set: of classes and joins that have the burst of the definition. */
export function withTimeWindow(correlation: Correlation, { TimeWindow }: Settings): Correlation {
  const burst = correlation.loose.window
  if (TimeWindow === undefined || TimeWindow === burst) return correlation
  const changed = <T>(seconds: T): T | number => (seconds === burst ? TimeWindow : seconds)
  return {
    ...correlation,
    classes: Object.fromEntries(
      Object.entries(correlation.classes).map(([name, one]) => [name, { ...one, reach: changed(one.reach) }]),
    ),
    joins: Object.fromEntries(
      Object.entries(correlation.joins).map(([name, one]) => [name, { ...one, window: changed(one.window) }]),
    ),
    loose: { ...correlation.loose, window: TimeWindow },
  }
}
