import { hashOfName } from '../names.ts'
import { moreFlag, tokens } from '../tokens.ts'
import { arrayFlag, octetOfType } from '../value.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { type Octets, put8, put16, put32, putBytes, putCharacters } from './octets.ts'
import { putValue } from './write-value.ts'
import type { WrittenElement, WrittenFragment, WrittenMarkup, WrittenTemplate, WrittenValue } from './written.ts'

const noDependency = 0xffff

/** Writes binary XML with its head, where the chunk is at the moment: what it refers to is told by places in the chunk. */
export function putFragment(chunk: ChunkWriter, fragment: WrittenFragment): void {
  put8(chunk.octets, tokens.fragment, 1, 1, 0)
  if ('template' in fragment) putInstance(chunk, fragment.template, fragment.values)
  else for (const markup of fragment.elements) putMarkup(chunk, markup, false)
}

function putInstance(chunk: ChunkWriter, template: WrittenTemplate, values: readonly WrittenValue[]): void {
  const { octets } = chunk
  put8(octets, tokens.instance, 1)
  putBytes(octets, template.guid.subarray(0, 4))
  const known = chunk.templates.get(template)
  put32(octets, known ?? octets.length + 4)
  if (known === undefined) putDefinition(chunk, template)
  put32(octets, values.length)
  const descriptors = octets.length
  for (const value of values) {
    put16(octets, 0)
    put8(octets, octetOfType[value.type] | ('items' in value ? arrayFlag : 0), 0)
  }
  for (const [i, value] of values.entries()) {
    const start = octets.length
    if ('fragment' in value) {
      putFragment(chunk, value.fragment)
      put8(octets, tokens.end)
    } else if ('items' in value) for (const item of value.items) putValue(octets, value.type, item, true)
    else putValue(octets, value.type, value.value)
    octets.data.setUint16(descriptors + 4 * i, octets.length - start, true)
  }
}

function putDefinition(chunk: ChunkWriter, template: WrittenTemplate): void {
  const { octets } = chunk
  chunk.templates.set(template, octets.length)
  put32(octets, 0)
  putBytes(octets, template.guid)
  const size = octets.length
  put32(octets, 0)
  put8(octets, tokens.fragment, 1, 1, 0)
  for (const markup of template.content) putMarkup(chunk, markup, true)
  put8(octets, tokens.end)
  octets.data.setUint32(size, octets.length - size - 4, true)
}

function putMarkup(chunk: ChunkWriter, markup: WrittenMarkup, inTemplate: boolean): void {
  const { octets } = chunk
  switch (markup.kind) {
    case 'element':
      putElement(chunk, markup, inTemplate)
      return
    case 'text':
      put8(octets, tokens.value, octetOfType.string)
      putCounted(octets, markup.text)
      return
    case 'cdata':
      put8(octets, tokens.cdata)
      putCounted(octets, markup.text)
      return
    case 'character':
      put8(octets, tokens.character)
      put16(octets, markup.code)
      return
    case 'entity':
      put8(octets, tokens.entity)
      putName(chunk, markup.name)
      return
    case 'instruction':
      put8(octets, tokens.instruction)
      putName(chunk, markup.target)
      put8(octets, tokens.instructionText)
      putCounted(octets, markup.text)
      return
    case 'substitution':
      put8(octets, markup.optional ? tokens.optional : tokens.substitution)
      put16(octets, markup.index)
      put8(octets, octetOfType[markup.type])
  }
}

function putCounted(octets: Octets, text: string): void {
  put16(octets, text.length)
  putCharacters(octets, text)
}

function putElement(chunk: ChunkWriter, { name, attributes, content }: WrittenElement, inTemplate: boolean): void {
  const { octets } = chunk
  put8(octets, tokens.openElement | (attributes.length > 0 ? moreFlag : 0))
  if (inTemplate) put16(octets, noDependency)
  const size = octets.length
  put32(octets, 0)
  putName(chunk, name)
  if (attributes.length > 0) {
    const attributesSize = octets.length
    put32(octets, 0)
    for (const [i, attribute] of attributes.entries()) {
      put8(octets, tokens.attribute | (i < attributes.length - 1 ? moreFlag : 0))
      putName(chunk, attribute.name)
      for (const markup of attribute.content) putMarkup(chunk, markup, inTemplate)
    }
    octets.data.setUint32(attributesSize, octets.length - attributesSize - 4, true)
  }
  if (content.length === 0) put8(octets, tokens.closeEmpty)
  else {
    put8(octets, tokens.closeStart)
    for (const markup of content) putMarkup(chunk, markup, inTemplate)
    put8(octets, tokens.endElement)
  }
  octets.data.setUint32(size, octets.length - size - 4, true)
}

/** Where the name lies, and the name itself when this is the first place that needs it. */
function putName(chunk: ChunkWriter, name: string): void {
  const { octets, names } = chunk
  const known = names.get(name)
  put32(octets, known ?? octets.length + 4)
  if (known !== undefined) return
  names.set(name, octets.length)
  put32(octets, 0)
  put16(octets, hashOfName(name))
  putCounted(octets, name)
  put16(octets, 0)
}
