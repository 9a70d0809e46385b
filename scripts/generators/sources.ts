import type { IgnoredSource, MappedSource, MatchRule, Source } from '../../src/mapping/index.ts'
import { isMapped, wireTypes } from '../../src/mapping/index.ts'
import { eventKindNames } from '../../src/model/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { originsOf } from './mapping-origins.ts'
import { shippedSources } from './shipped.ts'

/** Every source, in order of id. */
export const sources: Generator = {
  path: 'docs/sources.md',
  generate: async () => {
    const all = shippedSources()
    const mapped = all.filter(isMapped)
    const producers = [...new Set(mapped.map(({ producer }) => producer))].sort()
    const rows = eventKindNames.map(kind => {
      const cells = producers.map(producer =>
        mapped
          .filter(source => source.kind === kind && source.producer === producer)
          .map(({ id }) => `[${id}](#${id})`)
          .join(', '),
      )
      return `| [${code(kind)}](dictionary.md#${kind}) | ${cells.join(' | ')} |`
    })
    return `# Log sources

${generatedNote}

What Counterseal reads. A file is recognised by its content, never by its name. Its first records tell the producer; then
every record goes to the first of that producer's sources, in the order of this page, that claims it. A line that nobody
claims, and a record without a required field, goes to quarantine with its reason.

The formats are \`json-lines\` (one JSON object on a line), \`json-document\` (a list of objects, a document that wraps one,
or objects one after the other), \`csv\` (RFC 4180, with commas), \`zeek-tsv\` (Zeek's tab-separated logs with their header),
\`w3c\` (W3C Extended Log File Format: columns as the last \`#Fields\` has them), \`text-lines\` (lines of text, taken apart by the shapes
that a source declares) and \`certificates\` (PEM, DER, several PEM blocks in one file). Each of them may be gzipped. The columns of a CSV file tell
once for all its records whose they are. A file of text lines belongs to the sources whose lines are among its first; in a log of
syslog any source may claim a line that reads messages of syslog. What logs leave out, their reader tells: \`--log-format\` the format
as a configuration has it, \`--log-time-zone\` the zone, \`--log-until\` the day by which years are counted back. To add a source: [CONTRIBUTING.md](../CONTRIBUTING.md#add-a-log-source).

## Which kind of event comes from where

| kind | ${producers.join(' | ')} |
|---|${producers.map(() => '---').join('|')}|
${rows.join('\n')}

## How values are read

A value that does not fit its type is kept as text in \`extra\`, and the field stays empty; with \`!\` the whole record goes
to quarantine.

| type | what fits |
|---|---|
${Object.entries(wireTypes)
  .map(([name, meaning]) => `| ${code(name)} | ${cell(meaning)} |`)
  .join('\n')}
${all.map(sectionOf).join('')}`
  },
}

function sectionOf(source: Source): string {
  return `
## ${source.id}

${source.title}. Producer ${code(source.producer)}, ${isMapped(source) ? `kind [${code(source.kind)}](dictionary.md#${source.kind}), ` : ''}format ${source.formats.map(code).join(' or ')}.

A record belongs to it when ${source.match.map(describeRule).join('; or when ')}.

${isMapped(source) ? mapped(source) : leftOut(source)}
`
}

function leftOut({ ignoredBecause }: IgnoredSource): string {
  return `Such records are left out on purpose and counted as ignored. ${ignoredBecause}`
}

function mapped(source: MappedSource): string {
  const { identity = [], ...fields } = Object.fromEntries(originsOf(source))
  const rows = source.fields.map(({ path, type, required }) => {
    const becomes = Object.keys(fields).filter(field => fields[field]?.includes(path))
    return `| ${code(path)} | ${code(`${type}${required ? '!' : ''}`)} | ${shown(becomes, identity.includes(path))} |`
  })
  const others = Object.keys(fields).filter(field => fields[field]?.length === 0)
  const required = source.fields.filter(field => field.required).map(({ path }) => code(path))
  const groups = (source.one_of ?? []).map(group => `one of ${group.map(code).join(', ')}`)
  const ways = waysOf(source)
    .map(way => ` ${way}`)
    .join('')
  return `Required: ${[required.join(', '), ...groups].filter(part => part !== '').join('; ')}.${ways} The mapping is [mapping.sql](../sources/${source.id}/mapping.sql)${endingOf(source)}.

| in the record | read as | becomes |
|---|---|---|
${rows.join('\n')}
${others.length === 0 ? '' : `\nAlso filled, with a constant or out of the record as a whole: ${others.map(code).join(', ')}.\n`}`.trimEnd()
}

function endingOf({ ending }: MappedSource): string {
  return ending === undefined ? '' : `, which ends with [${ending.name}.sql](../sources/${ending.name}.sql)`
}

/** Where its records stand, when that is not plain. */
function waysOf({ records = [], each = [], columns = [], lines = [], enveloped }: MappedSource): readonly string[] {
  const templates = lines.flatMap(({ template }) => (template === undefined ? [] : [code(template.text)]))
  const others = lines.length - templates.length
  return [
    ...(templates.length === 0 ? [] : [`Formats: ${templates.join('; ')}; others with \`--log-format\`.`]),
    ...(others === 0
      ? []
      : [
          `A line has one of ${others} ${others === 1 ? 'shape' : 'shapes'} in source.yaml.`.replace(
            'one of 1 shape',
            'the shape',
          ),
        ]),
    ...(enveloped === true ? ['It may come in a message of syslog.'] : []),
    ...(records.length === 0 ? [] : [`In a document also below ${records.map(code).join(', ')}.`]),
    ...(each.length === 0 ? [] : [`Every element of ${each.map(code).join(', ')} makes a record.`]),
    ...columns.map(
      names => `A CSV file without names is read as ${names.map(code).join(', ')} when its first values fit.`,
    ),
  ]
}

function shown(becomes: readonly string[], isIdentity: boolean): string {
  if (becomes.length > mostShown) return `${becomes.length} fields: it steers the mapping`
  if (becomes.length > 0) return becomes.map(code).join(', ')
  return isIdentity ? 'part of the identity' : 'for the match'
}

/** A field that stands behind more than this many others steers the mapping and is not copied by it. */
const mostShown = 6

function describeRule({ equals, present, absent }: MatchRule): string {
  return [
    ...Object.entries(equals).map(([path, texts]) => `${code(path)} is ${oneOf([texts].flat())}`),
    ...(present.length === 0 ? [] : [`it has ${present.map(code).join(', ')}`]),
    ...(absent.length === 0 ? [] : [`it has no ${absent.map(code).join(', no ')}`]),
  ].join(' and ')
}

function oneOf(texts: readonly string[]): string {
  const quoted = texts.map(code)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
