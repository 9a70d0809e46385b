import type { Correlation } from '../../src/correlate/index.ts'
import { cell, code, type Generator, generatedNote } from './generator.ts'
import { shippedCorrelations, shippedDetections } from './shipped.ts'

/** How observations become cases, for every analytic that correlates. */
export const correlation: Generator = {
  path: 'docs/correlation.md',
  generate: async () => `# Correlation

${generatedNote}

Some analytics do not judge single events. Their detections observe; what hangs together on one host is weighed together and
becomes one finding. Two observations hang together when a path of joins leads from one to the other, the weakest of which is
strong enough. The order in which evidence arrives makes no difference, and every score
is the sum of the contributions that the finding tells. All figures are data: analytics/<analytic>/correlation.yaml. docs/decisions/0015 says why it is built so.
${shippedCorrelations().map(sectionOf).join('')}`,
}

function sectionOf(correlation: Correlation): string {
  const { analytic, title, classes, joins, standalone, verdicts, score, rarity, loose, strength } = correlation
  return `
## ${analytic}

**${title}.** Version ${correlation.version}.

| class | what | detections | events so far apart may belong together | |
|---|---|---|---|---|
${Object.entries(classes)
  .map(
    ([name, one]) =>
      `| ${code(name)} | ${cell(one.title)} | ${detectionsOf(analytic, name)} | ${span(one.reach)} | ${notesOf(one)} |`,
  )
  .join('\n')}

| join | strength | because | within | joins nothing |
|---|---|---|---|---|
${Object.entries(joins)
  .map(
    ([name, one]) =>
      `| ${code(name)} | ${one.strength} | ${cell(one.because)} | ${windowOf(one.window)} | ${one.common.map(code).join(', ')} |`,
  )
  .join('\n')}

Joins of ${strength} and more connect; those of ${loose.strength} and more do where ${loose.classes} classes come together within ${span(loose.window)}.

Of each class the heaviest observation counts whole and every other one ${score.others} of its points, ${score.class_cap} at most. Where
${score.order.classes} classes follow one another in the order above, ${score.order.points} are added. With ${rarity.hosts} hosts and ${rarity.days} days of history, what only one
host has counts ${rarity.first} times, and what ${rarity.common.share * 100} % of them have had for ${rarity.common.days} days ${rarity.common.factor} times; with less, nothing is rare.

| verdict | score from | classes | decides trust |
|---|--:|--:|---|
${verdicts.map(one => `| ${one.verdict} | ${one.from} | ${one.classes} | ${one.decides_trust ? 'yes' : ''} |`).join('\n')}

Enough by itself:

| rule | what | verdict | because | approvals |
|---|---|---|---|---|
${Object.entries(standalone)
  .map(
    ([rule, one]) =>
      `| ${rule} | ${cell(one.title)} | ${one.verdict} | ${cell(one.because)} | ${one.never_approved ? 'change nothing' : ''} |`,
  )
  .join('\n')}
`
}

function detectionsOf(analytic: string, name: string): string {
  const own = shippedDetections().filter(one => one.analytic === analytic && one.observes?.class === name)
  return own.map(({ id }) => `[${id}](detections.md#${id.replaceAll('/', '')})`).join(', ')
}

function notesOf({ needs_company, lingers, beside }: Correlation['classes'][string]): string {
  const notes = [
    ...(needs_company ? ['counts for nothing until something of another class is joined to it'] : []),
    ...(lingers > 0 ? [`joined for ${span(lingers)} after it ended`] : []),
    ...(beside === undefined
      ? []
      : [
          `no class of its own: stands beside ${beside.classes.map(code).join(' and ')} of ${beside.from} points and more, within ${span(beside.window)}`,
        ]),
  ]
  return notes.join('; ')
}

function windowOf(window: Correlation['joins'][string]['window']): string {
  if (window === 'any') return 'any time'
  return window === 'class' ? 'the reach of the classes' : span(window)
}

function span(seconds: number): string {
  if (seconds % 86_400 === 0 && seconds > 0) return seconds === 86_400 ? '24 hours' : `${seconds / 86_400} days`
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`
}
