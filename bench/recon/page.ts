import { cell } from '../../scripts/generators/generator.ts'
import { urgency } from '../../src/model/index.ts'
import { daysOfAttacks } from './attack-sessions.ts'
import type { HuntedSet, Told } from './hunt-set.ts'
import { warmDays } from './hunt-set.ts'
import { readingOf } from './readings.ts'

const begins =
  '<!-- T1596.003: written by bench/recon/run.ts; a change made here is lost. The readings are in bench/recon/readings.ts. -->'

/** The page with this section in the place of the one it had. It stands last. */
export function withSection(page: string, section: string): string {
  const at = page.indexOf(begins)
  const before = (at === -1 ? page : page.slice(0, at)).trimEnd()
  return `${before}\n\n${begins}\n\n${section}`
}

/** What bench/an1246 keeps when it writes the page anew. */
export function sectionIn(page: string): string {
  const at = page.indexOf(begins)
  return at === -1 ? '' : `\n${page.slice(at)}`
}

/** Everything from a lead on asks somebody to look. */
export function asksForSomebody({ verdict }: Told): boolean {
  return urgency(verdict) >= urgency('lead')
}

const leastFound = 0.9

export function faultsIn(results: readonly HuntedSet[]): readonly string[] {
  const unread = results.flatMap(({ name, cold, warm }) =>
    [...cold.findings, ...warm.findings]
      .filter(one => asksForSomebody(one) && readingOf(name, one) === undefined)
      .map(
        ({ detection_id, verdict, summary }) =>
          `${name}: nobody has read why ${detection_id} gives ${verdict}: ${summary}`,
      ),
  )
  const share = foundShare(results)
  return [...unread, ...(share < leastFound ? [`${percent(share)} of the attack sessions are found`] : [])]
}

function foundShare(results: readonly HuntedSet[]): number {
  const all = results.flatMap(({ places }) => places.flatMap(({ attacks }) => attacks))
  return all.length === 0 ? 1 : all.filter(({ found }) => found).length / all.length
}

/** Upper end of the one-sided 95 % interval of a Poisson count, by bisection. */
export function upperBound(count: number): number {
  const atMost = (mean: number) => {
    let [term, sum] = [Math.exp(-mean), 0]
    for (let k = 0; k <= count; k += 1) {
      sum += term
      term *= mean / (k + 1)
    }
    return sum
  }
  let [low, high] = [count, count + 10 + 10 * Math.sqrt(count + 1)]
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2
    if (atMost(middle) > 0.05) low = middle
    else high = middle
  }
  return high
}

export function sectionOf(results: readonly HuntedSet[]): string {
  const rows = results.flatMap(set => [rowOf(set, 'cold'), rowOf(set, 'warm')])
  const told = results.flatMap(({ name, cold, warm }) =>
    [
      ...cold.findings.map(one => ({ one, past: 'none' })),
      ...warm.findings.map(one => ({ one, past: `${warmDays} days` })),
    ]
      .filter(({ one }) => asksForSomebody(one))
      .map(
        ({ one, past }) =>
          `| ${cell(name)} | ${past} | ${one.detection_id} | ${one.verdict}, ${one.score} | ${cell(one.summary.slice(0, 240))} | ${cell(readingOf(name, one) ?? 'nobody has read it')} |`,
      ),
  )
  const detections = [
    ...new Set(results.flatMap(({ places }) => places.flatMap(({ attacks }) => attacks.map(one => one.detection_id)))),
  ].sort()
  const attacks = detections.map(id => {
    const all = results.flatMap(({ places }) =>
      places.flatMap(one => one.attacks.filter(({ detection_id }) => detection_id === id)),
    )
    const found = all.filter(one => one.found).length
    return `| ${id} | ${new Set(all.map(({ name }) => name)).size} | ${all.length} | ${found} | ${percent(found / all.length)} |`
  })
  return `# What T1596.003 finds in real traffic

Sets of the corpus whose labels say that nobody in them looked certificates up to harm anybody, each in a fresh store: once as
it is, without a past, and once behind ${warmDays} days of the same traffic at the same hours. What is counted asks somebody to look: a lead, or more.
Times that count from zero (Slips) are moved to 2 March 2026. The bound is the upper end of a one-sided 95 % interval (Poisson), for 100,000 sessions.

| set | past | sessions | findings that ask for somebody | bound per 100,000 sessions | notes | detections that could answer |
|---|---|--:|--:|--:|--:|--:|
${rows.join('\n')}

${told.length === 0 ? 'Nothing asks for anybody.' : `Each of them was looked at:\n\n| set | past | detection | verdict, score | says | why it is there |\n|---|---|---|---|---|---|\n${told.join('\n')}`}

## Attack sessions in this traffic

A session is a case of a detection's own fixture that tells of networks alone and asks for somebody. At each of ${results[0]?.places.length ?? 0} seeded
places in each set one session of each detection is drawn and given addresses of hosts in the traffic; it ends at a time within the traffic, on
one of the last ${daysOfAttacks} days, with its own past before it. The sessions of a place are in one store, behind ${warmDays} days of
past. A session is found when its detection tells of an address and a time of it: ${percent(foundShare(results))} are, ${results.map(one => `${percent(foundShare([one]))} in ${one.name}`).join(', ')}.

| detection | different sessions | placed | found | share |
|---|--:|--:|--:|--:|
${attacks.join('\n')}

What is missed, as far as we looked: \`status-asked-without-tls\` tells of addresses that use no TLS, and the host that is drawn mostly uses it. Rules that
compare (\`client-failing\`, \`handshakes-failing\`, \`server-name-absent\`) do not tell a session from what its host or the others do anyway: in
WRCCDC, a competition full of scans, a fifth of all checks and most handshakes of whole networks fail. \`destinations-above-usual\` counts by the hour of the
clock, which parts some sessions. Slips is four minutes of two hosts a day, so that the sessions of a place meet one another on the
same addresses, and for \`issuer-of-one-segment\` its networks run out of hosts.
`
}

function rowOf(set: HuntedSet, which: 'cold' | 'warm'): string {
  const { findings, evaluable, detections } = set[which]
  const asking = findings.filter(asksForSomebody).length
  const bound = (upperBound(asking) / Math.max(1, set.sessions)) * 100_000
  return `| ${cell(set.name)} | ${which === 'cold' ? 'none' : `${warmDays} days`} | ${set.sessions} | ${asking} | ${bound.toFixed(bound < 10 ? 2 : 0)} | ${findings.length - asking} | ${evaluable} of ${detections} |`
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
