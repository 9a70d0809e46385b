import { pivots } from '../../../pivots/index.ts'
import type { Field, Reading } from '../condition.ts'

/** Attributes that are stored: some are only worked out when certificates are compared. */
export const storedPivots = pivots.filter(({ example }) => example.values.length > 0)

/** What sensors tell and bytes do not: it may stand under a provisional id only. */
const fromSensors: ReadonlySet<string> = new Set(['host', 'jarm', 'ja4x'])

/** `pivot.<attribute>`: any value that certificates can share, by the key of certificate_pivot. One field for each. */
export const pivotFields: readonly Field[] = storedPivots.map(({ name, title, example }) => ({
  name: `pivot.${name}`,
  finds: `that share a value: ${title}`,
  example: `pivot.${name}:${quoted(example.values[0] ?? '')}`,
  equals: value => withValueOf([name], value),
}))

export const apex: Field = {
  name: 'apex',
  finds: 'with a name at or below a registrable domain',
  example: 'apex:example.com',
  equals: value => withValueOf(['apex'], value),
}

/** Certificates that have the value under one of the attributes, in the form in which each is stored. */
export function withValueOf(attributes: readonly string[], value: string): Reading {
  return {
    condition: bind => {
      const pairs = attributes.map(
        name =>
          `(${bind('String', name)}, ${bind('String', pivots.find(one => one.name === name)?.normalise(value) ?? value)})`,
      )
      const test = `(attribute, value) IN (${pairs.join(', ')})`
      return {
        on: attributes.some(name => fromSensors.has(name)) ? 'met' : 'ids',
        select: `SELECT certificate_id FROM certificate_pivot WHERE ${test}`,
      }
    },
  }
}

function quoted(text: string): string {
  return /[\s()"]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : text
}
