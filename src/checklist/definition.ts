import { join } from 'node:path'
import { z } from 'zod'
import { parseDefinition, readDefinitionText } from '../definitions/index.ts'

/**
 * What to have in order before an attack, and what to do in one: `checklist.yaml` beside an `analytic.yaml`. Each item says
 * what evidence could show that it is done, and what would tell where nothing does.
 */

const name = z.string().regex(/^[a-z0-9_]+$/)
const sentence = z.string().min(1).max(1000)
const place = z
  .string()
  .min(3)
  .max(300)
  .refine(text => text === text.toLowerCase() && !text.includes('\\'), 'is not in lower case with slashes')
const views = z.array(z.enum(['native', 'x86'])).min(1)

/** One registry value, and what it has to be. Numbers are decimal, as registry_data has them. */
const need = z
  .strictObject({
    place,
    views: views.default(['native']),
    /** Any of these texts, in lower case. */
    equals: z.array(z.string()).min(1).optional(),
    /** None of these. */
    not: z.array(z.string()).min(1).optional(),
    /** At least one of these bits is set. */
    any_bits: z.number().int().positive().optional(),
    at_least: z.number().int().positive().optional(),
    /** What it means when a whole hive of the host has no such value. */
    absent: z.enum(['done', 'not_done', 'unknown']),
  })
  .refine(
    ({ equals, not, any_bits, at_least }) =>
      [equals, not, any_bits, at_least].filter(one => one !== undefined).length === 1,
    'has exactly one of equals, not, any_bits and at_least',
  )

const lists = ['hardening', 'response', 'pki'] as const

const check = z.discriminatedUnion('kind', [
  /** Done when there are registry events of all these places (LIKE patterns), in all these views. */
  z.strictObject({
    kind: z.literal('registry_events'),
    by: z.enum(['Security', 'Sysmon']),
    places: z.array(place).min(1).max(20),
    views: views.default(['native']),
  }),
  /** Done when coverage says of all these settings of evidence.yaml that they are on. */
  z.strictObject({ kind: z.literal('settings'), settings: z.array(name).min(1).max(10) }),
  /** Done when there is any of these events; `hashes` is a LIKE pattern for the hashes in it. */
  z.strictObject({
    kind: z.literal('events'),
    channel: z.string().min(1).regex(/^\S+$/),
    event_ids: z.array(z.number().int().positive()).min(1).max(10),
    hashes: z.string().min(1).default('%'),
  }),
  /** Done when every one of these registry values is as it has to be. */
  z.strictObject({ kind: z.literal('values'), needs: z.array(need).min(1).max(10) }),
  /** Done when a whole hive of the host was read. */
  z.strictObject({ kind: z.literal('hive'), hives: z.array(z.enum(['software', 'system'])).min(1) }),
  /** Not done when a finding of the last hunt is, or has an observation, of these detections; otherwise nobody knows. */
  z.strictObject({ kind: z.literal('observed'), detections: z.array(z.string()).min(1), none: sentence }),
  /** Certificates that findings name: done when the evidence has them all, not done when one has to be fetched. */
  z.strictObject({ kind: z.literal('certificates'), none: sentence }),
  /** Evidence cannot say it. */
  z.strictObject({ kind: z.literal('person'), because: sentence }),
])

const item = z.strictObject({
  group: name,
  title: sentence,
  why: sentence,
  /** How to do it, and how to check it. */
  how: sentence,
  /** What would tell, where nothing does. */
  tells: sentence,
  source: sentence,
  /** Whether the source says all of it. */
  verified: z.boolean(),
  check,
})

const checklistFile = z
  .strictObject({
    analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
    title: sentence,
    /** Only hosts on which coverage saw one of these settings, or which a finding names; none: all hosts. */
    applies_to: z.array(name).default([]),
    groups: z.record(name, z.strictObject({ list: z.enum(lists), title: sentence })),
    items: z.record(name, item),
  })
  .superRefine(({ groups, items }, context) => {
    for (const [id, { group }] of Object.entries(items))
      if (groups[group] === undefined)
        context.addIssue({ code: 'custom', path: ['items', id], message: `there is no group ${group}` })
  })

export type Need = z.infer<typeof need>
export type Check = z.infer<typeof check>
export type ChecklistItem = z.infer<typeof item> & { readonly id: string; readonly list: (typeof lists)[number] }
export type Checklist = {
  readonly analytic: string
  readonly title: string
  /** Settings of evidence.yaml. */
  readonly applies_to: readonly string[]
  readonly groups: Readonly<Record<string, { readonly list: (typeof lists)[number]; readonly title: string }>>
  /** In the order of the file. */
  readonly items: readonly ChecklistItem[]
}

/** @param directory of the analytic. Throws `data/bad-definition`. */
export function loadChecklist(directory: string): Checklist {
  const path = join(directory, 'checklist.yaml')
  const { analytic, title, applies_to, groups, items } = parseDefinition(
    'checklist',
    path,
    readDefinitionText(path),
    checklistFile,
  )
  return {
    analytic,
    title,
    applies_to,
    groups,
    items: Object.entries(items).map(([id, one]) => ({ ...one, id, list: groups[one.group]?.list ?? 'hardening' })),
  }
}
