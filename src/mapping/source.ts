import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { foldersIn, parseDefinition, readDefinitionText } from '../definitions/index.ts'
import type { EventKind } from '../model/index.ts'
import { eventKindNames } from '../model/index.ts'
import type { TextShape } from './text-shape.ts'
import { envelopes, lineShape, textShape } from './text-shape.ts'
import type { WireType } from './wire-type.ts'
import { wireTypes } from './wire-type.ts'

/**
 * A log source (door 2): one folder under sources/, `source.yaml` and `mapping.sql`. The YAML says how a record is
 * recognised and which of its fields are read as what; the SQL makes a row of the dictionary of it.
 */

/** How evidence is cut into records. Each has one reader in `ingest`. */
export const formats = ['json-lines', 'json-document', 'csv', 'zeek-tsv', 'w3c', 'text-lines', 'certificates'] as const
export type Format = (typeof formats)[number]

/** Name of a value in a record. A slash goes one level down, at most twelve: `tls/sni` is `sni` in the object `tls`. */
const fieldPath = z
  .string()
  .regex(/^[A-Za-z0-9_@.:+-][A-Za-z0-9_@.:+() -]*(\/[A-Za-z0-9_@.:+-][A-Za-z0-9_@.:+() -]*){0,12}$/)

const matchRule = z
  .strictObject({
    /** Each path holds one of these texts. */
    equals: z.record(fieldPath, z.union([z.string(), z.array(z.string()).min(1)])).default({}),
    /** Each path has a value that is not null. */
    present: z.array(fieldPath).default([]),
    /** None of these paths has a value. */
    absent: z.array(fieldPath).default([]),
  })
  .refine(rule => Object.keys(rule.equals).length + rule.present.length > 0, 'must ask for something that is there')

/** A wire type, with `!` when a record without it is malformed. */
const fieldType = z.string().transform((text, context): { readonly type: WireType; readonly required: boolean } => {
  const required = text.endsWith('!')
  const name = required ? text.slice(0, -1) : text
  if (Object.hasOwn(wireTypes, name)) return { type: name as WireType, required } // an own key of the table
  context.issues.push({
    code: 'custom',
    input: text,
    message: `is no wire type; there are ${Object.keys(wireTypes).join(', ')}`,
  })
  return z.NEVER
})

/** Where records stand in a document: names, and `*` for the elements of a list, joined by slashes. */
const recordPath = z.string().regex(/^([A-Za-z0-9_-]+|\*)(\/([A-Za-z0-9_-]+|\*))*$/)

const common = {
  title: z.string().min(1),
  producer: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  formats: z.array(z.enum(formats)).min(1),
  match: z.array(matchRule).min(1),
  /** Of a JSON document: where records stand beside the top and the elements of a list there. For all of the producer. */
  records: z.array(recordPath).default([]),
  /** Of a JSON document: lists of a record whose every element makes a record. For all sources of the producer. */
  each: z.array(z.string().regex(/^[A-Za-z0-9_-]+$/)).default([]),
  /** Of CSV: columns of files that do not name them, in order; one is such a file when its first values fit the fields. */
  columns: z.array(z.array(z.string()).min(2)).default([]),
  /** Of text-lines: how a line is taken apart. The first shape that a line has counts. */
  lines: z.array(lineShape).default([]),
  /** Of text-lines: what may stand before the line itself. */
  envelope: z.enum(envelopes).default('none'),
  /** Of text-lines and w3c: texts that say that there is no value. An empty text always does. */
  unset: z.array(z.string()).default(['-']),
}

const mappedSource = z.strictObject({
  ...common,
  kind: z.enum(eventKindNames as [EventKind, ...EventKind[]]), // the dictionary is never empty
  fields: z.record(fieldPath, fieldType),
  /** Of each group of fields a record needs one; a record with none of them is malformed. */
  one_of: z.array(z.array(fieldPath).min(2)).default([]),
  /** What mappings of one kind have in common at their end: a file of SQL beside the sources' folders, without `.sql`. */
  ending: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    .optional(),
})

/** Records that are recognised and left out on purpose. They are counted under the reason. */
const ignoredSource = z.strictObject({
  ...common,
  ignore: z.strictObject({
    because: z.string().min(1),
    /** Takes lines of text only where no other source does, which otherwise go by the order of names. */
    otherwise: z.boolean().default(false),
  }),
})

const sourceFile = z.union([mappedSource, ignoredSource])

export type MatchRule = z.infer<typeof matchRule>
export type SourceField = { readonly path: string; readonly type: WireType; readonly required: boolean }

export type MappedSource = {
  readonly id: string
  readonly title: string
  readonly producer: string
  readonly formats: readonly Format[]
  readonly match: readonly MatchRule[]
  /** How documents and CSV files of the producer are cut; see the schema. Absent when there is nothing to say. */
  readonly records?: readonly string[]
  readonly each?: readonly string[]
  readonly columns?: readonly (readonly string[])[]
  /** Of text-lines, and what in them and in w3c stands for nothing. */
  readonly lines?: readonly TextShape[]
  readonly unset?: readonly string[]
  /** Its lines may come in messages of syslog. */
  readonly enveloped?: boolean
  readonly kind: EventKind
  readonly fields: readonly SourceField[]
  /** Groups of fields of which one at least has a value. */
  readonly one_of?: readonly (readonly string[])[]
  /** What stands between `SELECT` and `FROM record` in mapping.sql. */
  readonly selectList: string
  readonly ending?: Ending | undefined
}

