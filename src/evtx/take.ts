import { itemsAt } from './arrays.ts'
import { deepestFragment } from './bounds.ts'
import type { Chunk } from './chunk.ts'
import { note, spend } from './chunk.ts'
import type { Definition } from './definition.ts'
import { readInstance } from './instance.ts'
import type { Instance } from './markup.ts'
import { noValues } from './markup.ts'
import { parseMarkup } from './parse.ts'
import { compile, type Level, type Plan, type Step, type ValueStep } from './plan.ts'
import { readSystem } from './read-system.ts'
import { valueAt } from './read-value.ts'
import type { Field, System } from './record.ts'
import { startOf, wordingOf } from './take-value.ts'
import { tokens, withoutFlag } from './tokens.ts'
import { arrayFlag, typeNames, xmlType } from './value.ts'
import { typeAt, type ValueArray } from './value-array.ts'

/** What was taken out of a record so far. */
export type Taken = {
  system: System | undefined
  payload: string
  payload_root: string
  /** Where fields go: into those of the payload, or into the rendering. */
  target: Field[]
  readonly fields: Field[]
  rendering: Field[]
}

const noFields: Field[] = []

export function nothingTaken(): Taken {
  const fields: Field[] = []
  return { system: undefined, payload: '', payload_root: '', target: fields, fields, rendering: noFields }
}

/** Plans of one template: one is enough for nearly all; a hostile file may ask for thousands. */
const mostPlans = 16

/**
 * Takes the fields out of the binary XML from `at` to `limit`: what a record holds, or a value of its type.
 *
 * @param depth how many templates and fragments it stands in
 */
export function takeFragment(
  chunk: Chunk,
  taken: Taken,
  at: number,
  limit: number,
  level: Level,
  prefix: string,
  depth: number,
): void {
  if (depth > deepestFragment) {
    note(chunk, 'evtx/too-deep', at, `at most ${deepestFragment} fragments`)
    return
  }
  let place = at
  while (place < limit) {
    const token = (chunk.bytes[place] ?? 0) & withoutFlag
    if (token === tokens.fragment) place += 4
    else if (token === tokens.instance) {
      const instance = readInstance(chunk, place, limit, depth)
      if (instance === undefined) return
      place = chunk.cursor
      takeInstance(chunk, taken, instance, level, prefix, depth)
    } else if (token === tokens.openElement) {
      const content = parseMarkup(chunk, place, limit, false, depth, true)
      place = chunk.cursor
      carryOut(chunk, taken, compile(content, level, prefix), noValues, depth)
    } else {
      if (token !== tokens.end) note(chunk, 'evtx/token', place, 'an element or a template', `0x${token.toString(16)}`)
      return
    }
  }
}

function takeInstance(
  chunk: Chunk,
  taken: Taken,
  { definition, values }: Instance,
  level: Level,
  prefix: string,
  depth: number,
): void {
  if (depth > deepestFragment) {
    note(chunk, 'evtx/too-deep', values.at, `at most ${deepestFragment} templates`)
    return
  }
  if (definition !== undefined) carryOut(chunk, taken, planOf(chunk, definition, level, prefix), values, depth)
  else
    for (let index = 0; index < values.count; index += 1)
      takeValue(chunk, taken, { kind: 'value', name: `%${index + 1}`, index, optional: false, level }, values, depth)
}

function planOf(chunk: Chunk, definition: Definition, level: Level, prefix: string): Plan {
  const { plans } = definition
  const key = prefix === '' ? level : `${level} ${prefix}`
  let plan = plans.get(key)
  if (plan === undefined) {
    spend(chunk, 0, definition.size, 0)
    plan = compile(definition.content, level, prefix)
    if (plans.size < mostPlans) plans.set(key, plan)
  }
  return plan
}

function carryOut(chunk: Chunk, taken: Taken, plan: Plan, values: ValueArray, depth: number): void {
  for (const step of plan.steps) {
    if (!spend(chunk, 1, 0, values.at)) return
    carryOutStep(chunk, taken, step, values, depth)
  }
}

function carryOutStep(chunk: Chunk, taken: Taken, step: Step, values: ValueArray, depth: number): void {
  switch (step.kind) {
    case 'value':
      takeValue(chunk, taken, step, values, depth)
      return
    case 'literal':
      if (!spend(chunk, 0, step.text?.length ?? 0, values.at)) return
      taken.target.push({
        name: wordingOf(chunk, step.name, values),
        type: step.text === null ? 'null' : 'string',
        value: step.text,
      })
      return
    case 'system':
      taken.system ??= readSystem(chunk, step.system, values)
      return
    case 'payload':
      if (step.name === 'RenderingInfo' && taken.rendering === noFields) taken.rendering = []
      taken.target = step.name === 'RenderingInfo' ? taken.rendering : taken.fields
      if (taken.payload === '' && step.name !== 'RenderingInfo') taken.payload = step.name
      return
    case 'root':
      if (taken.payload_root === '') taken.payload_root = step.name
      return
    case 'mixed':
      takeMixed(chunk, taken, step, values, depth)
      return
    case 'instance':
      takeInstance(chunk, taken, step.instance, step.level, step.prefix, depth + 1)
  }
}

function takeValue(chunk: Chunk, taken: Taken, step: ValueStep, values: ValueArray, depth: number): void {
  const { index, level } = step
  const start = startOf(chunk, values, index)
  const type = start === undefined ? 0 : typeAt(chunk, values, index)
  const place = start ?? values.end
  const size = start === undefined ? 0 : (values.starts[index + 1] ?? place) - place
  if ((type === 0 && step.optional) || !spend(chunk, 0, size, place)) return
  const name = typeof step.name === 'string' ? step.name : wordingOf(chunk, step.name, values)
  if (type === xmlType) {
    takeFragment(chunk, taken, place, place + size, level, level === 'data' ? name : '', depth + 1)
    return
  }
  const { target } = taken
  if (type < arrayFlag) {
    const value = valueAt(chunk, type, place, size)
    target.push({ name, type: typeNames[value === null ? 0 : type] ?? 'binary', value })
    return
  }
  const itemType = type & ~arrayFlag
  const items = itemsAt(chunk, itemType, place, size)
  if (!spend(chunk, items.length, 0, place)) return
  for (const value of items) target.push({ name, type: typeNames[itemType] ?? 'binary', value })
  // An element that holds an empty array is there all the same.
  if (items.length === 0) target.push({ name, type: 'null', value: null })
}

/** Text and values in a row are one text; binary XML among them is taken by itself. */
function takeMixed(
  chunk: Chunk,
  taken: Taken,
  step: Extract<Step, { kind: 'mixed' }>,
  values: ValueArray,
  depth: number,
): void {
  const isXml = (index: number) => typeAt(chunk, values, index) === xmlType
  const words = step.content.filter(markup => markup.kind !== 'substitution' || !isXml(markup.index))
  if (words.length > 0 || step.content.length === 0)
    taken.target.push({
      name: wordingOf(chunk, step.name, values),
      type: 'string',
      value: wordingOf(chunk, words, values),
    })
  for (const markup of step.content)
    if (markup.kind === 'substitution' && isXml(markup.index))
      takeValue(chunk, taken, { ...markup, kind: 'value', name: step.name, level: step.level }, values, depth)
}
