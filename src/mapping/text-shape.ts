import { RE2JS } from 're2js'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { templateLanguages, templatePattern } from '../formats/index.ts'

/**
 * How a line of text is taken apart: a pattern whose named groups are values, and within one of them cells or pairs.
 * The engine reads patterns as RE2, in time that grows with the line and no faster.
 */

const groupName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,60}$/)

/** How pairs stand in a text; `readPairs` and its SQL say each. */
export const pairStyles = ['quoted', 'cef', 'tab', 'caret', 'colon'] as const
export type PairStyle = (typeof pairStyles)[number]

export const lineShape = z
  .strictObject({
    /** RE2, of the whole line behind its envelope. A group `name__2` gives `name` where the first is empty. */
    pattern: z.string().min(1).max(8192).optional(),
    /** In the place of a pattern: the format as the producer's own configuration has it. */
    template: z.strictObject({ language: z.enum(templateLanguages), text: z.string().min(1) }).optional(),
    /** Texts of which every such line has one. Lines without any are put aside before a pattern is tried. */
    contains: z.array(z.string().min(2)).max(100).default([]),
    /** A group that holds values separated by commas, quoted as CSV, with their names in order. */
    cells: z
      .strictObject({
        in: groupName,
        names: z
          .array(groupName.or(z.literal('')))
          .min(1)
          .max(500),
      })
      .optional(),
    /** A group that holds names with their values. */
    pairs: z.strictObject({ in: groupName, style: z.enum(pairStyles) }).optional(),
  })
  .refine(shape => (shape.pattern === undefined) !== (shape.template === undefined), 'needs a pattern or a template')

export type LineShape = z.infer<typeof lineShape>

/** What may stand before the line itself: the header of a message of syslog, as RFC 3164, RFC 5424 and rsyslog write it. */
export const envelopes = ['none', 'syslog'] as const
export type Envelope = (typeof envelopes)[number]

/** A shape, ready for the engine and for us. */
export type TextShape = {
  /**
   * Anchored, of the line behind its envelope, its groups without their names: the engine takes `?P<name>` for a text that
   * a line must have (ClickHouse's OptimizedRegularExpression, 26.5).
   */
  readonly pattern: string
  readonly envelope: Envelope
  readonly contains: readonly string[]
  /** Names of the groups, in order: what the engine's `extractGroups` gives. Unnamed groups do not exist. */
  readonly groups: readonly string[]
  readonly cells?: { readonly in: string; readonly names: readonly string[] } | undefined
  readonly pairs?: { readonly in: string; readonly style: PairStyle } | undefined
  readonly template?: NonNullable<LineShape['template']> | undefined
}

/** Separators in a line beyond which its cells or pairs are not read: no producer writes as many. */
export const mostParts = 900

const stamps = {
  old: '[A-Z][a-z]{2} [ \\d]\\d (?:\\d{4} )?\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?: [A-Z]{3,5})?',
  iso: '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}[0-9.:+Z-]*',
}
const host = '[0-9a-fA-F]*:[0-9a-fA-F:]*:[0-9a-fA-F.]*|[^ :\\[%=,]+'

/** What a message that names no program begins with: by it the word behind a time in ISO 8601 is a host, and not of the message. */
const begins = ['%', 'CEF:', 'LEEF:', '[0-9]{1,3}(?:\\.[0-9]{1,3}){3} ', '[0-9]*,', '[A-Za-z_]+=']

/**
 * Headers of a message of syslog, the first that a line has: `<134>1 2025-11-06T11:32:42.868451+00:00 host app 926 - -` (RFC 5424 §6);
 * `<134>Sep 30 10:09:23 host app[12]:` (RFC 3164 §4.1.2), also without priority or host, with a year or a fraction (Cisco), and with a
 * time in ISO 8601 (rsyslog); the same without a program; a time alone, or nothing.
 */
