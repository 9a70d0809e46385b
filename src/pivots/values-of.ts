import type { CertificateFacts } from './facts.ts'
import { pivots } from './list.ts'
import { mostValues, type PivotValue } from './pivot.ts'

/** Every value of every attribute of a certificate: each once, at most {@link mostValues} of one attribute, in order. */
export function pivotValuesOf(facts: CertificateFacts): readonly PivotValue[] {
  const values: PivotValue[] = []
  for (const { name: attribute, extract } of pivots) {
    const extracted = extract(facts)
    if (extracted.length === 0) continue
    const [first = '', second = ''] = extracted
    if (extracted.length <= 2) {
      values.push({ attribute, value: first })
      if (extracted.length === 2 && first !== second) values.push({ attribute, value: second })
    } else for (const value of new Set(extracted.slice(0, mostValues))) values.push({ attribute, value })
  }
  return values
}

/**
 * Whose certificate it is, as far as it says: its smallest registrable domain, else nobody else's. Which owners belong
 * together is counted later (owner-groups.ts).
 */
export function ownerOf({ apexes }: CertificateFacts, certificateId: string): string {
  return apexes[0] ?? `certificate:${certificateId}`
}
