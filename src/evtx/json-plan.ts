import { quoted } from './json-text.ts'
import type { Attribute, Element, Markup } from './markup.ts'
import { plainText } from './plan.ts'

/**
 * How to write a template as JSON without building a tree of it: nearly everything is text that is always the same. It is
 * made once for a template, and used while nothing unusual is in the values; `json.ts` can write everything.
 */
export type JsonPlan = {
  readonly members: readonly JsonMember[]
  /** Keys that stand in the template, to see when one comes a second time out of a value. */
  readonly keys: ReadonlySet<string>
}

export type JsonMember =
  /** With its key. */
  | { readonly kind: 'constant'; readonly json: string }
  | {
      readonly kind: 'value'
      readonly key: string
      readonly index: number
      readonly optional: boolean
      /** It is all there is in its element: several values of an array become an array. */
      readonly alone: boolean
    }
  | {
      readonly kind: 'object'
      readonly key: string
      readonly attributes: readonly JsonMember[]
      /** Its only text. */
      readonly text: JsonMember | undefined
      readonly plan: JsonPlan
      /** Not there when the only thing in it, this optional value, is null; -1 when it is always there. */
      readonly condition: number
    }
  /** A value that may be binary XML: what is in it becomes members. */
  | { readonly kind: 'embedded'; readonly index: number }

/** Undefined when the template has something that needs a tree: a key twice, text among elements, a name in a value. */
export function compileJson(content: readonly Markup[]): JsonPlan | undefined {
  const members: JsonMember[] = []
  const keys = new Set<string>()
  for (const markup of content) {
    if (markup.kind === 'substitution') {
      if (members.some(({ kind }) => kind === 'embedded')) return undefined
      members.push({ kind: 'embedded', index: markup.index })
    } else if (markup.kind !== 'element') return undefined
    else {
      const key = keyOf(markup)
      const member = key === undefined || keys.has(key) ? undefined : memberOf(key, markup)
      if (key === undefined || member === undefined) return undefined
      keys.add(key)
      addMember(members, member)
    }
  }
  return { members, keys }
}

/** Constants that follow each other are one. */
function addMember(members: JsonMember[], member: JsonMember): void {
  const last = members.at(-1)
  if (last?.kind === 'constant' && member.kind === 'constant')
    members[members.length - 1] = { kind: 'constant', json: `${last.json},${member.json}` }
  else members.push(member)
}

export function isName(element: Element, attribute: Attribute): boolean {
  return attribute.name === 'Name' && (element.name === 'Data' || element.name === 'ComplexData')
}

function keyOf(element: Element): string | undefined {
  const name = element.attributes.find(attribute => isName(element, attribute))
  return name === undefined ? element.name : plainText(name.content)
}

function memberOf(name: string, element: Element): JsonMember | undefined {
  const { content } = element
  const key = `${quoted(name)}:`
  const shown = element.attributes.filter(attribute => !isName(element, attribute))
  const [only] = content
  if (shown.length === 0 && content.length <= 1) {
    if (only === undefined) return { kind: 'constant', json: `${key}null` }
    if (only.kind === 'text') return { kind: 'constant', json: key + quoted(only.text) }
    if (only.kind === 'substitution') return { ...only, kind: 'value', key, alone: true }
  }
  const attributes = compileAttributes(shown)
  if (attributes === undefined) return undefined
  const text = content.length === 1 && only?.kind !== 'element' ? textOf(only) : undefined
  const plan = text === undefined ? compileJson(content) : { members: [], keys: new Set<string>() }
  if (plan === undefined) return undefined
  const condition = content.length === 1 && only?.kind === 'substitution' && only.optional ? only.index : -1
  const member: JsonMember = { kind: 'object', key, attributes, text, plan, condition }
  return asConstant(member) ?? member
}

function textOf(markup: Markup | undefined): JsonMember | undefined {
  const key = '"#text":'
  if (markup?.kind === 'text') return { kind: 'constant', json: key + quoted(markup.text) }
  return markup?.kind === 'substitution' ? { ...markup, kind: 'value', key, alone: false } : undefined
}

function compileAttributes(attributes: readonly Attribute[]): readonly JsonMember[] | undefined {
  const members: JsonMember[] = []
  for (const { name, content } of attributes) {
    const key = `${quoted(name)}:`
    const [only] = content
    if (content.length > 1) return undefined
    if (only === undefined) members.push({ kind: 'constant', json: `${key}null` })
    else if (only.kind === 'text') members.push({ kind: 'constant', json: key + quoted(only.text) })
    else if (only.kind === 'substitution') members.push({ ...only, kind: 'value', key, alone: false })
    else return undefined
  }
  return members
}

/** An object without any value in it is the same in every record. */
function asConstant(member: Extract<JsonMember, { kind: 'object' }>): JsonMember | undefined {
  const { key, attributes, text, plan } = member
  const parts = [...attributes, ...(text === undefined ? [] : [text]), ...plan.members]
  if (attributes.length === 0 || !parts.every(part => part.kind === 'constant')) return undefined
  const list = (members: readonly JsonMember[]) => members.map(part => (part.kind === 'constant' ? part.json : ''))
  const inner = [`"#attributes":{${list(attributes).join(',')}}`, ...list(parts.slice(attributes.length))]
  return { kind: 'constant', json: `${key}{${inner.join(',')}}` }
}
