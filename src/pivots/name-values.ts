import type { CertificateFacts, NameFact } from './facts.ts'
import { normalName, readNameText, typeKey } from './name-text.ts'
import { isShortened, normalText, shortened } from './normal-text.ts'

/** What attributes of names have in common: how their values are read out of facts and out of pasted text. */

/** Every value of one attribute type, as {@link typeKey} names it, that says anything. */
export function valuesOfType(name: readonly NameFact[] | undefined, type: string): readonly string[] {
  if (name === undefined) return []
  const values: string[] = []
  for (const attribute of name) {
    if (typeKey(attribute.type) !== type) continue
    const value = normalText(attribute.value)
    if (value !== '') values.push(shortened(value))
  }
  return values
}

/** A value of a name as somebody types it. */
export function normalValue(text: string): string {
  return shortened(normalText(text))
}

/** A name as it is stored; nothing for one that is empty or unknown. */
export function wholeName(name: readonly NameFact[] | undefined): readonly string[] {
  return name === undefined || name.length === 0 ? [] : [shortened(normalName(name))]
}

/** A name as somebody types it, in any form that is read. Text that is no name stays as it is compared. */
export function normalWholeName(text: string): string {
  const short = normalText(text)
  if (isShortened(short)) return short
  const attributes = readNameText(text)
  return attributes.length === 0 ? shortened(short) : shortened(normalName(attributes))
}

/**
 * Attribute types in the order of the DER: `c,st,o,cn`. Only of what was read from bytes, which have string tags: the
 * text of a sensor does not tell its order.
 */
export function shapeOfName(name: CertificateFacts['subject']): readonly string[] {
  if (name === undefined || name.length === 0) return []
  let shape = ''
  for (const { type, tag } of name) {
    if (tag === undefined) return []
    shape = shape === '' ? typeKey(type) : `${shape},${typeKey(type)}`
  }
  return [shortened(shape)]
}

export function normalShapeOfName(text: string): string {
  return normalText(text).replaceAll(', ', ',')
}
