import { nothingKnown } from '../facts.ts'
import { normalShapeOfName, shapeOfName } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Which attributes the issuer's name has, in which order: the habit of a library. */
export const issuerShape: Pivot = {
  name: 'issuer_shape',
  title: 'attribute types of the issuer, in order',
  row: 12,
  selectivity: 'S1',
  reliability: 0.02,
  group: 'shape',
  trap: 'It tells a program, not its user.',
  extract: ({ issuer }) => shapeOfName(issuer),
  normalise: normalShapeOfName,
  example: {
    facts: { ...nothingKnown, issuer: [{ type: 'CN', value: 'x', tag: 12 }] },
    values: ['cn'],
  },
}
