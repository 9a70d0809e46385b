import { gatesVersion } from '../corroborate/index.ts'
import type { CaseLogEntry, KeptEntry } from '../model/index.ts'
import type { LeadReport } from './investigate.ts'

export type Transition = {
  readonly certificate_id: string
  readonly before: string | undefined
  readonly entry: CaseLogEntry<'lead'>
}

/** What changed since it was last kept: another state, or ready to escalate now. The same again is kept once. */
export function transitionsOf(
  reports: readonly LeadReport[],
  kept: readonly KeptEntry<'lead'>[],
  { by, seed }: { readonly by: string; readonly seed: string },
): readonly Transition[] {
  const last = new Map(kept.map(({ subject, entry }) => [subject, entry]))
  return reports.flatMap(report => {
    const { certificate_id } = report.subject
    const before = last.get(certificate_id)
    const { state, ready_to_escalate } = report.decision
    const isSame = before?.state === state && before.ready_to_escalate === ready_to_escalate
    // A person's word stands while what it stood on does.
    const stands = before?.state === 'ESCALATED' && state === 'CORROBORATED' && ready_to_escalate
    return isSame || stands ? [] : [{ certificate_id, before: before?.state, entry: entryOf(report, by, seed) }]
  })
}

function entryOf(
  { subject, decision, items, behaviours, assertions, from, until }: LeadReport,
  by: string,
  seed: string,
): CaseLogEntry<'lead'> {
  const evidence = [...items.map(({ item }) => item.event_uid), ...behaviours.flatMap(one => one.evidence)]
  const cut = (texts: readonly string[]) => texts.slice(0, 50).map(text => text.slice(0, 4000))
  return {
    ...{ state: decision.state, ready_to_escalate: decision.ready_to_escalate, by, seed, from, until },
    subject: subject.subject.slice(0, 4000),
    confidence: Math.min(1, Math.max(0, subject.confidence)),
    because: cut(decision.because),
    needs: cut(decision.needs),
    evidence: [...new Set(evidence)].slice(0, 50).map(one => one.slice(0, 200)),
    asserted: assertions.filter(({ state }) => state === 'observed').map(({ technique }) => technique),
    gates_version: gatesVersion,
  }
}
