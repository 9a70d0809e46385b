import { join } from 'node:path'
import type { MappedSource } from '../../src/mapping/index.ts'
import { isMapped } from '../../src/mapping/index.ts'
import type { Evidence, EvidenceClass, Setting, Sign } from '../../src/telemetry/index.ts'
import { loadEvidence } from '../../src/telemetry/index.ts'
import { checkout } from '../prepare.mjs'
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
    return `# Telemetry

${generatedNote}

What Windows must tell so that a question can be answered, which fields of the [dictionary](dictionary.md#windows_event) it
fills, and how to switch it on. \`counterseal coverage\` compares a store with this page: per host it says which questions
its logs can answer, and what is in the way. The page is made from \`analytics/*/evidence.yaml\`.

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

It does not say that nobody switched a rule off and on again between two events, that what was forwarded is what was
written, or that a rule or SACL covers more than the place that it was seen to cover.
${analytics.map(analytic => analyticSection(analytic, evidence)).join('')}
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

## From which fields of a record

The same for every class. Told from the text of the mappings: that a name stands behind a field does not say how it is used.

What stands around an event, by source:

| source | ${system.map(code).join(' | ')} |
|---|${system.map(() => '---').join('|')}|
${windows.map(sourceRow).join('\n')}

Inside of the event, by the names that Windows and Sysmon give them, as [windows-event.sql](../sources/windows-event.sql)
takes them; several names stand for several events. \`fields\` has all of them as they were told. \`host_name\` and
\`message\` are of the first table.

| field | names in the event |
|---|---|
${dataRows(evidence, windows).join('\n')}
`
  },
}

function analyticSection(analytic: string, evidence: Evidence): string {
  const classes = evidence.classes.filter(one => one.analytic === analytic)
  return `
## ${analytic}
${classes.map(one => classSection(one, evidence)).join('')}`
}

function classSection(
  { id, title, question, source, applies_when, witnesses }: EvidenceClass,
  evidence: Evidence,
): string {
  const rows = witnesses.map(witness => {
    const setting = evidence.settings.get(witness.setting)
    if (setting === undefined) return ''
    const { provider, channel, event_ids, fields } = setting
    const role =
      witness.adds === undefined
        ? `answers${witness.part === undefined ? '' : `: ${witness.part}`}`
        : `adds ${witness.adds}`
    const places = witness.shows.length === 0 ? 'any' : witness.shows.map(code).join(' ')
    return `| ${code(setting.id)} | ${cell(provider)} | ${cell(channel)} | ${event_ids.join(', ')} | ${places} | ${fields.map(code).join(' ')} | ${cell(role)} |`
  })
  const only =
    applies_when === undefined
      ? ''
      : ` Asked only of hosts with an event of ${applies_when.map(code).join(', ')}: for the others it is no question.`
  return `
### ${code(id)}

**${cell(title)}.** ${cell(question)} From: ${cell(source)}.${only}

| setting | provider | channel | event ids | counts when it has | fills | role |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`
}

function settingRow({ id, provider, channel, event_ids, proof, everyday, remedy, source, verified }: Setting): string {
  const by = everyday.length === 0 ? proof : `${proof}, everyday: ${everyday.map(code).join(' ')}`
  return `| ${code(id)} | ${cell(provider)} | ${cell(channel)} | ${event_ids.join(', ')} | ${by} | ${cell(remedy)} | ${cell(source)}${verified ? '' : ' (not verified)'} |`
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

/** Fields that any setting fills, each with the names in the event data that stand behind it in the common ending. */
function dataRows({ settings }: Evidence, windows: readonly MappedSource[]): readonly string[] {
  const source = windows.find(({ ending }) => ending?.name === 'windows-event')
  if (source?.ending === undefined) return []
  const whole = source.ending.steps.join(',\n').replaceAll(/\bdata\['([^']+)'\]/g, '"$1"')
  const steps = [withPlaces(whole)]
  const names = new Set([...whole.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name))
  const origins = originsOf({
    ...source,
    ending: { ...source.ending, steps },
    fields: [...names].map(path => ({ path, type: 'string', required: false })),
  })
  const filled = [...new Set([...settings.values()].flatMap(({ fields }) => fields))]
  return filled.flatMap(field => {
    const found = origins.get(field) ?? []
    return found.length === 0 ? [] : [`| ${code(field)} | ${found.map(code).join(' ')} |`]
  })
}

/**
 * A mapping works on some fields at once, as a list: `[a, b]) AS paths, paths[1] AS x`. So that x is not said to
 * come from b, each place of such a list gets a name of its own.
 */
function withPlaces(mapping: string): string {
  const lists = [...mapping.matchAll(/\[([^[\]]*(?:\[[^[\]]*\][^[\]]*)*)\]\)\s+AS\s+(\w+)/g)].map(
    ([, list = '', name = '']) => ({
      name,
      places: placesOf(list),
    }),
  )
  return lists.reduce((text, { name, places }) => {
    const used = text.replaceAll(new RegExp(`\\b${name}\\[(\\d+)\\]`, 'g'), `${name}_$1`)
    return [used, ...places.map((place, at) => `${place} AS ${name}_${at + 1}`)].join(',\n')
  }, mapping)
}

/** Cuts at the commas that stand in no bracket. */
function placesOf(list: string): readonly string[] {
  const places: string[] = []
  let [depth, start] = [0, 0]
  for (const [at, character] of [...list].entries()) {
    if ('(['.includes(character)) depth += 1
    else if (')]'.includes(character)) depth -= 1
    else if (character === ',' && depth === 0) {
      places.push(list.slice(start, at))
      start = at + 1
    }
  }
  return [...places, list.slice(start)]
}
