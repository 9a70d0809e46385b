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
  const names = new Map<string, number>()
  const tag = `${nameText(name)}${attributes.map(attribute => attributeText(attribute, names)).join('')}`
  if (content.length === 0) return `<${tag}/>`
  if (!content.some(({ kind }) => kind === 'element'))
    return `<${tag}>${content.map(node => nodeText(node, indent)).join('')}</${nameText(name)}>`
  const deeper = `${indent}  `
  const lines = content.map(node => `\n${deeper}${nodeText(node, deeper)}`).join('')
  return `<${tag}>${lines}\n${indent}</${nameText(name)}>`
}

/** @param names how often the element has them; XML has each once */
function attributeText({ name, values }: TreeAttribute, names: Map<string, number>): string {
  const text = values.map(({ type, value }) => textOf(type, value)).join('')
  const told = nameText(name)
  let own = told
  for (let n = names.get(told) ?? 1; names.has(own); n += 1) {
    own = `${told}-${n + 1}`
    names.set(told, n + 1)
  }
  names.set(own, 1)
  return ` ${own}="${escaped(text).replace(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)}"`
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

/** XML 1.0 §2.3: what a name begins with, and what else it has. Logs that were recovered have names of junk. */
const nameStart =
  ':A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd\\u{10000}-\\u{effff}'
const noName = new RegExp(`[^${nameStart}0-9.\\u00b7\\u0300-\\u036f\\u203f\\u2040-]`, 'gu')
const noStart = new RegExp(`^[^${nameStart}]|^$`, 'u')

function nameText(name: string): string {
  const text = name.replace(noName, '_')
  return noStart.test(text) ? `_${text}` : text
}
