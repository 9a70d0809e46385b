import type { App } from '../app.ts'
import { shipped } from '../config.ts'
import type { Answer, CaseAnswer } from '../detect/index.ts'
import { casesOf, runDetections, storeIntel } from '../detect/index.ts'
import type { Approval } from '../model/index.ts'
import { loadEvidence } from '../telemetry/index.ts'
import { hostAnswers } from './host-answers.ts'

export type Hunted = { readonly answers: readonly Answer[]; readonly cases: readonly CaseAnswer[] }

/** Runs every detection over what an app's store holds, and puts together what hangs together. */
export async function huntThrough(
  app: App,
  signal: AbortSignal,
  analytic?: string,
  approvals: readonly Approval[] = [],
): Promise<Hunted> {
  const store = await app.events()
  const intel = app.intel()
  await storeIntel(store, intel)
  const options = { intelSnapshot: intel.snapshot, signal }
  const isAsked = (one: { readonly analytic: string }) => analytic === undefined || one.analytic === analytic
  const answers: Answer[] = []
  for await (const answer of runDetections(store, app.detections().filter(isAsked), options)) answers.push(answer)
  const evidence = loadEvidence(shipped('analytics'))
  const cases: CaseAnswer[] = []
  for (const correlation of app.correlations().filter(isAsked)) {
    const answersOf = (hosts: readonly string[]) => hostAnswers(store, evidence, correlation.analytic, hosts, signal)
    cases.push(await casesOf(store, correlation, answers, { ...options, answersOf, approvals }))
  }
  return { answers, cases }
}
