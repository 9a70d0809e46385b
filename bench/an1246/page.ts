import type { Verdict } from '../../src/model/index.ts'
import { urgency } from '../../src/model/index.ts'
import type { Found } from './hunt-fresh.ts'
import { asksForReading, isAlarm, readingOf, readingOfTogether } from './readings.ts'
import type { AllTogether, HuntedRow, Pairing } from './scenes.ts'

export type Results = {
  readonly alone: readonly HuntedRow[]
  readonly together: readonly Pairing[]
  readonly all?: AllTogether | undefined
}

/** What must not be: an alert in benign material, a review that nobody read, an attack that is lost among other events. */
export function faultsIn({ alone, together, all }: Results): readonly string[] {
  const benign = alone.filter(({ kind }) => kind === 'benign')
  const alarms = benign.flatMap(({ path, findings }) =>
    findings.filter(isAlarm).map(one => `${path}: ${one.verdict} in benign material: ${one.summary}`),
  )
  const unread = alone
    .filter(
      ({ path, kind, findings }) =>
        readingOf(path) === undefined && (kind === 'trust' || findings.some(asksForReading)),
    )
    .map(({ path, findings }) => `${path}: nobody has read why it gives ${verdictsOf(findings)}`)
  const lost = together.flatMap(({ attack, background, findings }) => {
    const before = mostUrgent(alone.find(({ path }) => path === attack)?.findings ?? [])
    const after = findings.filter(one => !isOf(one, alone, background))
    return before !== undefined && mostUrgent(after) === undefined ? [`${attack}: lost in ${background}`] : []
  })
  const noise = (all?.before ?? [])
    .filter(isAlarm)
    .map(one => `all recordings together: ${one.verdict}: ${one.summary}`)
  const unreadTogether = (all?.before ?? [])
    .filter(one => asksForReading(one) && readingOfTogether(one) === undefined)
    .map(one => `all recordings together: nobody has read why this is ${one.verdict}: ${one.summary}`)
  return [...alarms, ...unread, ...lost, ...noise, ...unreadTogether]
}

/** Whether a finding was there before the attack was put beside it: the same host, classes and first event. */
function isOf(found: Found, alone: readonly HuntedRow[], background: string): boolean {
  const before = alone.find(({ path }) => path === background)?.findings ?? []
  return before.some(one => sameFinding(one, found))
}

function sameFinding(a: Found, b: Found): boolean {
  return a.first_seen === b.first_seen && a.hosts.join() === b.hosts.join() && a.classes.join() === b.classes.join()
}

/** docs/detection-results.md. Nothing in it depends on the machine or the day. */
export function pageOf(results: Results): string {
  const { alone, together, all } = results
  const read = alone.filter(({ windows_events }) => windows_events > 0)
  const silent = alone.filter(one => one.path.startsWith('windows/') && one.windows_events === 0)
  const section = (kind: HuntedRow['kind']) => read.filter(one => one.kind === kind)
  return `# What AN1246 finds in the public corpus

<!-- Written by bench/an1246/run.ts; a change made here is lost. The readings are in bench/an1246/readings.ts. -->

Every row of the corpus' MANIFEST.tsv was hunted in a fresh store. ${alone.length} rows, ${read.length} of which have events of
Windows; the other ${alone.length - read.length} have none, and AN1246 finds nothing in them. What pivots claim over the
corpus' certificates is in [pivot-results.md](pivot-results.md).

${overview(alone)}

## Attacks on trust

A sample is mostly one record, or one procedure, out of its context: most classes of evidence are not in it.

| row | shows | events | findings | most urgent: score, classes, rules, techniques |
|---|---|--:|---|---|
${section('trust').map(attackRow).join('\n')}

Why each gives what it gives:

${section('trust')
  .map(({ path }) => `- \`${nameOf(path)}\`: ${readingOf(path) ?? 'nobody has read it.'}`)
  .join('\n')}

## Attacks among other events

Each of these samples once more, as if it had happened on a host and at a time of a recording of OTRF: the name of the host
and all times were changed, and the log was written anew as an event log. Both are in one store.

| attack | among | host, time | alone | the recording alone | both |
|---|---|---|---|---|---|
${together.map(one => pairingRow(one, alone)).join('\n')}
${all === undefined ? '' : allTogether(all)}
## Attacks that leave trust alone

What is found in them is a part of what AN1246 looks for: a program that nobody signed, a Run key.

| row | shows | events | findings | most urgent: score, classes, rules, techniques |
|---|---|--:|---|---|
${section('other').map(attackRow).join('\n')}

## Benign to AN1246

