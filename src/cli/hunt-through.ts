import type { App } from '../app.ts'
import { baselineStates, describeState, rateExceedances, refreshBaselines } from '../baseline/index.ts'
import { shipped } from '../config.ts'
import type { Answer, CaseAnswer, Rates } from '../detect/index.ts'
import { casesOf, runDetections, storeIntel } from '../detect/index.ts'
import type { Approval } from '../model/index.ts'
import { loadEvidence } from '../telemetry/index.ts'
import { hostAnswers } from './host-answers.ts'

export type Hunted = { readonly answers: readonly Answer[]; readonly cases: readonly CaseAnswer[] }

/**
 * Takes what was read into the baselines, and works out who did more than usual. The day that counts as today is that of the machine:
 * an event from after it has a broken clock.
 */
export async function ratesOf(app: App, signal: AbortSignal): Promise<Rates> {
  const store = await app.events()
  const baselines = app.baselines()
  const asked = { intelSnapshot: (await app.siteIntel()).snapshot, now: new Date(), signal }
  await refreshBaselines(store, baselines, asked)
  const snapshot = await rateExceedances(store, baselines, asked)
  const states = await baselineStates(store, baselines, asked.intelSnapshot)
  return {
    snapshot,
    states: new Map(
      states.map(state => [
        state.baseline.id,
        { evaluable: state.state === 'evaluable', because: describeState(state) },
      ]),
    ),
  }
}

/** Runs every detection over what an app's store holds, and puts together what hangs together. */
export async function huntThrough(
  app: App,
  signal: AbortSignal,
  analytic?: string,
  approvals: readonly Approval[] = [],
): Promise<Hunted> {
  const store = await app.events()
  const intel = await app.siteIntel()
  await storeIntel(store, intel)
  const options = { intelSnapshot: intel.snapshot, signal, rates: await ratesOf(app, signal) }
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
