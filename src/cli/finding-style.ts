import type { Verdict } from '../model/index.ts'
import type { Style } from './output.ts'

/** Verdicts that are coloured; the others are dim. */
export const verdictStyles: Readonly<Partial<Record<Verdict, Style>>> = {
  incident: 'red',
  alert: 'red',
  review: 'yellow',
  lead: 'cyan',
}