/**
 * What is made of the columns of a mapping, for all mappings of a kind: what stands between each `SELECT` and `FROM mapped`.
 * Each step has the columns of those before it.
 */
export type Ending = { readonly name: string; readonly steps: readonly string[] }

/** Everything a mapping computes, as text. */
export function wholeList({ selectList, ending }: Pick<MappedSource, 'selectList' | 'ending'>): string {
  return [selectList, ...(ending?.steps ?? [])].join(',\n')
}

export type IgnoredSource = Omit<MappedSource, 'kind' | 'fields' | 'one_of' | 'selectList' | 'ending'> & {
  readonly ignoredBecause: string
  readonly otherwise?: boolean
}

export type Source = MappedSource | IgnoredSource

export function isMapped(source: Source): source is MappedSource {
  return 'kind' in source
}

/** The order in which they claim lines of text: what is left out on purpose comes last, so that it takes nothing from anyone. */
export function inTextOrder(sources: readonly Source[]): readonly Source[] {
  const turn = (source: Source) => (isMapped(source) ? 0 : source.otherwise === true ? 2 : 1)
  return [0, 1, 2].flatMap(nth => sources.filter(source => turn(source) === nth))
}

/** Reads every source of the given directories, in order of id. Throws `data/bad-definition` naming file and fault. */
export function loadSources(directories: readonly string[]): readonly Source[] {
  const sources = directories.flatMap(foldersIn).map(directory => loadSource(directory, directories))
  return sources.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** @param others where an ending is looked for when it is not beside the source */
export function loadSource(directory: string, others: readonly string[] = []): Source {
  const file = join(directory, 'source.yaml')
  const { title, producer, match, ...rest } = parseDefinition('source', file, readDefinitionText(file), sourceFile)
  const { records, each, columns } = rest
  const lines = rest.lines.map(shape => textShape(shape, rest.envelope, file))
  if (lines.length > 0 !== rest.formats.includes('text-lines'))
    throw new CountersealError('data/bad-definition', {
      message: `${file} says how lines are taken apart exactly if it reads text-lines.`,
    })
  const { unset } = rest
  const cut = { records, each, columns, lines, unset, enveloped: rest.envelope === 'syslog' }
  const head = { id: basename(directory), title, producer, formats: rest.formats, match, ...cut }
  if ('ignore' in rest) return { ...head, ignoredBecause: rest.ignore.because, otherwise: rest.ignore.otherwise }
  const fields = withMatched(
    match,
    Object.entries(rest.fields).map(([path, { type, required }]) => ({ path, type, required })),
  )
  const undeclared = rest.one_of.flat().filter(path => !Object.hasOwn(rest.fields, path))
  if (undeclared.length > 0)
    throw new CountersealError('data/bad-definition', {
      message: `${file} asks for one of ${undeclared.join(', ')}, which its fields do not declare.`,
    })
  if (!fields.some(field => field.required) && rest.one_of.length === 0)
    throw new CountersealError('data/bad-definition', {
      message: `${file} requires no field, so every line would be a record of it.`,
    })
  const selectList = readSelectList(join(directory, 'mapping.sql'))
  const ending = rest.ending === undefined ? undefined : readEnding(rest.ending, [dirname(directory), ...others], file)
  const unused = Object.keys(rest.fields).filter(path => !selectList.includes(`"${path}"`) && !wordIn(selectList, path))
  if (unused.length > 0)
    throw new CountersealError('data/bad-definition', {
      message: `${file} declares ${unused.join(', ')}, which its mapping.sql does not use: left undeclared, they would be kept in extra.`,
    })
  return { ...head, kind: rest.kind, fields, one_of: rest.one_of, selectList, ending }
}

/** What the match asks to be equal is known already, so it counts as declared and does not fill `extra`. */
function withMatched(match: readonly MatchRule[], fields: readonly SourceField[]): readonly SourceField[] {
  const matched = new Set(match.flatMap(rule => Object.keys(rule.equals)))
  for (const { path } of fields) matched.delete(path)
  return [...fields, ...[...matched].map(path => ({ path, type: 'string' as const, required: false }))]
}

function wordIn(text: string, word: string): boolean {
  return /^\w+$/.test(word) && new RegExp(`\\b${word}\\b`).test(text)
}

function readEnding(name: string, directories: readonly string[], of: string): Ending {
  const file = directories.map(directory => join(directory, `${name}.sql`)).find(existsSync)
  if (file !== undefined) return { name, steps: readSelectLists(file, 'mapped') }
  throw new CountersealError('data/bad-definition', {
    message: `${of} ends with ${name}, and there is no ${name}.sql beside the sources.`,
  })
}

/** A mapping is one `SELECT … FROM record`: one row for one record, so nothing is dropped or doubled by it. */
function readSelectList(file: string): string {
  const [list, ...others] = readSelectLists(file, 'record')
  if (list !== undefined && others.length === 0) return list
  throw new CountersealError('data/bad-definition', { message: `${file} is more than one SELECT … FROM record.` })
}

function readSelectLists(file: string, from: 'record' | 'mapped'): readonly string[] {
  const text = readDefinitionText(file)
    .replace(/^\s*--.*$/gm, '')
    .trim()
  return text.split(/;\s*(?=SELECT\b|$)/i).flatMap(statement => {
    if (statement === '') return []
    const [, list, relation] = /^SELECT\s+([\s\S]+?)\s+FROM\s+(\w+)$/i.exec(statement.trim()) ?? []
    if (list !== undefined && relation === from) return [list]
    throw new CountersealError('data/bad-definition', { message: `${file} is not of the form SELECT … FROM ${from}.` })
  })
}
