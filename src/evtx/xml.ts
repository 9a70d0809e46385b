import type { EventRecord } from './record.ts'
import { type TreeAttribute, type TreeElement, type TreeNode, treeOf } from './tree.ts'
import { textOf } from './value-text.ts'

/**
 * A record as XML 1.0, indented, as the event viewer of Windows shows it. What XML cannot hold stands as U+FFFD: control
 * characters and halves of surrogate pairs. Characters that names cannot have stand as `_`.
 */
export function toXml(record: EventRecord): string {
  return treeOf(record)
    .map(node => nodeText(node, ''))
    .join('\n')
}

function nodeText(node: TreeNode, indent: string): string {
  if (node.kind === 'value') return escaped(textOf(node.type, node.value))
  if (node.kind === 'instruction') return `<?${nameText(node.target)} ${escaped(node.text).replaceAll('?>', '? >')}?>`
  return elementText(node, indent)
}

function elementText({ name, attributes, content }: TreeElement, indent: string): string {
  const tag = `${nameText(name)}${attributes.map(attributeText).join('')}`
  if (content.length === 0) return `<${tag}/>`
  if (!content.some(({ kind }) => kind === 'element'))
    return `<${tag}>${content.map(node => nodeText(node, indent)).join('')}</${nameText(name)}>`
  const deeper = `${indent}  `
  const lines = content.map(node => `\n${deeper}${nodeText(node, deeper)}`).join('')
  return `<${tag}>${lines}\n${indent}</${nameText(name)}>`
}

function attributeText({ name, values }: TreeAttribute): string {
  const text = values.map(({ type, value }) => textOf(type, value)).join('')
  return ` ${nameText(name)}="${escaped(text).replace(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)}"`
}

const special = /[&<>"\r]|[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const replacements: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

function escaped(text: string): string {
  return text.replace(special, character => replacements[character] ?? '\ufffd')
}

function nameText(name: string): string {
  const text = name.replace(/[^\w.:\-\u00b7-\ud7ff]/g, '_')
  return /^[\d.-]/.test(text) ? `_${text}` : text
}
