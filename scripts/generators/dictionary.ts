import { isMapped, mappedColumns } from '../../src/mapping/index.ts'
import {
  type EventKind,
  eventKindNames,
  eventKinds,
  type Field,
  fields,
  identityFields,
} from '../../src/model/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { shippedSources } from './shipped.ts'

/** Event kinds and fields, in the dictionary's own order. */
export const dictionary: Generator = {
  path: 'docs/dictionary.md',
  generate: async () => `# The dictionary

${generatedNote}

One name for a field, everywhere: in a mapping, in a column, in a detection, in \`--json\`. Names follow the Elastic Common
Schema with underscores for dots where it has one. The code is \`src/model/dictionary.ts\`.

- A text is never NULL: empty means that the record does not say.
- A number, a truth value, an address or a time that a record may leave out is \`Nullable\`.
- A hash is bytes in the store and lower-case hexadecimal everywhere else.
- Times are UTC with microseconds. Addresses are IPv6; an IPv4 address is IPv4-mapped.

## Event kinds

A kind is a table. \`counterseal events --kind KIND\` lists its events.

| kind | what one event is |
|---|---|
${eventKindNames.map(kind => `| [${code(kind)}](#${kind}) | ${cell(eventKinds[kind].meaning)} |`).join('\n')}

## What every event has

Filled by the frame around a mapping. A mapping gives \`identity\`, the texts that \`record_key\` is made of, and may give
\`extra\`.

| field | type | meaning |
|---|---|---|
${Object.entries<Field>(identityFields).map(fieldRow).join('\n')}

## Fields

| field | type | meaning | kinds |
|---|---|---|---|
${Object.entries<Field>(fields)
  .map(entry => `${fieldRow(entry)} ${kindsWith(entry[0]).map(code).join(', ')} |`)
  .join('\n')}
${eventKindNames.map(sectionOf).join('')}`,
}

function fieldRow([name, { type, meaning }]: readonly [string, Field]): string {
  return `| ${code(name)} | ${code(type)} | ${cell(meaning)} |`
}

function kindsWith(field: string): readonly string[] {
  const names = (kind: EventKind): readonly string[] => eventKinds[kind].fields
  return eventKindNames.filter(kind => names(kind).includes(field))
}

/** A field that no source fills is empty, whatever was read. */
function sectionOf(kind: EventKind): string {
  const sources = shippedSources()
    .filter(isMapped)
    .filter(source => source.kind === kind)
  const fills = new Map(sources.map(source => [source.id, new Set<string>(mappedColumns(source))]))
  const rows = eventKinds[kind].fields.flatMap(field => {
    const by = [...fills].filter(([, filled]) => filled.has(field)).map(([id]) => id)
    if (by.length === sources.length) return []
    return [`| ${code(field)} | ${filledBy(field, by)} |`]
  })
  return `
## ${kind}

${eventKinds[kind].meaning} Read from ${sources.length === 0 ? 'no source yet' : sources.map(({ id }) => `[${id}](sources.md#${id})`).join(', ')}.
${
  rows.length === 0
    ? 'Every source can fill every field.\n'
    : `Every source can fill every field, but for these:

| field | filled by |
|---|---|
${rows.join('\n')}
`
}`
}

function filledBy(field: string, by: readonly string[]): string {
  if (field === 'network_direction') return 'the frame, from both addresses and the local networks'
  return by.length === 0 ? 'no source yet' : by.join(', ')
}
