import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import { eventKinds } from '../model/index.ts'

/**
 * Evidence classes: what can answer an analytic on a Windows host. One `evidence.yaml` beside each `analytic.yaml`, and
 * `products.yaml` where there is much of other products. analytics/an1246/evidence.yaml says how they are written.
 */

const name = z.string().regex(/^[a-z0-9_]+$/)
const sentence = z.string().min(1).max(1000)
const eventId = z.number().int().min(0).max(4_294_967_295)
/** Looked for inside of a subject that is in lower case. */
const places = z.array(z.string().min(2).max(200).refine(isLowerCase, 'is not in lower case')).max(50)

/** Columns a setting may be narrowed by. `registry` is key and value; the others are fields of the dictionary. */
export const subjects = ['registry', 'process_command_line', 'script_text', 'dll_path', 'file_path'] as const

const windowsField = z.string().refine(isWindowsField, 'is no field of windows_event')

const setting = z
  .strictObject({
    title: sentence,
    provider: z.string().min(1).max(200),
    channel: z.string().min(1).max(200),
    /** 0 where a product has tables and no event ids. */
    event_ids: z.array(eventId).min(1).max(100),
    /**
     * A product with channels of its own, `product/…`. A host has it or not: its settings are told of only where one of
     * these channels was read.
     */
    product: z.string().min(1).max(100).optional(),
    /** What shows that it is on: the channel as such, one such event, or one from the place that is asked about. */
    proof: z.enum(['channel', 'events', 'selected']),
    /** An event counts only when this is filled. */
    subject: z.enum(subjects).optional(),
    /** Of what is `selected`: what nobody selects on purpose. Where it is logged, little is left out. */
    everyday: places.default([]),
    /** Dictionary fields that are filled from it. */
    fields: z.array(windowsField).min(1),
    /** How to switch it on: a command or a policy. */
    remedy: sentence,
    source: sentence,
    verified: z.boolean(),
  })
  .refine(({ proof, subject }) => proof !== 'selected' || subject !== undefined, 'what is selected needs a subject')
  .refine(({ proof, everyday }) => proof === 'selected' || everyday.length === 0, 'everyday is for what is selected')
  .refine(
    ({ product, channel }) => product === undefined || channel.startsWith(`${product}/`),
    'is no channel of product',
  )

const witness = z.strictObject({
  setting: name,
  /** All of a class's parts must be answered. Witnesses of the same part stand in for each other. */
  part: z.string().min(1).max(100).optional(),
  /** Events that are of the class; all of the setting when empty. */
  shows: places.default([]),
  /** Places so close by that whoever logs them logs these. */
  near: places.default([]),
  /** What it adds. Such a witness cannot answer by itself. */
  adds: sentence.optional(),
  /** Why its silence proves nothing: an event of it counts as seen, and it never lets a "no" hold. */
  yes_only: sentence.optional(),
})

const evidenceClass = z.strictObject({
  title: sentence,
  question: sentence,
  source: sentence,
  /** Settings of which one event shows that the question is one for this host; for every host when left out. */
  applies_when: z.array(name).min(1).optional(),
  witnesses: z.array(witness).min(1),
})

const sign = z
  .strictObject({
    title: sentence,
    provider: z.string().min(1).max(200),
    channel: z.string().min(1).max(200),
    event_id: eventId,
    effect: z.enum(['cleared', 'lost', 'stopped', 'changed', 'clock', 'started', 'shut_down']),
    /** The channel it is about, or the field of the event that names it. */
    of: z.string().optional(),
    of_field: z.string().optional(),
    /** Fields of the event to tell. */
    details: z.array(z.string().min(1)).max(4).default([]),
    /** Fields with the time before and after, when it is about a clock. */
    times: z.tuple([z.string(), z.string()]).optional(),
  })
  .refine(({ effect, times }) => effect !== 'clock' || times !== undefined, 'a clock needs times')

/**
 * A source whose rows somebody picked out of a log, by a rule or a query. What is in them was seen; what is not in them may
 * have happened all the same, so they are no proof of anything that did not.
 */
const picked = z
  .strictObject({
    because: sentence,
    /** Only rows with, or only rows without, this name in `extra`; all rows when neither is given. */
    with: z.string().min(1).max(100).optional(),
    without: z.string().min(1).max(100).optional(),
    source: sentence,
    verified: z.boolean(),
  })
  .refine(one => one.with === undefined || one.without === undefined, 'with and without do not go together')

const evidenceFile = z.strictObject({
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  settings: z.record(name, setting),
  classes: z.record(name, evidenceClass).default({}),
  signs: z.record(name, sign).default({}),
  /** By the name of the source. */
  picked: z.record(z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/), picked).default({}),
})

