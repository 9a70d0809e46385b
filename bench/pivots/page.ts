import { execFileSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { packs } from '../corpus-s/index.ts'
import { baselineNames, baselineTitles } from './baselines.ts'
import { mostError } from './choose.ts'
import type { Run } from './figures.ts'
import type { CoverageResult, Measured, PackResult } from './measured.ts'
import { fHalfOf, precisionOf, recallOf } from './metrics.ts'
import type { Tally } from './outcome.ts'
import { definitions } from './page-definitions.ts'
import { ablations } from './product.ts'
import type { Tuning } from './tune.ts'

/** Precision that is aimed at, by coverage of the lists. */
const goals: Readonly<Record<number, number | undefined>> = { 0: 0.75, 0.6: 0.85, 0.9: 0.95 }

const leastRecall = 0.8

/** The whole of docs/benchmarks-pivot.md. */
export function pageOf(measured: Measured, tuning: Tuning, run: Run): string {
  const parts = [
    `# Benchmarks: pivots

<!-- Written by bench/pivots/run.ts; a change made here is lost. -->

How well certificates of one operator are found, on made-up worlds of which the truth is known (\`bench/corpus-s/\`).
Results say how methods compare, not what to expect in the field. What the words mean stands below.

${setup(measured, tuning, run)}`,
    gates(measured),
    ...measured.coverages.map(coverageTable),
    baselineTable(measured),
    ablationTable(measured),
    chosenTable(tuning),
    ...measured.coverages.filter(({ coverage }) => coverage === 0 || coverage === 0.6).map(causesTable),
    definitions,
  ]
  return `${parts.join('\n\n')}\n`
}

function setup({ worlds }: Measured, tuning: Tuning, run: Run): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim()
  const changed = git('status', '--porcelain', 'src/pivots', 'src/x509', 'bench/pivots', 'bench/corpus-s') !== ''
  const lines = [
    ['machine', `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB`],
    ['Node.js', process.version],
    ['commit', `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes not committed' : ''}`],
    ['date', new Date().toISOString().slice(0, 10)],
    ['took', `${Math.round(run.minutes)} minutes`],
    [
      'settings',
      tuning.candidates === 0
        ? 'as shipped'
        : `chosen on seeds ${run.tuningSeeds.join(', ')}; ${tuning.tried} of ${tuning.candidates} candidates were tried`,
    ],
    ['reported on', `seeds ${run.reportSeeds.join(', ')}, scale ${run.scale}`],
    ['seeds of a pack', run.perPack >= 100_000 ? 'all' : `at most ${run.perPack} in each world, drawn`],
    ['certificates', worlds.map(({ certificates }) => certificates).join(', ')],
    ['owners', worlds.map(({ owners }) => owners).join(', ')],
  ]
  return `| | |\n|---|---|\n${lines.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}`
}

