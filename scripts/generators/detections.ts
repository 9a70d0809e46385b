import type { Detection, Telemetry } from '../../src/detect/index.ts'
import { describeTelemetry } from '../../src/detect/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { shippedDetections } from './shipped.ts'

/** Every detection, in order of id. */
export const detections: Generator = {
  path: 'docs/detections.md',
  generate: async () => {
    const all = shippedDetections()
    return `# Detections

${generatedNote}

What a hunt looks for. The score of a finding is the sum of the points below, held between 0 and 100; the verdict is the
last step that the score reaches. What a detection only observes is weighed with what others observe:
[correlation.md](correlation.md) says how. [verdicts.md](verdicts.md) says what the verdicts mean,
[PHILOSOPHY.md](../PHILOSOPHY.md) why they are few. To add a detection: [CONTRIBUTING.md](../CONTRIBUTING.md#add-a-detection).

| detection | analytic | techniques | title |
|---|---|---|---|
${all.map(rowOf).join('\n')}
${all.map(sectionOf).join('')}`
  },
}

function rowOf({ id, analytic, techniques, title }: Detection): string {
  return `| [${id}](#${anchorOf(id)}) | ${analytic} | ${techniques.map(one => one.id).join(', ')} | ${cell(title)} |`
}

/** As GitHub makes it of a heading. */
function anchorOf(id: string): string {
  return id.replaceAll('/', '')
}

function sectionOf(detection: Detection): string {
  const { id, uuid, version, title, analytic, techniques, description, references, verdicts, would_change, observes } =
    detection
  const signals = Object.entries(detection.signals).map(
    ([name, { points, because, standalone, decides_trust }]) =>
      `| ${code(name)} | ${points} | ${cell(because)}${standalone === undefined ? '' : ` Enough by itself: ${standalone}.`}${decides_trust === true ? ' Decides trust.' : ''} |`,
  )
  const steps = verdicts.map(({ from, verdict }) => `from ${from} **${verdict}**`).join(', ')
  return `
## ${id}

**${title}.** ${analytic}, version ${version}, ${code(uuid)}.
${techniques.length === 0 ? '' : `Techniques: ${techniques.map(one => `${one.id} ${one.name}`).join(', ')}.\n`}
${description.trim()}

The question is [query.sql](../detections/${id}/query.sql); the meaning is [detection.yaml](../detections/${id}/detection.yaml).

| signal | points | because |
|---|---|---|
${signals.join('\n')}

${observes === undefined ? `Verdict: ${steps}` : `Observes ${code(observes.class)}, a ${observes.lasts === 'state' ? 'state that lasts until it is ended' : 'thing that happens'}: [correlation.md](correlation.md) gives the verdict`}.
${exceptions(detection)}${settings(detection)}
What it looks at. When nothing of this was read that could answer, it says "unknown".

| telemetry | shows | without it, not seen | to have it |
|---|---|---|---|
${detection.sees.map(telemetryRow).join('\n')}

What would change the verdict:

${would_change.map(change => `- ${change}`).join('\n')}

Made from:

${references.map(reference => `- ${reference}`).join('\n')}
`
}

function telemetryRow(telemetry: Telemetry): string {
  const { shows, context, without, remedy } = telemetry
  const adds = context ? ' (only adds to a finding)' : ''
  return `| ${describeTelemetry(telemetry)} | ${cell(shows)}${adds} | ${cell(without)} | ${cell(remedy)} |`
}

function exceptions({ except }: Detection): string {
  const entries = Object.entries(except)
  if (entries.length === 0) return '\nIt has no exceptions.\n'
  const rows = entries.map(
    ([name, { values, because }]) => `| ${code(name)} | ${values.map(code).join(', ')} | ${cell(because)} |`,
  )
  return `
Left alone:

| exception | values | because |
|---|---|---|
${rows.join('\n')}
`
}

function settings(detection: Detection): string {
  const entries = Object.entries(detection.settings)
  if (entries.length === 0) return ''
  const rows = entries.map(
    ([name, setting]) => `| ${code(name)} | ${setting.default} | ${cell(setting.unit)} | ${cell(setting.because)} |`,
  )
  return `
| setting | value | unit | because |
|---|---|---|---|
${rows.join('\n')}
`
}
