import { SaxesParser } from 'saxes'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'

/**
 * An event as Windows tells it in XML (MS-EVEN6 §2.2.13, the event schema): its System, and the fields of its payload with
 * the names that docs/evtx.md gives to those of an event log.
 */
export type XmlEvent = {
  /** Texts by their places, `EventID`, `Provider@Name`. What is empty is left out; of what stands twice the first counts. */
  readonly system: ReadonlyMap<string, string>
  /** What stands beside System: `EventData`, `UserData` …; empty when nothing does. */
  readonly payload: string
  /** The element in UserData; empty elsewhere. */
  readonly payload_root: string
  /** In their order; a name may stand more than once. */
  readonly fields: readonly XmlField[]
  /** What the machine that read the event made of it, `Message`, `Keywords/Keyword`. */
  readonly rendering: readonly XmlField[]
  /** What was put right. */
  readonly problems: readonly Problem[]
}

export type XmlField = { readonly name: string; readonly text: string }

type Element = {
  readonly name: string
  readonly attributes: XmlField[]
  readonly content: (Element | string)[]
}

/** Elements in each other. CAPI2 has about 12. */
const deepestElement = 64
/** Elements and attributes of one event. A binary record has as many octets at most. */
const mostNodes = 65_536
/** Characters of the path of a field: a longer one keeps its beginning. */
const longestPath = 1024

/**
 * Reads `<Event>…</Event>`. Strict XML 1.0 without a document type: the five entities and numbers, and nothing else. Only
 * control characters are put up with, which Windows leaves in what it writes: U+FFFD stands for them, as a problem.
 */
export function readEventXml(text: string): { readonly event?: XmlEvent; readonly problem?: Problem } {
  const { text: sound, problems } = withoutControls(text)
  const tree = treeOf(sound)
  if ('code' in tree) return { problem: tree }
  const event = eventOf(tree, problems)
  if (event.system.size > 0) return { event }
  return { problem: { code: 'event-xml/no-system', expected: 'an Event with a System', found: excerpt(text) } }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const noXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|&#(?:x[0-9A-Fa-f]{1,8}|[0-9]{1,10});/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const noCharacter = /[^\u0009\u000a\u000d\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function withoutControls(text: string): { readonly text: string; readonly problems: readonly Problem[] } {
  let count = 0
  const sound = text.toWellFormed().replace(noXml, found => {
    if (found[0] === '&') {
      const code = found[2] === 'x' ? Number.parseInt(found.slice(3), 16) : Number(found.slice(2, -1))
      if (code <= 0x10ffff && !noCharacter.test(String.fromCodePoint(code))) return found
    }
    count += 1
    return '\ufffd'
  })
  if (count === 0) return { text: sound, problems: [] }
  const problem = {
    code: 'event-xml/character',
    found: `${count} characters that XML cannot hold; U+FFFD stands for them`,
  }
  return { text: sound, problems: [problem] }
}

/** The only element, or why there is none. */
function treeOf(text: string): Element | Problem {
  const parser = new SaxesParser({ xmlns: false, position: false })
  const open: Element[] = []
  let [root, nodes]: [Element | undefined, number] = [undefined, 0]
  const count = () => {
    nodes += 1
    if (nodes > mostNodes) throw new TooMuch('event-xml/too-large', `at most ${mostNodes} elements and attributes`)
  }
  parser.on('error', error => {
    throw error
  })
  parser.on('opentagstart', ({ name }) => {
    count()
    if (open.length >= deepestElement) throw new TooMuch('event-xml/too-deep', `at most ${deepestElement} elements`)
    const element: Element = { name, attributes: [], content: [] }
    open.at(-1)?.content.push(element)
    open.push(element)
    root ??= element
  })
  parser.on('attribute', ({ name, value }) => {
    count()
    open.at(-1)?.attributes.push({ name, text: value })
  })
  const take = (part: string) => {
    const content = open.at(-1)?.content
    const last = content?.at(-1)
    if (content !== undefined && typeof last === 'string') content[content.length - 1] = last + part
    else content?.push(part)
  }
  parser.on('text', take)
  parser.on('cdata', take)
  parser.on('closetag', () => {
    open.pop()
  })
  try {
    parser.write(text).close()
  } catch (cause) {
    if (cause instanceof TooMuch) return { code: cause.code, expected: cause.message }
    // The parser throws nothing but what it has against the text.
    return { code: 'event-xml/malformed', found: excerpt(cause instanceof Error ? cause.message : String(cause)) }
  }
  return root ?? { code: 'event-xml/malformed', found: 'no element' }
}

