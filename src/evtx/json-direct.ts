import { itemsAt } from './arrays.ts'
import type { Chunk } from './chunk.ts'
import { spend } from './chunk.ts'
import type { Definition } from './definition.ts'
import { readInstance } from './instance.ts'
import { compileJson, type JsonMember, type JsonPlan } from './json-plan.ts'
import { quoted, valueJson } from './json-text.ts'
import { jsonTextAt } from './memo.ts'
import { valueAt } from './read-value.ts'
import { lengthOfText } from './strings.ts'
import { tokens, withoutFlag } from './tokens.ts'
import { arrayFlag, typeNames, xmlType } from './value.ts'
import { typeAt, type ValueArray } from './value-array.ts'

/**
 * Writes the binary XML from `at` as the members of a JSON object, without a tree. Undefined when there is anything unusual
 * in it: then nothing is said about it, and the other road is taken.
 *
 * @param taken keys that are there already
 * @param onlyEvents whether a template that is no Event with its System is unusual
 */
export function membersDirectly(
  chunk: Chunk,
  at: number,
  limit: number,
  taken: ReadonlySet<string> | undefined,
  depth: number,
  onlyEvents = false,
): string | undefined {
  let place = at
  while (place < limit && ((chunk.bytes[place] ?? 0) & withoutFlag) === tokens.fragment) place += 4
  if (place >= limit || depth > 2 || ((chunk.bytes[place] ?? 0) & withoutFlag) !== tokens.instance) return undefined
  const instance = readInstance(chunk, place, limit, depth)
  if (instance?.definition === undefined) return undefined
  if (chunk.cursor < limit && chunk.bytes[chunk.cursor] !== tokens.end) return undefined
  const plan = planOf(instance.definition)
  if (plan === undefined || (onlyEvents && !isEvent(plan))) return undefined
  if (taken !== undefined) {
    if (plan.members.some(({ kind }) => kind === 'embedded')) return undefined
    for (const key of plan.keys) if (taken.has(key)) return undefined
  }
  return membersText(chunk, plan.members, plan.keys, instance.values, depth)
}

function isEvent({ members }: JsonPlan): boolean {
  return members.some(member => member.kind === 'object' && member.key === '"Event":' && member.plan.keys.has('System'))
}

function planOf(definition: Definition): JsonPlan | undefined {
  if (definition.json === 'not compiled') definition.json = compileJson(definition.content)
  return definition.json
}

function membersText(
  chunk: Chunk,
  members: readonly JsonMember[],
  keys: ReadonlySet<string>,
  values: ValueArray,
  depth: number,
): string | undefined {
  let json = ''
  for (const member of members) {
    const part = memberText(chunk, member, keys, values, depth)
    if (part === undefined) return undefined
    if (part !== '') json = json === '' ? part : `${json},${part}`
  }
  return json
}

/** With its key. Empty when it is not there. */
function memberText(
  chunk: Chunk,
  member: JsonMember,
  keys: ReadonlySet<string>,
  values: ValueArray,
  depth: number,
): string | undefined {
  switch (member.kind) {
    case 'constant':
      return spend(chunk, 1, member.json.length, values.at) ? member.json : undefined
    case 'value': {
      if (member.optional && typeAt(chunk, values, member.index) === 0) return ''
      const text = valueText(chunk, member.index, values, member.alone)
      return text === undefined ? undefined : member.key + text
    }
    case 'embedded':
      return embeddedText(chunk, member.index, keys, values, depth)
    case 'object':
      return objectText(chunk, member, values, depth)
  }
}

function objectText(
  chunk: Chunk,
  member: Extract<JsonMember, { kind: 'object' }>,
  values: ValueArray,
  depth: number,
): string | undefined {
  const { key, text, plan, condition } = member
  if (condition >= 0 && typeAt(chunk, values, condition) === 0) return ''
  const attributes = membersText(chunk, member.attributes, plan.keys, values, depth)
  const inner = membersText(chunk, plan.members, plan.keys, values, depth)
  const content = text === undefined ? '' : memberText(chunk, text, plan.keys, values, depth)
  if (attributes === undefined || inner === undefined || content === undefined) return undefined
  // Where there is no text, there is no key for it either.
  if (content === '"#text":null') return undefined
  if (attributes === '' && plan.members.length === 0)
    return `${key}${content === '' ? 'null' : content.slice('"#text":'.length)}`
  if (attributes === '' && inner === '') return `${key}null`
  let json = attributes === '' ? '' : `"#attributes":{${attributes}}`
  if (content !== '') json = json === '' ? content : `${json},${content}`
  if (inner !== '') json = json === '' ? inner : `${json},${inner}`
  return `${key}{${json}}`
}

/** A value that stands among elements, or is all there is in one: binary XML, or nothing. */
function embeddedText(
  chunk: Chunk,
  index: number,
  keys: ReadonlySet<string>,
  values: ValueArray,
  depth: number,
): string | undefined {
  const type = typeAt(chunk, values, index)
  if (index >= values.count) return undefined
  if (type === 0) return ''
  if (type !== xmlType) return undefined
  const start = values.starts[index] ?? 0
  return membersDirectly(chunk, start, values.starts[index + 1] ?? start, keys, depth + 1)
}

function valueText(chunk: Chunk, index: number, values: ValueArray, alone: boolean): string | undefined {
  if (index >= values.count) return undefined
  const start = values.starts[index] ?? 0
  const size = (values.starts[index + 1] ?? start) - start
  const type = typeAt(chunk, values, index)
  if (type === xmlType || !spend(chunk, 1, size, start)) return undefined
  if (type === 0x01) return textJson(chunk, start, size)
  if (type < arrayFlag) return valueJson(typeNames[type] ?? 'binary', valueAt(chunk, type, start, size))
  if (!alone) return undefined
  const itemType = type & ~arrayFlag
  const items = itemsAt(chunk, itemType, start, size)
  if (!spend(chunk, items.length, 0, start)) return undefined
  const texts = items.map(item => valueJson(typeNames[itemType] ?? 'binary', item))
  return texts.length > 1 ? `[${texts.join(',')}]` : (texts[0] ?? 'null')
}

function textJson(chunk: Chunk, at: number, size: number): string {
  const length = lengthOfText(chunk, at, size)
  return length === 0 ? '""' : jsonTextAt(chunk, at, length, quoted)
}
