import { longestPath } from './bounds.ts'
import type { Attribute, Element, Instance, Markup } from './markup.ts'
import { compileSystem, type SystemPlan } from './system-plan.ts'

/**
 * What to take out of a template, compiled once: the steps tell which value of a record becomes which field. Carrying it
 * out builds no XML, and looks at nothing but the values.
 */
export type Plan = { readonly steps: readonly Step[] }

/** Where in an event something stands: what is wanted of it depends on that. */
export type Level = 'document' | 'event' | 'user_data' | 'data'

/** Names and attributes are texts with values in them; nearly always they are plain texts. */
export type Wording = string | readonly Markup[]

export type ValueStep = {
  readonly kind: 'value'
  readonly name: Wording
  readonly index: number
  /** Null makes no field. */
  readonly optional: boolean
  readonly level: Level
}

export type Step =
  | { readonly kind: 'system'; readonly system: SystemPlan }
  /** EventData, UserData, or something else beside System. */
  | { readonly kind: 'payload'; readonly name: string }
  /** The element in UserData. */
  | { readonly kind: 'root'; readonly name: string }
  | { readonly kind: 'literal'; readonly name: Wording; readonly text: string | null }
  | ValueStep
  | { readonly kind: 'mixed'; readonly name: Wording; readonly content: readonly Markup[]; readonly level: Level }
  | { readonly kind: 'instance'; readonly instance: Instance; readonly level: Level; readonly prefix: string }

/**
 * @param prefix names of the elements in between, `CertificateChain/ChainElement`; empty at the top of the payload
 */
export function compile(content: readonly Markup[], level: Level, prefix: string): Plan {
  const steps: Step[] = []
  compileContent(steps, content, level, prefix)
  return { steps }
}

function compileContent(steps: Step[], content: readonly Markup[], level: Level, prefix: string): void {
  for (const markup of content) {
    if (markup.kind === 'element') compileElement(steps, markup, level, prefix)
    else if (markup.kind === 'substitution')
      steps.push({ ...markup, kind: 'value', name: prefix, optional: true, level })
    else if (markup.kind === 'instance') steps.push({ kind: 'instance', instance: markup, level, prefix })
    else if (markup.kind === 'text' && level === 'data' && markup.text.trim() !== '')
      steps.push({ kind: 'literal', name: prefix, text: markup.text })
  }
}

function compileElement(steps: Step[], element: Element, level: Level, prefix: string): void {
  const { name, content } = element
  if (level === 'document' && name === 'Event') compileContent(steps, content, 'event', '')
  else if (level === 'data') compileField(steps, element, prefix)
  else if (level === 'user_data') {
    steps.push({ kind: 'root', name })
    compileAttributes(steps, element.attributes, '')
    if (isLeaf(content)) compileLeaf(steps, content, name)
    else compileContent(steps, content, 'data', '')
  } else if (name === 'System') steps.push({ kind: 'system', system: compileSystem(content) })
  else {
    steps.push({ kind: 'payload', name })
    compileAttributes(steps, element.attributes, '')
    compileContent(steps, content, name === 'UserData' ? 'user_data' : 'data', '')
  }
}

/** An element of the payload: a field, or several that stand in it. */
function compileField(steps: Step[], element: Element, prefix: string): void {
  const own = nameOf(element)
  const { content } = element
  const name: Wording =
    typeof own === 'string' ? joined(prefix, own) : [{ kind: 'text', text: joined(prefix, '') }, ...own]
  const attributes = element.attributes.filter(attribute => !namesField(element, attribute))
  compileAttributes(steps, attributes, name)
  if (isLeaf(content)) {
    if (content.length > 0 || attributes.every(isNamespace)) compileLeaf(steps, content, name)
  } else compileContent(steps, content, 'data', typeof name === 'string' ? name : joined(prefix, element.name))
}

/** The name of a field: that which Data and ComplexData carry as an attribute, otherwise that of its element. */
function nameOf(element: Element): Wording {
  const content = element.attributes.find(attribute => namesField(element, attribute))?.content
  if (content === undefined) return element.name
  return plainText(content) ?? content
}

function namesField({ name }: Element, attribute: Attribute): boolean {
  return attribute.name === 'Name' && (name === 'Data' || name === 'ComplexData')
}

function isNamespace({ name }: Attribute): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

/** `name@attribute`. Namespaces are declarations, not data. */
function compileAttributes(steps: Step[], attributes: readonly Attribute[], name: Wording): void {
  for (const attribute of attributes) {
    if (isNamespace(attribute)) continue
    const suffix = `@${attribute.name}`
    const full: Wording = typeof name === 'string' ? name + suffix : [...name, { kind: 'text', text: suffix }]
    compileLeaf(steps, attribute.content, full)
  }
}

function isLeaf(content: readonly Markup[]): boolean {
  return content.every(({ kind }) => kind === 'text' || kind === 'substitution' || kind === 'instruction')
}

function compileLeaf(steps: Step[], content: readonly Markup[], name: Wording): void {
  const [only] = content
  if (only === undefined) steps.push({ kind: 'literal', name, text: null })
  else if (content.length === 1 && only.kind === 'text') steps.push({ kind: 'literal', name, text: only.text })
  else if (content.length === 1 && only.kind === 'substitution')
    steps.push({ ...only, kind: 'value', name, level: 'data' })
  else steps.push({ kind: 'mixed', name, content, level: 'data' })
}

/** The text, when there is nothing but text. */
export function plainText(content: readonly Markup[]): string | undefined {
  const [only] = content
  if (only === undefined) return ''
  return content.length === 1 && only.kind === 'text' ? only.text : undefined
}

function joined(prefix: string, name: string): string {
  return prefix === '' ? name : prefix.length + name.length > longestPath ? prefix : `${prefix}/${name}`
}
