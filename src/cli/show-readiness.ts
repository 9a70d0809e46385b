import type { LogReadiness } from '../telemetry/index.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled, table } from './output.ts'

/** So many shared addresses are shown; `--json` has all. */
const mostShared = 5

/** What logs of networks, proxies and servers tell, what they leave out, and the line to add. Nothing where there are none. */
export function showReadiness(output: Output, readiness: LogReadiness): void {
  const { sources, needs, shared, skews } = readiness
  if (output.json) {
    for (const source of sources) output.record({ type: 'log', ...source })
    for (const { need, ...met } of needs)
      output.record({
        type: 'readiness',
        analytic: need.analytic,
        code: need.code,
        needs: need.title,
        least: need.least,
        without: need.without,
        ...met,
      })
    for (const address of shared) output.record({ type: 'shared_address', code: 'NAT_SHARED', ...address })
    for (const skew of skews) output.record({ type: 'clock_skew', ...skew })
    return
  }
  if (sources.length === 0) return
  output.line(`\n${styled(output, 'bold', 'Logs of networks, proxies and servers')}`)
  const rows = sources.map(one => [
    printable(one.source),
    one.direction === '' ? one.kind : `${one.kind} ${one.direction}`,
    grouped(one.records),
    percent(one.accepted),
    grouped(one.networks),
    `${grouped(one.hours)} of ${grouped(one.span_hours)}`,
    `${one.first_seen.slice(0, 16)} to ${one.last_seen.slice(0, 16)}`,
  ])
  for (const line of table(['source', 'what', 'records', 'accepted', 'networks', 'hours', 'from to'], rows, 100))
    output.line(line)
  const missing = needs.filter(({ met }) => !met)
  if (missing.length > 0) output.line(`\n${styled(output, 'bold', 'What these logs leave out')}`)
  for (const { need, source, records, having, remedy } of missing) {
    output.line(
      `  ${styled(output, 'red', need.code)}  ${printable(source)}: ${need.title} stands in ${percent(having / Math.max(1, records))} of ${grouped(records)} records.`,
    )
    output.line(`    ${need.without}`)
    output.line(`    ${styled(output, 'dim', need.verified ? 'add:' : 'add (not verified):')} ${printable(remedy)}`)
  }
  if (shared.length > 0) {
    const [{ address = '', users = 0, fingerprints = 0 } = {}] = shared
    output.line(
      `  ${styled(output, 'red', 'NAT_SHARED')}  ${grouped(new Set(shared.map(one => one.address)).size)} addresses stand for many people or programs, such as ${printable(address)} with ${grouped(users)} users and ${grouped(fingerprints)} TLS fingerprints on one day.`,
    )
    const names = [...new Set(shared.map(one => one.address))].slice(0, mostShared)
    output.line(
      `    They are: ${names.map(printable).join(', ')}. Read the log of the proxy or of the translation to know who it was.`,
    )
  }
  for (const { source, other, requests, seconds, spread } of skews)
    if (Math.abs(seconds) >= 2)
      output.line(
        `  ${styled(output, 'red', 'CLOCK_SKEW')}  ${printable(other)} is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ${printable(source)}, by ${grouped(requests)} requests that both saw (nine of ten within ${spread} s).`,
      )
}

function percent(share: number): string {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