class TooMuch extends Error {
  readonly code: string

  constructor(code: string, expected: string) {
    super(expected)
    this.code = code
  }
}

type Event = {
  readonly system: Map<string, string>
  payload: string
  payload_root: string
  readonly fields: XmlField[]
  readonly rendering: XmlField[]
  readonly problems: readonly Problem[]
}

function eventOf(root: Element, problems: readonly Problem[]): XmlEvent {
  const event: Event = { system: new Map(), payload: '', payload_root: '', fields: [], rendering: [], problems }
  if (localName(root.name) !== 'Event') return event
  for (const element of elementsIn(root)) {
    const name = localName(element.name)
    if (name === 'System') takeSystem(event.system, element)
    else if (name === 'RenderingInfo') takePayload(event.rendering, element)
    else {
      if (event.payload === '') event.payload = name
      if (name !== 'UserData') takePayload(event.fields, element)
      else
        for (const inner of elementsIn(element)) {
          if (event.payload_root === '') event.payload_root = localName(inner.name)
          takePayload(event.fields, inner)
          if (isLeaf(inner)) event.fields.push({ name: localName(inner.name), text: textOf(inner) })
        }
    }
  }
  return event
}

function takeSystem(system: Map<string, string>, { content }: Element): void {
  const take = (place: string, text: string) => {
    if (text !== '' && !system.has(place)) system.set(place, text)
  }
  for (const element of content) {
    if (typeof element === 'string') continue
    const name = localName(element.name)
    for (const attribute of element.attributes)
      if (!isNamespace(attribute)) take(`${name}@${attribute.name}`, attribute.text)
    take(name, textOf(element).trim())
  }
}

/** Attributes and elements of what the fields stand in. */
function takePayload(fields: XmlField[], element: Element): void {
  for (const attribute of element.attributes)
    if (!isNamespace(attribute)) fields.push({ name: `@${attribute.name}`, text: attribute.text })
  if (!isLeaf(element)) takeContent(fields, element, '')
}

function takeContent(fields: XmlField[], { content }: Element, prefix: string): void {
  for (const part of content) {
    if (typeof part !== 'string') takeField(fields, part, prefix)
    else if (part.trim() !== '') fields.push({ name: prefix, text: part })
  }
}

/** An element of the payload: a field, or several that stand in it. */
function takeField(fields: XmlField[], element: Element, prefix: string): void {
  const local = localName(element.name)
  const isNamed = local === 'Data' || local === 'ComplexData'
  const own = (isNamed ? element.attributes.find(({ name }) => name === 'Name')?.text : undefined) ?? local
  const name = joined(prefix, own)
  const attributes = element.attributes.filter(one => !isNamespace(one) && !(isNamed && one.name === 'Name'))
  for (const attribute of attributes) fields.push({ name: `${name}@${attribute.name}`, text: attribute.text })
  if (!isLeaf(element)) takeContent(fields, element, name)
  else if (element.content.length > 0 || attributes.length === 0) fields.push({ name, text: textOf(element) })
}

function elementsIn({ content }: Element): readonly Element[] {
  return content.filter(part => typeof part !== 'string')
}

function isLeaf({ content }: Element): boolean {
  return content.every(part => typeof part === 'string')
}

function textOf({ content }: Element): string {
  return content.filter(part => typeof part === 'string').join('')
}

function isNamespace({ name }: XmlField): boolean {
  return name === 'xmlns' || name.startsWith('xmlns:')
}

/** Namespaces are left out, here and in event logs. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function joined(prefix: string, name: string): string {
  if (prefix === '') return name
  return prefix.length + name.length > longestPath ? prefix : `${prefix}/${name}`
}