function gates({ coverages }: Measured): string {
  const lines = coverages.map(({ coverage, packs: of, pooled, calibrationError, averagePrecision, asShipped }) => {
    const won = of.filter(({ advantage }) => advantage.low > 0).length
    const goal = goals[coverage]
    const cells = [
      `${percent(coverage)} %`,
      `${won} of ${of.length}${verdict(won === of.length)}`,
      `${pooled.leaksTold}${verdict(pooled.leaksTold === 0)}`,
      pooled.leaksUntold,
      `${fixed(calibrationError)}${verdict(calibrationError <= mostError)}`,
      `${fixed(recallOf(pooled, 'direct'))}${verdict(recallOf(pooled, 'direct') >= leastRecall)}`,
      `${fixed(recallOf(pooled, 'own'))}${verdict(recallOf(pooled, 'own') >= leastRecall)}`,
      fixed(recallOf(pooled, 'all')),
      fixed(fHalfOf(pooled)),
      fixed(averagePrecision),
      goal === undefined ? fixed(precisionOf(pooled)) : `${fixed(precisionOf(pooled))} (goal ${goal})`,
      `${fixed(precisionOf(asShipped))} / ${fixed(recallOf(asShipped, 'direct'))}`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  return `## Gates and goals

Every pack with the settings that were chosen without it.

| lists known | packs where F0.5 is above the best baseline | operator leaks, told | untold | calibration error | recall of reachable pairs | of own | of all | F0.5 | PR-AUC | precision | as shipped: precision / recall |
|---|---|---|---|--:|---|---|---|--:|--:|--:|---|---|
${lines.join('\n')}

Gates: every pack, with the lower bound of the 95 % interval above 0; no leak; error at most ${mostError}; recall at least ${leastRecall.toFixed(2)}, shown
for all reachable pairs and for those joined by something of the operator's own: the others can only be claimed by a leak.
As shipped: the product's own settings, leads from .60.`
}

function coverageTable({ coverage, packs: of, pooled, calibrationError, averagePrecision }: CoverageResult): string {
  const line = ({ pack, tally, advantage, bestBaseline, ...one }: PackResult) => [
    pack,
    ...figures(tally),
    fixed(one.averagePrecision),
    fixed(one.precisionAt20),
    fixed(one.calibrationError),
    `${bestBaseline.name} ${fixed(bestBaseline.fHalf)}`,
    `${signed(advantage.low)} … ${signed(advantage.high)}${advantage.low > 0 ? '' : ' **FAIL**'}`,
  ]
  const all = ['**all**', ...figures(pooled), fixed(averagePrecision), '', fixed(calibrationError), '', '']
  return `## Lists known: ${percent(coverage)} %

| pack | seeds | precision | recall: reachable | own | within 2 hops | all | F0.5 | false / seed | leaks told + untold | PR-AUC | P@20 | error | best baseline | advantage, 95 % |
|---|--:|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|---|---|
${[...of.map(line), all].map(cells => `| ${cells.join(' | ')} |`).join('\n')}`
}

function figures(tally: Tally): readonly (string | number)[] {
  return [
    tally.seeds,
    fixed(precisionOf(tally)),
    fixed(recallOf(tally, 'direct')),
    fixed(recallOf(tally, 'own')),
    fixed(recallOf(tally, 'within')),
    fixed(recallOf(tally, 'all')),
    fixed(fHalfOf(tally)),
    (tally.falsePositives / Math.max(1, tally.seeds)).toFixed(1),
    `${tally.leaksTold} + ${tally.leaksUntold}`,
  ]
}

function baselineTable({ baselines }: Measured): string {
  const lines = baselineNames.map(name => {
    const { pooled, byPack } = baselines[name]
    const each = packs.map(pack => {
      const tally = byPack.get(pack)
      return tally === undefined ? '' : fixed(fHalfOf(tally))
    })
    return `| ${[name, fixed(precisionOf(pooled)), fixed(recallOf(pooled, 'direct')), fixed(fHalfOf(pooled)), ...each].join(' | ')} |`
  })
  return `## Baselines

${baselineNames.map(name => `- **${name}**: ${baselineTitles[name]}.`).join('\n')}

None of them knows lists. F0.5 by pack:

| | precision | recall | F0.5 | ${packs.join(' | ')} |
|---|--:|--:|--:|${packs.map(() => '--:').join('|')}|
${lines.join('\n')}`
}

function ablationTable(measured: Measured): string {
  const lines = measured.ablations.map(({ ablation, coverage, tally, full, worst }) => {
    const change = (of: (tally: Tally) => number) => `${fixed(of(full))} → ${fixed(of(tally))}`
    const recall = change(one => recallOf(one, 'direct'))
    const leaks = `${full.leaksTold} → ${tally.leaksTold}`
    return `| ${[ablation, `${percent(coverage)} %`, change(precisionOf), recall, change(fHalfOf), leaks, worst].join(' | ')} |`
  })
  return `## What each part is worth

${Object.entries(ablations)
  .map(([name, what]) => `- without **${name}**: ${what}.`)
  .join('\n')}

Over half of the seeds, with the settings chosen for the whole.

| without | lists known | precision | recall of reachable pairs | F0.5 | leaks, told | pack that loses most |
|---|---|---|---|---|---|---|
${lines.join('\n')}`
}

function chosenTable({ byPack }: Tuning): string {
  const lines = [...byPack].map(([pack, { turned, threshold, variant }]) => {
    const map = variant.calibration.map(([score, probability]) => `${fixed(score)}→${fixed(probability)}`)
    const decay = variant.settings.hop_decay ?? 'shipped'
    return `| ${[pack, turned.join(', ') || 'none', decay, threshold, map.join(' ') || 'none'].join(' | ')} |`
  })
  return `## Settings chosen

For each pack, from all others. What is not named is as shipped.

| left out | turned | hop decay | threshold | calibration |
|---|---|--:|--:|---|
${lines.join('\n')}`
}

function causesTable({ coverage, causes: { falseClaims, missed } }: CoverageResult): string {
  const top = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 25)
      .map(([line, count]) => `| ${count} | ${line} |`)
      .join('\n')
  return `## Errors, lists known: ${percent(coverage)} %

False claims, by what they rest on (how many owner groups share it):

| claims | pack | roles | relation |
|--:|---|---|---|
${top(falseClaims)}

Reachable pairs that were missed:

| pairs | pack | joined by | what became of it |
|--:|---|---|---|
${top(missed)}`
}

const percent = (share: number) => Math.round(share * 100)
const verdict = (met: boolean) => (met ? ' ✓' : ' ✗')
const signed = (value: number) => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value))}`

/** `.93`; nothing where there is nothing. */
function fixed(value: number): string {
  if (Number.isNaN(value)) return '–'
  return value.toFixed(2).replace(/^0(?=\.)/, '')
}