const syslogHeaders = [
  '1 (?P<syslog_time>[0-9T:.+Z-]+) (?P<syslog_host>[^ ]+) (?P<syslog_program>[^ ]+) (?P<syslog_process>[^ ]+) [^ ]+ (?:-|(?:\\[(?:[^\\]\\\\]|\\\\.)*\\])+)(?: \\x{FEFF}?)?',
  `(?:\\d+: )?[*.]?(?P<syslog_time__2>${stamps.old}|${stamps.iso}):? (?:(?P<syslog_host__2>${host}) +)?(?P<syslog_program__2>[A-Za-z][^ :\\[\\]%|]*)(?:\\[(?P<syslog_process__2>[^\\]]+)\\])?: `,
  `(?:\\d+: )?[*.]?(?P<syslog_time__3>${stamps.old}):? (?P<syslog_host__3>${host}):? +(?:: )?`,
  `(?P<syslog_time__4>${stamps.iso}) (?P<syslog_host__4>${host}):? +(?:: )?`,
  `(?:(?:\\d+: )?[*.]?(?P<syslog_time__5>${stamps.old}|${stamps.iso}):? (?:: )?)?`,
].map((header, nth) => `(?:<(?P<syslog_priority__${nth + 1}>\\d{1,3})>)?${header}`)

/** Each header is a group by itself, whose length is taken off the line; behind the fourth it is said how the message begins. */
const syslogHeader = `^(?:${syslogHeaders
  .map((header, nth) => `(?P<syslog_header__${nth + 1}>${header})${nth === 3 ? `(?:${begins.join('|')})` : ''}`)
  .join('|')})`

/**
 * The header of a line, for all its sources alike: taken off once, and not once more with every pattern, of which each then had to be
 * compiled with it (a chunk of mixed syslog: 24 s, now under 2). The names are those of its groups in order, and `headers` the places,
 * from 1, of the groups that hold all of it.
 */
export const syslogEnvelope = envelopeOf(syslogHeader)

function envelopeOf(pattern: string) {
  const groups = Object.entries(RE2JS.compile(pattern).namedGroups())
    .sort(([, a], [, b]) => a - b)
    .map(([name]) => name)
  const headers = groups.flatMap((name, nth) => (name.startsWith('syslog_header') ? [nth + 1] : []))
  return { pattern: withoutNames(pattern), groups, headers } as const
}

/** Throws `data/bad-definition` for a pattern that is none, has groups without names, or more than a hundred of them. */
export function textShape(shape: LineShape, envelope: Envelope, file: string): TextShape {
  const { cells, pairs, template, contains } = shape
  const body = template === undefined ? (shape.pattern ?? '') : templatePattern(template.language, template.text)
  const pattern = `^(?:${body})[\\r ]*$`
  const groups = groupsOf(pattern, file)
  for (const inside of [cells?.in, pairs?.in])
    if (inside !== undefined && !groups.includes(inside))
      throw new CountersealError('data/bad-definition', {
        message: `${file} takes ${inside} apart, which no group is called.`,
      })
  return { pattern: withoutNames(pattern), envelope, contains, groups, cells, pairs, template }
}

function withoutNames(pattern: string): string {
  return pattern.replace(/\(\?P<\w+>/g, '(')
}

function groupsOf(pattern: string, file: string): readonly string[] {
  let compiled: RE2JS
  try {
    compiled = RE2JS.compile(pattern)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CountersealError('data/bad-definition', { message: `${file} has a pattern that is none: ${why}.`, cause })
  }
  const named = Object.entries(compiled.namedGroups()).sort(([, a], [, b]) => a - b)
  if (named.length !== compiled.groupCount())
    throw new CountersealError('data/bad-definition', {
      message: `${file} has a group without a name in a pattern: write (?: for it.`,
    })
  if (named.length === 0 || named.length > 200)
    throw new CountersealError('data/bad-definition', { message: `${file} has a pattern with ${named.length} groups.` })
  return named.map(([name]) => name)
}
