import { join } from 'node:path'
import type { MappedSource } from '../../src/mapping/index.ts'
import { isMapped } from '../../src/mapping/index.ts'
import type { Evidence, EvidenceClass, Picked, Setting, Sign, Witness } from '../../src/telemetry/index.ts'
import { loadEvidence } from '../../src/telemetry/index.ts'
import { checkout } from '../prepare.mjs'
import type { EventNames } from './event-names.ts'
import { eventNames, sampleRows } from './event-names.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { originsOf } from './mapping-origins.ts'
import { shippedSources } from './shipped.ts'

/** What feeds what: per analytic and evidence class the Windows events, the fields they fill, and how to switch them on. */
export const telemetry: Generator = {
  path: 'docs/telemetry.md',
  generate: async () => {
    const evidence = loadEvidence(join(checkout, 'analytics'))
    const windows = shippedSources().filter(
      (source): source is MappedSource => isMapped(source) && source.kind === 'windows_event',
    )
    const analytics = [...new Set(evidence.classes.map(({ analytic }) => analytic))]
    const names = namesOf(evidence, windows)
    return `# Telemetry

${generatedNote}

What Windows, or a product on it, must tell so that a question can be answered, which fields of the
[dictionary](dictionary.md#windows_event) it fills out of which of its own, and how to switch it on. \`counterseal coverage\`
compares a store with this page: per host it says which questions its logs can answer, and what is in the way. The page is
made from \`analytics/*/evidence.yaml\`, \`products.yaml\` beside it, and the mappings and samples under \`sources/\`.

A question is **seen** when there are events of its class, **answerable** when there are none and there would be, had it
happened, and **not answerable** otherwise. "Answerable" needs a witness for every part of the class, and:

- the setting was on: by its proof in the table of settings below;
- the witness was not silent while its host spoke on. It counts as silent when, by the share of hours in which it usually
  speaks, chance would make such a silence once in a million; a witness of few hours (below 12) is only asked to have spoken
  within 24 hours of its host's first and last word;
- no log of it was cleared, and no events of it were lost;
- the whole host was not silent for unusually long with nothing that says that it was off.

Numbers of events are rows as stored: an event that was read out of two files counts twice. Of a channel at most 5,000
stretches of hours are looked at, and of a kind of sign the 100 newest on each host; where there are more, it says so.

**Tables of products** (Defender, Elastic Defend) are channels like event logs. A product is told of only on hosts where it
spoke. A witness that **says only yes** counts when it saw something; its silence proves nothing.

**Rows that somebody picked**, by a rule or a query, say what was, and never what was not: they count as seen, and turn no
"unknown" into "no", neither by themselves nor for a time of which no log was read. They stand apart, beside the log itself
where that was read, too. Whether a row was picked is known by its source:

| source | which rows | because | from |
|---|---|---|---|
${evidence.picked.map(pickedRow).join('\n')}

It does not say that nobody switched a rule off and on again between two events, that what was forwarded is what was
written, or that a rule or SACL covers more than the place that it was seen to cover.

In the tables of the classes, \`TargetObject\` → \`registry_key\` says that the event's own \`TargetObject\` feeds the field
\`registry_key\`. It is told from the text of the mappings, laid over the samples of the sources; where no sample fills the
field, by the text and the names that other events of the channel have. Whoever collected an event of Windows, the names are
those of Windows: mappings give them back.
${analytics.map(analytic => analyticSection(analytic, evidence, names)).join('')}
## Settings

\`channel\`: Windows writes these events wherever the channel is written at all, so the channel's own word is the proof.
\`events\`: one such event is the proof. \`selected\`: rules or SACLs select what is written; the proof is an event from the
place that is asked about, or one that nobody selects on purpose (everyday). "Not verified" means that the source does not
say all of it, or that it was not tried on a host of ours.

| setting | provider | channel | event ids | proof | to switch it on | from |
|---|---|---|---|---|---|---|
${[...evidence.settings.values()].map(settingRow).join('\n')}

## Signs that a host gives of its own telemetry

| sign | provider | channel | event id | what it means for answers |
|---|---|---|---|---|
${evidence.signs.map(signRow).join('\n')}

## What stands around an event

By source, in the record as it was collected. Told from the text of the mappings: that a name stands behind a field does not
say how it is used.

| source | ${system.map(code).join(' | ')} |
|---|${system.map(() => '---').join('|')}|
${windows.map(sourceRow).join('\n')}
`
  },
}

type Names = ReadonlyMap<string, EventNames>

/** By setting. */
function namesOf({ settings }: Evidence, windows: readonly MappedSource[]): Names {
  const rows = sampleRows(windows)
  const ending = windows.find(source => source.ending?.name === 'windows-event')?.ending?.steps.join(',\n') ?? ''
  const products = new Set([...settings.values()].flatMap(({ product = '' }) => product))
  const ofProduct = (list: string) => [...products].some(product => product !== '' && list.includes(`'${product}/'`))
  const mappings = windows.map(({ selectList }) => selectList).filter(ofProduct)
  return new Map([...settings.values()].map(setting => [setting.id, eventNames(setting, rows, ending, mappings)]))
}

