import type { LeadExport } from './lead-export.ts'
import { corroborated } from './lead-export.ts'

/**
 * A layer of ATT&CK Navigator, format 4.5: T1608.003 for what is related outside, other techniques only where the gates let them be said
 * (specification AN1972 §6.6, §7). A score is the highest confidence, of 100.
 */
export const leadNavigator: LeadExport = {
  name: 'navigator',
  title: 'ATT&CK Navigator: a layer of what may be said',
  file: 'counterseal-layer.json',
  *write({ reference, made_at, leads }) {
    const alive = leads.filter(({ state }) => state !== 'REFUTED' && state !== 'EXPIRED')
    const observed = new Map<string, number>()
    for (const { asserted, confidence, state } of alive)
      if (corroborated.has(state))
        for (const one of asserted) observed.set(one, Math.max(observed.get(one) ?? 0, confidence))
    const best = Math.max(0, ...alive.map(({ confidence }) => confidence))
    const technique = (techniqueID: string, score: number, comment: string) => ({
      techniqueID,
      score: Math.round(score * 100),
      comment,
      enabled: true,
    })
    const layer = {
      name: `Counterseal ${reference}`,
      versions: { attack: '18', navigator: '5.1.0', layer: '4.5' },
      domain: 'enterprise-attack',
      description: `${leads.length} certificates, made ${made_at.toISOString()}. A certificate match alone says T1608.003 of somebody outside, and nothing of this site.`,
      techniques: [
        ...(alive.length === 0
          ? []
          : [technique('T1608.003', best, `${alive.length} certificates related to the seed, outside`)]),
        ...[...observed].sort().map(([id, score]) => technique(id, score, 'observed here, by the gate of its state')),
      ],
      gradient: { colors: ['#ffffff', '#d95f0e'], minValue: 0, maxValue: 100 },
    }
    yield `${JSON.stringify(layer, undefined, 1)}\n`
  },
}