The recordings of OTRF are of other attacks; what they do to certificate stores is Windows' own work. Payloads that ran in
them unsigned from a profile are told as \`informational\`: they are one class of evidence.

| row | events | findings | most urgent: score, classes, rules, techniques |
|---|--:|---|---|
${section('benign')
  .map(({ path, windows_events, findings }) =>
    row([`\`${shortly(path)}\``, String(windows_events), verdictsOf(findings), urgent(findings)]),
  )
  .join('\n')}

${explained(section('benign'))}
## Rows of Windows without events

${silent.map(({ path }) => `- \`${shortly(path)}\``).join('\n')}
`
}

const kinds = { trust: 'attacks on trust', other: 'other attacks', benign: 'benign to AN1246' } as const
const told = ['incident', 'alert', 'review', 'lead', 'informational'] as const satisfies readonly Verdict[]

function overview(alone: readonly HuntedRow[]): string {
  const rows = (['trust', 'other', 'benign'] as const).map(kind => {
    const own = alone.filter(one => one.kind === kind && one.windows_events > 0)
    const findings = own.flatMap(one => one.findings)
    const counts = told.map(verdict => String(findings.filter(one => one.verdict === verdict).length))
    const events = own.reduce((sum, one) => sum + one.windows_events, 0)
    return row([kinds[kind], String(own.length), String(events), ...counts])
  })
  return `| rows with events of Windows | rows | events | ${told.join(' | ')} |\n|---|--:|--:|${told.map(() => '--:').join('|')}|\n${rows.join('\n')}`
}

function attackRow({ path, technique, truth, windows_events, findings }: HuntedRow): string {
  const shows = [technique, truth].filter(text => text !== '').join(': ')
  return row([
    `\`${nameOf(path)}\``,
    shows.slice(0, 120),
    String(windows_events),
    verdictsOf(findings),
    urgent(findings),
  ])
}

function pairingRow(pairing: Pairing, alone: readonly HuntedRow[]): string {
  const { attack, background, computer, at, left_out, findings } = pairing
  const of = (path: string) => alone.find(one => one.path === path)?.findings ?? []
  const own = findings.filter(one => !isOf(one, alone, background))
  const rest = findings.length - own.length
  const both = `${own.length === 0 ? 'none of the attack' : `${verdictsOf(own)} of the attack (${urgent(own)})`}${rest === 0 ? '' : `, ${rest} as before`}`
  const note = left_out === 0 ? '' : ` (${left_out} records could not be written anew)`
  return row([
    `\`${nameOf(attack)}\`${note}`,
    `\`${nameOf(background)}\``,
    `${computer}, ${at}`,
    verdictsOf(of(attack)),
    verdictsOf(of(background)),
    both,
  ])
}

function allTogether({ recordings, attacks, windows_events, before, after }: AllTogether): string {
  const fresh = after.filter(one => !before.some(other => sameFinding(one, other)))
  const kept = before.filter(one => after.some(other => sameFinding(one, other)))
  return `
All ${recordings} recordings in one store give ${verdictsOf(before)}. With the ${attacks} attacks among them, ${windows_events} events in all,
there are ${verdictsOf(fresh)} more, and ${kept.length} of the ${before.length} findings from before are as they were:

| host | verdict | score, classes, rules, techniques |
|---|---|---|
${fresh.map(one => row([one.hosts[0] ?? '', one.verdict, urgent([one])])).join('\n')}

${before
  .filter(asksForReading)
  .map(
    one =>
      `The ${one.verdict} without an attack on trust, on ${one.hosts[0] ?? ''}: ${readingOfTogether(one) ?? 'nobody has read it.'}\n\n`,
  )
  .join('')}More hosts make what only one of them has count more, so an attack may weigh more here than alone.
`
}

function explained(rows: readonly HuntedRow[]): string {
  const asking = rows.filter(({ findings }) => findings.some(asksForReading))
  if (asking.length === 0) return 'There is no alert and no incident, and no review to explain.\n'
  return `Why each review is one:\n\n${asking.map(({ path }) => `- \`${shortly(path)}\`: ${readingOf(path) ?? 'nobody has read it.'}`).join('\n')}\n`
}

function mostUrgent(findings: readonly Found[]): Found | undefined {
  return findings.toSorted((a, b) => urgency(b.verdict) - urgency(a.verdict) || b.score - a.score)[0]
}

function urgent(findings: readonly Found[]): string {
  const one = mostUrgent(findings)
  if (one === undefined) return ''
  const rules = one.rules.length === 0 ? '' : `; ${one.rules.join(', ')}`
  return `${one.score}; ${one.classes.join(' + ')}${rules}; ${one.techniques.join(', ')}`
}

function verdictsOf(findings: readonly Found[]): string {
  const counts = told.map(verdict => [verdict, findings.filter(one => one.verdict === verdict).length] as const)
  const parts = counts.filter(([, count]) => count > 0).map(([verdict, count]) => `${count} ${verdict}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function shortly(path: string): string {
  return path.replace(/^windows\//, '')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}