function analyticSection(analytic: string, evidence: Evidence, names: Names): string {
  const classes = evidence.classes.filter(one => one.analytic === analytic)
  return `
## ${analytic}
${classes.map(one => classSection(one, evidence, names)).join('')}`
}

function classSection(
  { id, title, question, source, applies_when, witnesses }: EvidenceClass,
  evidence: Evidence,
  names: Names,
): string {
  const rows = witnesses.map(witness => {
    const setting = evidence.settings.get(witness.setting)
    if (setting === undefined) return ''
    const { provider, channel, event_ids } = setting
    return `| ${code(setting.id)} | ${cell(provider)} | ${cell(channel)} | ${idsOf(event_ids)} | ${fedBy(names.get(setting.id))} | ${cell(roleOf(witness))} |`
  })
  const only =
    applies_when === undefined
      ? ''
      : ` Asked only of hosts with an event of ${applies_when.map(code).join(', ')}: for the others it is no question.`
  return `
### ${code(id)}

**${cell(title)}.** ${cell(question)} From: ${cell(source)}.${only}

| setting | provider | channel or table | event ids | what feeds which field | role |
|---|---|---|---|---|---|
${rows.join('\n')}
${placesOf(witnesses, evidence)}`
}

/** What an event must have to count, once for all witnesses of which it is the same. */
function placesOf(witnesses: readonly Witness[], { settings }: Evidence): string {
  const sentences = witnesses.flatMap(({ setting, part, shows }) => {
    const subject = settings.get(setting)?.subject ?? ''
    const of = part === undefined ? '' : `, for ${part}`
    return shows.length === 0 ? [] : [`Counts${of} when ${code(subject)} has one of ${shows.map(code).join(' ')}`]
  })
  return [...new Set(sentences)].map(sentence => `\n${sentence}.\n`).join('')
}

function roleOf({ part, adds, yes_only }: Witness): string {
  if (adds !== undefined) return `adds ${adds}`
  const of = part === undefined ? '' : `: ${part}`
  return yes_only === undefined ? `answers${of}` : `says only yes${of}; ${yes_only}`
}

function idsOf(ids: readonly number[]): string {
  return ids.every(id => id === 0) ? '-' : ids.join(', ')
}

/** Fields that come from the same names together. */
function fedBy(told: EventNames | undefined): string {
  const groups = new Map<string, string[]>()
  for (const [field, names] of told?.names ?? []) {
    const from = names.length > 0 ? names.map(code).join(' ') : 'all of it'
    groups.set(from, [...(groups.get(from) ?? []), code(field)])
  }
  const lines = [...groups].map(([from, fields]) => `${from} → ${fields.join(' ')}`)
  const named = [...groups.keys()].some(from => from !== 'all of it')
  return [...lines, ...(named && told?.samples === 0 ? ['(no sample has it)'] : [])].join('<br>')
}

function pickedRow({ id, because, with: having, without, source, verified }: Picked): string {
  const which =
    having === undefined ? (without === undefined ? 'all' : `without ${code(without)}`) : `with ${code(having)}`
  return `| [${id}](sources.md#${id}) | ${which} | ${cell(because)} | ${cell(source)}${verified ? '' : ' (not verified)'} |`
}

function settingRow({ id, provider, channel, event_ids, proof, everyday, remedy, source, verified }: Setting): string {
  const by = everyday.length === 0 ? proof : `${proof}, everyday: ${everyday.map(code).join(' ')}`
  return `| ${code(id)} | ${cell(provider)} | ${cell(channel)} | ${idsOf(event_ids)} | ${by} | ${cell(remedy)} | ${cell(source)}${verified ? '' : ' (not verified)'} |`
}

const effects: Readonly<Record<Sign['effect'], string>> = {
  cleared: 'what stood in the log before is gone: nothing that this log witnesses is answerable for that time',
  lost: 'events are missing: nothing that this log witnesses is answerable for that hour',
  stopped: 'told, unless Windows stopped or started about then',
  changed: 'told: what is written may differ before and after',
  clock: 'told when the clock moved by a minute or more: times before and after do not compare',
  started: 'explains a silence of the host before it',
  shut_down: 'explains a silence of the host after it',
}

function signRow({ title, provider, channel, event_id, effect }: Sign): string {
  return `| ${cell(title)} | ${cell(provider)} | ${cell(channel)} | ${event_id} | ${effects[effect]} |`
}

/** Fields of what stands around an event. */
const system = ['event_time', 'channel', 'event_id', 'provider_name', 'host_name', 'record_id', 'message', 'fields']

function sourceRow(source: MappedSource): string {
  const origins = originsOf(source)
  const cells = system.map(field => shortly(origins.get(field) ?? []))
  return `| [${source.id}](sources.md#${source.id}) | ${cells.join(' | ')} |`
}

function shortly(paths: readonly string[]): string {
  if (paths.length === 0) return 'the record as a whole'
  return paths.length > mostPaths ? `${paths.length} fields` : paths.map(code).join(' ')
}

const mostPaths = 7