export type Setting = z.infer<typeof setting> & { readonly id: string }
export type Witness = z.infer<typeof witness>
export type EvidenceClass = z.infer<typeof evidenceClass> & { readonly id: string; readonly analytic: string }
export type Sign = z.infer<typeof sign> & { readonly id: string }
export type Picked = z.infer<typeof picked> & { readonly id: string }

export type Evidence = {
  /** By id. */
  readonly settings: ReadonlyMap<string, Setting>
  readonly classes: readonly EvidenceClass[]
  readonly signs: readonly Sign[]
  /** The id is the name of the source. */
  readonly picked: readonly Picked[]
}

const files = ['evidence.yaml', 'products.yaml'] as const

/**
 * The evidence classes of every analytic in a directory, in the order of folders and files. Settings and signs have ids
 * that are their own across all files; a witness may name a setting of another. Throws `data/bad-definition`.
 */
export function loadEvidence(directory: string): Evidence {
  const settings = new Map<string, Setting>()
  const signs = new Map<string, Sign>()
  const pickedBy = new Map<string, Picked>()
  const classes: EvidenceClass[] = []
  for (const path of foldersIn(directory).flatMap(folder => files.map(file => join(folder, file)))) {
    if (!existsSync(path)) continue
    const file = parseDefinition('list of evidence classes', path, readDefinitionText(path), evidenceFile)
    for (const [id, one] of Object.entries(file.settings)) {
      if (settings.has(id)) throw fault(path, `the setting ${id} is in another file, too`)
      settings.set(id, { ...one, id })
    }
    for (const [id, one] of Object.entries(file.signs)) {
      if (signs.has(id)) throw fault(path, `the sign ${id} is in another file, too`)
      signs.set(id, { ...one, id })
    }
    for (const [id, one] of Object.entries(file.picked)) {
      if (pickedBy.has(id)) throw fault(path, `the picked source ${id} is in another file, too`)
      pickedBy.set(id, { ...one, id })
    }
    for (const [id, one] of Object.entries(file.classes)) classes.push({ ...one, id, analytic: file.analytic })
  }
  const texts = new Set([
    ...[...settings.values()].flatMap(({ everyday }) => everyday),
    ...classes.flatMap(({ witnesses }) => witnesses.flatMap(({ shows, near }) => [...shows, ...near])),
  ])
  const faults = classes.flatMap(one => faultsOf(one, settings))
  if (texts.size > mostTexts)
    faults.push(`there are ${texts.size} places in all, and at most ${mostTexts} can be looked for`)
  if (faults.length > 0) throw fault(directory, faults.join('; '))
  return { settings, classes, signs: [...signs.values()], picked: [...pickedBy.values()] }
}

/** As many as the engine looks for in one reading of a text. */
const mostTexts = 255

function faultsOf({ id, analytic, applies_when = [], witnesses }: EvidenceClass, settings: Evidence['settings']) {
  const named = [...applies_when, ...witnesses.map(({ setting }) => setting)]
  const answering = witnesses.filter(({ adds }) => adds === undefined)
  const placed = witnesses.filter(({ shows, near }) => shows.length + near.length > 0)
  const place = `${analytic} ${id}`
  return [
    ...named.filter(one => !settings.has(one)).map(one => `${place} names the setting ${one}, which is nowhere`),
    ...(answering.length === 0 ? [`${place} has no witness that answers by itself`] : []),
    // Otherwise a host without the product would have nothing against a "no".
    ...[...new Set(answering.map(({ part = '' }) => part))]
      .filter(part => !answering.some(one => (one.part ?? '') === part && isOfEveryHost(one, settings)))
      .map(part => `${place}${part === '' ? '' : `, ${part},`} has no witness that every host could have`),
    ...witnesses
      .filter(({ adds, yes_only }) => adds !== undefined && yes_only !== undefined)
      .map(({ setting }) => `${place} says of ${setting} both what it adds and that it can only say yes`),
    ...placed
      .filter(one => settings.get(one.setting)?.subject === undefined)
      .map(one => `${place} narrows the setting ${one.setting}, which has no subject`),
    ...answering
      .filter(
        one => settings.get(one.setting)?.proof === 'selected' && settings.get(one.setting)?.everyday.length === 0,
      )
      .filter(({ shows, near }) => shows.length + near.length === 0)
      .map(one => `${place} gives nothing by which the setting ${one.setting} could be seen to be on`),
  ]
}

function isOfEveryHost({ setting, yes_only }: Witness, settings: Evidence['settings']): boolean {
  return yes_only === undefined && settings.get(setting)?.product === undefined
}

function fault(path: string, what: string): CountersealError {
  return new CountersealError('data/bad-definition', { message: `${path}: ${what}.` })
}

function isLowerCase(text: string): boolean {
  return text === text.toLowerCase()
}

function isWindowsField(text: string): boolean {
  return (eventKinds.windows_event.fields as readonly string[]).includes(text)
}
