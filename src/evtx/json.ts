import { mostCharactersOfRecord, mostNodesOfRecord, recordHeaderSize } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import type { RecordPlace } from './find-records.ts'
import { membersDirectly } from './json-direct.ts'
import { quoted, valueJson } from './json-text.ts'
import type { EventRecord } from './record.ts'
import { type TreeAttribute, type TreeElement, type TreeNode, type TreeValue, treeOf } from './tree.ts'
import { textOf } from './value-text.ts'

/**
 * A record as one line of JSON, in the shape that tools for event logs have agreed on:
 *
 *   {"Event":{"#attributes":{"xmlns":…},"System":{"Provider":{"#attributes":{"Name":…}},"EventID":1,…},"EventData":{"Image":…}}}
 *
 * An element is a key. Its value is null when it is empty, its text when it has nothing else, otherwise an object with its
 * attributes under `#attributes`, its text under `#text`, and its elements. Data and ComplexData with a Name are keys of that
 * name. What stands several times under one key is an array, in its order. Numbers are numbers where JSON can hold them
 * exactly, otherwise text; hexadecimal numbers, times, GUIDs, SIDs and octets are text as in XML.
 */
export function toJson(record: EventRecord): string {
  return directJson(record) ?? treeJson(record)
}

/** The road for all records. */
export function treeJson(record: EventRecord): string {
  return objectText([], treeOf(record))
}

/** The road for usual records, about four times as fast. Undefined when the record is not usual. */
export function directJson({ source: { chunk, start, end } }: EventRecord): string | undefined {
  return onceMore(chunk, start, end, () => membersDirectly(chunk, start, end, undefined, 0))
}

/** The same of a record that was not read yet. Undefined also when anything is wrong with it, or when it is no event. */
export function wholeJson(chunk: Chunk, { start, size, isStranger }: RecordPlace): string | undefined {
  const end = start + size - 4
  if (isStranger || chunk.data.getUint32(end, true) !== size) return undefined
  return onceMore(chunk, start + recordHeaderSize, end, () => {
    const members = membersDirectly(chunk, start + recordHeaderSize, end, undefined, 0, true)
    return chunk.problems.length === 0 ? members : undefined
  })
}

/** Writes with problems and bounds of its own: what is wrong was told, or will be, when the values are read. */
function onceMore(chunk: Chunk, start: number, end: number, write: () => string | undefined): string | undefined {
  const { problems, nodesLeft, charactersLeft } = chunk
  chunk.problems = []
  chunk.nodesLeft = mostNodesOfRecord(end - start)
  chunk.charactersLeft = mostCharactersOfRecord(end - start)
  const members = write()
  chunk.problems = problems
  chunk.nodesLeft = nodesLeft
  chunk.charactersLeft = charactersLeft
  return members === undefined ? undefined : `{${members}}`
}

/** Values of one key, in their order. */
type Members = Map<string, string | string[]>

function objectText(attributes: readonly TreeAttribute[], content: readonly TreeNode[]): string {
  const members: Members = new Map()
  if (attributes.length > 0) members.set('#attributes', attributesText(attributes))
  const text = valuesText(content)
  if (text !== undefined) members.set('#text', text)
  for (const node of content) if (node.kind === 'element') addElement(members, node)
  let json = ''
  for (const [key, value] of members) {
    if (json !== '') json += ','
    json += `${quoted(key)}:${typeof value === 'string' ? value : `[${value.join(',')}]`}`
  }
  return `{${json}}`
}

function addElement(members: Members, element: TreeElement): void {
  const named = nameOf(element)
  const key = named ?? element.name
  const value = elementText(element, named !== undefined)
  const before = members.get(key)
  if (before === undefined) members.set(key, value)
  else if (typeof before === 'string') members.set(key, [before, value])
  else before.push(value)
}

function nameOf({ name, attributes }: TreeElement): string | undefined {
  if (name !== 'Data' && name !== 'ComplexData') return undefined
  const found = attributes.find(attribute => attribute.name === 'Name')
  return found === undefined ? undefined : textOfValues(found.values)
}

function elementText({ attributes, content }: TreeElement, isNamed: boolean): string {
  const shown = isNamed ? attributes.filter(({ name }) => name !== 'Name') : attributes
  if (shown.length > 0 || content.some(({ kind }) => kind === 'element')) return objectText(shown, content)
  return valuesText(content) ?? 'null'
}

function attributesText(attributes: readonly TreeAttribute[]): string {
  let json = ''
  for (const { name, values } of attributes)
    json += `${json === '' ? '' : ','}${quoted(name)}:${valuesText(values) ?? 'null'}`
  return `{${json}}`
}

/** The values among nodes: one keeps its type, several are one text. Undefined when there is none. */
function valuesText(nodes: readonly TreeNode[]): string | undefined {
  const [only] = nodes
  if (only === undefined) return undefined
  if (nodes.length === 1) return only.kind === 'value' ? valueJson(only.type, only.value) : undefined
  const values = nodes.filter(node => node.kind === 'value')
  return values.length === 0
    ? undefined
    : values.length === 1
      ? values.map(({ type, value }) => valueJson(type, value)).join('')
      : quoted(textOfValues(values))
}

function textOfValues(values: readonly TreeValue[]): string {
  return values.map(({ type, value }) => textOf(type, value)).join('')
}
