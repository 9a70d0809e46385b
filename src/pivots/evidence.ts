import type { Evidence } from './edge.ts'
import type { RuleAction } from './rule.ts'

/** What a value counts for when a rule of this action explains it. */
export const evidenceOf: Readonly<Record<RuleAction, Evidence>> = {
  platform: 'platform',
  pool: 'pool',
  device: 'product',
  security_tool: 'product',
  issuer0: 'nothing',
  kit: 'tool',
}

export const learnedActions = ['platform', 'pool', 'device'] as const

export type LearnedAction = (typeof learnedActions)[number]

/** The action of a learned row, which a store keeps as text. */
export function learnedAction(text: string): LearnedAction {
  return learnedActions.find(action => action === text) ?? 'platform'
}
