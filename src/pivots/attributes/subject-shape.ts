import { nothingKnown } from '../facts.ts'
import { normalShapeOfName, shapeOfName } from '../name-values.ts'
import type { Pivot } from '../pivot.ts'

/** Which attributes the subject has, in which order: the habit of a library. */
export const subjectShape: Pivot = {
  name: 'subject_shape',
  title: 'attribute types of the subject, in order',
  row: 12,
  selectivity: 'S1',
  reliability: 0.02,
  group: 'shape',
  trap: 'It tells a program, not its user.',
  extract: ({ subject }) => shapeOfName(subject),
  normalise: normalShapeOfName,
  example: {
    facts: {
      ...nothingKnown,
      subject: [
        { type: 'C', value: 'US', tag: 19 },
        { type: 'emailAddress', value: 'x@mail.example', tag: 22 },
      ],
    },
    values: ['c,emailaddress'],
  },
}
