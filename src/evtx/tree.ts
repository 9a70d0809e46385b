import { itemsAt } from './arrays.ts'
import { deepestFragment, mostCharactersOfRecord, mostNodesOfRecord, mostProblemsOfRecord } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { spend } from './chunk.ts'
import { readInstance } from './instance.ts'
import type { Attribute, Element, Instance, Markup } from './markup.ts'
import { noValues } from './markup.ts'
import { parseMarkup } from './parse.ts'
import { valueAt } from './read-value.ts'
import type { EventRecord } from './record.ts'
import { startOf } from './take-value.ts'
import { tokens, withoutFlag } from './tokens.ts'
import { arrayFlag, typeNames, type Value, type ValueType, xmlType } from './value.ts'
import { typeAt, type ValueArray } from './value-array.ts'

/** An event with everything filled in: what XML and JSON are written from. */
export type TreeElement = {
  readonly kind: 'element'
  readonly name: string
  readonly attributes: readonly TreeAttribute[]
  readonly content: readonly TreeNode[]
}

export type TreeNode = TreeElement | TreeValue | TreeInstruction

export type TreeValue = { readonly kind: 'value'; readonly type: ValueType; readonly value: Value }

export type TreeInstruction = { readonly kind: 'instruction'; readonly target: string; readonly text: string }

export type TreeAttribute = { readonly name: string; readonly values: readonly TreeValue[] }

/** All of what a record says. It is bounded; what is too much is left out, as the record's problems say. */
export function treeOf({ source }: EventRecord): readonly TreeNode[] {
  const chunk: Chunk = {
    ...source.chunk,
    problems: [],
    mostProblems: mostProblemsOfRecord,
    references: undefined,
    nodesLeft: mostNodesOfRecord(source.end - source.start),
    charactersLeft: mostCharactersOfRecord(source.end - source.start),
  }
  const nodes: TreeNode[] = []
  fillFragment(chunk, nodes, source.start, source.end, 0)
  return nodes
}

function fillFragment(chunk: Chunk, into: TreeNode[], at: number, limit: number, depth: number): void {
  if (depth > deepestFragment) return
  let place = at
  while (place < limit) {
    const token = (chunk.bytes[place] ?? 0) & withoutFlag
    if (token === tokens.fragment) place += 4
    else if (token === tokens.instance) {
      const instance = readInstance(chunk, place, limit, depth)
      if (instance === undefined) return
      place = chunk.cursor
      fillInstance(chunk, into, instance, depth)
    } else if (token === tokens.openElement) {
      const content = parseMarkup(chunk, place, limit, false, depth, true)
      place = chunk.cursor
      fill(chunk, into, content, noValues, depth)
    } else return
  }
}

function fillInstance(chunk: Chunk, into: TreeNode[], { definition, values }: Instance, depth: number): void {
  if (depth > deepestFragment) return
  if (definition !== undefined) fill(chunk, into, definition.content, values, depth)
  else
    for (let index = 0; index < values.count; index += 1) {
      const content: TreeNode[] = []
      fillValue(chunk, content, index, values, depth)
      const name: TreeAttribute = { name: 'Name', values: [{ kind: 'value', type: 'string', value: `%${index + 1}` }] }
      into.push({ kind: 'element', name: 'Data', attributes: [name], content })
    }
}

function fill(chunk: Chunk, into: TreeNode[], content: readonly Markup[], values: ValueArray, depth: number): void {
  for (const markup of content) {
    if (!spend(chunk, 1, 0, values.at)) return
    if (markup.kind === 'element') fillElement(chunk, into, markup, values, depth)
    else if (markup.kind === 'substitution') fillValue(chunk, into, markup.index, values, depth)
    else if (markup.kind === 'instance') fillInstance(chunk, into, markup, depth + 1)
    else if (spend(chunk, 0, markup.text.length, values.at))
      into.push(markup.kind === 'text' ? { kind: 'value', type: 'string', value: markup.text } : markup)
  }
}

function fillElement(chunk: Chunk, into: TreeNode[], element: Element, values: ValueArray, depth: number): void {
  if (!spend(chunk, 0, element.name.length, values.at)) return
  const { name, content: inner } = element
  const attributes = element.attributes.length === 0 ? noAttributes : fillAttributes(chunk, element.attributes, values)
  const content: TreeNode[] = []
  const [only] = inner
  if (only?.kind === 'substitution' && inner.length === 1) {
    if (only.optional && typeAt(chunk, values, only.index) === 0) return
    fillValue(chunk, content, only.index, values, depth)
    // Windows repeats the element around each item of an array.
    if (content.length > 1 && typeAt(chunk, values, only.index) >= arrayFlag) {
      for (const item of content) into.push({ kind: 'element', name, attributes, content: [item] })
      return
    }
  } else fill(chunk, content, inner, values, depth)
  into.push({ kind: 'element', name, attributes, content })
}

const noAttributes: readonly TreeAttribute[] = []

function fillAttributes(chunk: Chunk, attributes: readonly Attribute[], values: ValueArray): readonly TreeAttribute[] {
  const filled: TreeAttribute[] = []
  for (const { name, content } of attributes) {
    const [only] = content
    if (only?.kind === 'substitution' && only.optional && typeAt(chunk, values, only.index) === 0) continue
    if (!spend(chunk, 1, name.length, values.at)) break
    const nodes: TreeNode[] = []
    fill(chunk, nodes, content, values, deepestFragment)
    filled.push({ name, values: nodes.filter(node => node.kind === 'value') })
  }
  return filled
}

function fillValue(chunk: Chunk, into: TreeNode[], index: number, values: ValueArray, depth: number): void {
  const start = startOf(chunk, values, index)
  if (start === undefined) return
  const type = typeAt(chunk, values, index)
  const size = (values.starts[index + 1] ?? start) - start
  if (type === 0 || !spend(chunk, 1, size, start)) return
  if (type === xmlType) fillFragment(chunk, into, start, start + size, depth + 1)
  else if (type < arrayFlag) {
    const value = valueAt(chunk, type, start, size)
    if (value !== null) into.push({ kind: 'value', type: typeNames[type] ?? 'binary', value })
  } else {
    const itemType = type & ~arrayFlag
    const items = itemsAt(chunk, itemType, start, size)
    if (!spend(chunk, items.length, 0, start)) return
    for (const value of items) into.push({ kind: 'value', type: typeNames[itemType] ?? 'binary', value })
  }
}
