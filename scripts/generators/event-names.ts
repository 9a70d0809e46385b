import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MappedSource } from '../../src/mapping/index.ts'
import type { Setting } from '../../src/telemetry/index.ts'
import { checkout } from '../prepare.mjs'
import { namesBehind, pairedNames } from './value-names.ts'

/**
 * Under which names an event tells what a field of the dictionary holds. Three things are laid over each other: the names
 * that the mappings take for the field, by their text; those that an event of the kind has, in the samples of the sources;
 * and, where that leaves several, those of which the value is in the field's value, or the other way round.
 */

/** A row of a sample, as its mapping makes it. */
type SampleRow = {
  readonly channel: string
  readonly event_id: number
  /** By the names of the event. */
  readonly names: ReadonlyMap<string, string>
  /** By the names of the dictionary. */
  readonly values: ReadonlyMap<string, string>
}

export type EventNames = {
  /** In how many rows of samples the kind of event is. */
  readonly samples: number
  /** By field, in its setting's order. Without a sample: all that the mapping takes for it, whatever the event. */
  readonly names: ReadonlyMap<string, readonly string[]>
}

/** All rows of the samples of these sources. */
export function sampleRows(sources: readonly MappedSource[]): readonly SampleRow[] {
  return sources.flatMap(
    ({ id }) =>
      readFileSync(join(checkout, 'sources', id, 'expected.ndjson'), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .flatMap(line => rowOf(JSON.parse(line) as { readonly row?: Readonly<Record<string, unknown>> })), // written by a test
  )
}

function rowOf({ row }: { readonly row?: Readonly<Record<string, unknown>> }): readonly SampleRow[] {
  if (row === undefined) return []
  const texts = (values: Readonly<Record<string, unknown>>) =>
    new Map(Object.entries(values).map(([name, value]) => [name, String(value)] as const))
  const map = (value: unknown) => texts((value ?? {}) as Readonly<Record<string, unknown>>) // a map, by the dictionary
  const names = new Map([...map(row.extra), ...map(row.fields)])
  return [{ channel: String(row.channel), event_id: Number(row.event_id), names, values: texts(row) }]
}

/** `ending`: what mappings of Windows events have in common; `mappings`: those of products, whose names are their own. */
export function eventNames(
  { channel, event_ids, fields, product }: Setting,
  rows: readonly SampleRow[],
  ending: string,
  mappings: readonly string[],
): EventNames {
  const ofChannel = rows.filter(row => row.channel === channel)
  const own = ofChannel.filter(({ event_id }) => event_ids.includes(event_id))
  const known = new Set(ofChannel.flatMap(({ names }) => [...names.keys()]))
  const names = new Map<string, readonly string[]>()
  for (const field of fields) {
    const taken = namesBehind(ending, field)
    const candidates = [
      ...(product === undefined ? [] : taken.flatMap(name => mappings.flatMap(text => pairedNames(text, name)))),
      ...taken,
    ].flatMap(name =>
      name.startsWith('*') ? [...known].filter(one => one.endsWith(name.slice(1))) : name.replaceAll('/', '.'),
    )
    const seen = own.flatMap(row => fedBy(row, field, candidates))
    // A field that no sample fills: what other events of the channel have of it, else all that could be meant.
    const others = candidates.filter(name => known.has(name))
    const deciding = namesBehind(ending, field, 'decisions too').filter(name => known.has(name))
    names.set(field, [...new Set(firstFilled([seen, others, deciding, product === undefined ? candidates : []]))])
  }
  // The view is what was taken out of the key.
  const key = names.get('registry_key')
  if (key !== undefined && names.has('registry_view')) names.set('registry_view', key)
  return { samples: own.length, names }
}

function firstFilled(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.find(list => list.length > 0) ?? []
}

function fedBy({ names, values }: SampleRow, field: string, candidates: readonly string[]): readonly string[] {
  const value = plain(values.get(field) ?? '')
  if (value === '') return []
  const there = candidates.filter(name => (names.get(name) ?? '') !== '')
  const told = (name: string) => plain(names.get(name) ?? '')
  const equal = there.filter(name => told(name) === value)
  // The beginning of a path may be written otherwise, its end is not.
  const end = value.slice(value.lastIndexOf('\\') + 1)
  const within = there.filter(
    name => (told(name).length > 2 && value.includes(told(name))) || (end.length > 2 && told(name).includes(end)),
  )
  // Not what only stands inside of another that tells it.
  const longest = within.filter(name => !within.some(other => other !== name && told(other).includes(told(name))))
  return firstFilled([equal, longest, within, there])
}

/** In lower case, numbers as decimal ones, one backslash for several. */
function plain(text: string): string {
  const one = text.toLowerCase().replaceAll('\\\\', '\\')
  return /^0x[0-9a-f]{1,12}$/.test(one) ? String(Number.parseInt(one, 16)) : one
}
