import { median } from './measure.ts'
import type { Machine } from './report.ts'
import type { Measurement } from './volume.ts'
import type { Step, Volume } from './volume-child.ts'

/** Issue "Seams": the last gigabyte is read at least at this part of the speed of the first, below this much memory. */
const flatness = 0.9
const mostMegabytes = 2000

const speed = ({ bytes, seconds }: { readonly bytes: number; readonly seconds: number }) => bytes / 1e6 / seconds
const nothing: Step = { bytes: 0, seconds: 1, residentMegabytes: 0 }
const fixed = (value: number, digits = 0) => value.toFixed(digits)

export function volumePage(on: Machine, measurements: readonly Measurement[]): string {
  const parts = [
    `# Benchmarks: more than fits into memory

<!-- Written by bench/volume.ts; a change made here is lost. -->

What reading costs when there is much to read: memory, steadiness, what is left on the disk. Ratios hold from machine to
machine, absolute figures do not. Half of the bytes of the made-up large files are Zeek's JSON logs, half Windows events
from Winlogbeat, mixed line by line; the small files are Zeek's logs, JSON and tab-separated in turn.

| | |
|---|---|
| machine | ${on.processor}, ${on.cores} cores, ${on.memoryGigabytes} GB |
| Node.js | ${on.node} |
| engine | ${on.engine} |
| commit | ${on.commit}, ${on.date} |`,
    `## What was read

| evidence | limit | MB/s | records/s | files/s | peak memory MB | load before |
|---|---|---:|---:|---:|---:|---:|
${measurements.map(rowOf).join('\n')}`,
    `## What it leaves

Event tables alone. A part is a piece in which the engine keeps a table; it merges them in the background.

| evidence | rows | parts | parts per million records | disk, MB per million records | disk / evidence |
|---|---:|---:|---:|---:|---:|
${measurements.flatMap(leftOf).join('\n')}`,
    ...measurements.flatMap(stepsOf),
  ]
  return `${parts.join('\n\n')}\n`
}

function rowOf(one: Measurement): string {
  const limit = one.limit ?? 'none'
  if ('missing' in one) return `| ${one.name} | ${limit} | not measured: ${one.missing} | | | | |`
  const { volume } = one
  const cells = [speed(volume), volume.records / volume.seconds, volume.files / volume.seconds].map(n => fixed(n))
  return `| ${one.name} | ${limit} | ${cells.join(' | ')} | ${fixed(volume.peakMegabytes)} | ${fixed(one.load, 1)} |`
}

function leftOf(one: Measurement): readonly string[] {
  if ('missing' in one || one.volume.rows === 0) return []
  const { rows, parts, diskBytes, bytes } = one.volume
  const millions = rows / 1e6
  return [
    `| ${one.name} | ${rows.toLocaleString('en')} | ${parts} | ${fixed(parts / millions, 1)} | ${fixed(diskBytes / 1e6 / millions)} | ${fixed(diskBytes / bytes, 2)} |`,
  ]
}

/** Steps of a long reading: whether it is as fast, and as small, at the end as at the beginning. */
function stepsOf(one: Measurement): readonly string[] {
  const [first] = one.steps
  if (one.steps.length < 3 || first === undefined || 'missing' in one) return []
  const rates = one.steps.map(speed).map(rate => fixed(rate))
  const memory = one.steps.map(step => fixed(step.residentMegabytes))
  return [
    `## Step by step: ${one.name}${one.limit === undefined ? '' : `, ${one.limit}`}

${verdictOf(one.steps, one.volume)}

| | each ${fixed(first.bytes / 1e9, 2)} GB in turn |
|---|---|
| MB/s | ${rates.join(', ')} |
| resident MB at its end | ${memory.join(', ')} |`,
  ]
}

/** One step alone swings by a tenth on a machine that is shared; the middle of five does not. */
function verdictOf(steps: readonly Step[], { peakMegabytes }: Volume): string {
  const few = Math.min(5, Math.floor(steps.length / 2))
  const middle = (some: readonly Step[]) => median(some.map(speed))
  const [first, last] = [middle(steps.slice(0, few)), middle(steps.slice(-few))]
  const ratio = last / first
  const steady = ratio >= flatness ? 'steady' : `not steady (least: ${flatness})`
  const small = peakMegabytes < mostMegabytes ? 'within bounds' : `out of bounds (most: ${mostMegabytes} MB)`
  const alone = speed(steps.at(-1) ?? nothing) / speed(steps[0] ?? nothing)
  return `Median of the last ${few} steps / of the first ${few}: ${fixed(ratio, 2)}, ${steady}; the last step alone / the first alone: ${fixed(alone, 2)}. Peak memory ${fixed(peakMegabytes)} MB, ${small}.`
}
