import type { Canary, Hits } from '../canary/index.ts'
import type { Output } from './output.ts'
import { printable, styled, table } from './output.ts'

/** A canary is laid out anew after so many days: certificates run short, and a renewal is a publication more. */
const rotateAfterDays = 45
const leastOfDomain = 3

export function showCreated(output: Output, apex: string, made: readonly Canary[]): void {
  if (output.json) {
    for (const one of made) output.record({ type: 'canary', ...one })
    return
  }
  output.line(`Into the zone of ${apex}, twins included:`)
  output.line('')
  for (const line of zoneLines(made)) output.line(line)
  output.line('')
  output.line('Then, for each of the first names, and for none of the twins:')
  for (const one of made) output.line(`  ${one.id.slice(0, 8)}  ${one.fqdn}`)
  for (const line of rules) output.line(`- ${line}`)
}

/** Address records of the names and their twins, relative to no zone. */
export function zoneLines(canaries: readonly Canary[]): readonly string[] {
  return canaries.flatMap(({ fqdn, control_fqdn, sensor_addresses }) =>
    [fqdn, control_fqdn].flatMap(name =>
      sensor_addresses.map(address => `${name}. 300 IN ${address.includes(':') ? 'AAAA' : 'A'} ${address}`),
    ),
  )
}

/** Specification T1596.003 §3.3: each of them closes a way by which the name would be known without a log. */
const rules = [
  'have a certificate issued by DNS-01 only, and take the _acme-challenge record out again: validators of HTTP-01 visit the name',
  'do not install the certificate anywhere: a server that shows it to whoever asks without a name tells it to every scanner',
  'different authorities for different names: their certificates go to different logs',
  'the zone may not be copied (AXFR) or walked (NSEC), and no mail, page, document, suffix list or scanner of yours may have the names',
  'at most five names a week of one domain: authorities limit what they issue',
  'then: counterseal canary published ID ./certificate.pem --by YOU',
]

export function showCanaries(output: Output, canaries: readonly Canary[], now: Date): void {
  if (output.json) {
    for (const one of canaries) output.record({ type: 'canary', ...one })
    return
  }
  if (canaries.length === 0) {
    output.line('No canaries were laid out here: counterseal canary create DOMAIN.')
    return
  }
  const rows = canaries.map(one => [
    one.id.slice(0, 8),
    one.fqdn,
    one.lure,
    one.published_at ?? 'not known',
    adviceFor(one, now),
  ])
  for (const line of table(['canary', 'name', 'lure', 'published', 'what to do'], rows, 60)) output.line(line)
  for (const apex of new Set(canaries.map(one => one.apex))) {
    const alive = canaries.filter(
      one => one.apex === apex && one.retired_at === undefined && one.published_at !== undefined,
    ).length
    if (alive < leastOfDomain)
      output.line(
        styled(
          output,
          'yellow',
          `${apex}: ${alive} alive; with fewer than ${leastOfDomain} a hit says little of who else reads the logs`,
        ),
      )
  }
}

function adviceFor({ retired_at, published_at }: Canary, now: Date): string {
  if (retired_at !== undefined) return `retired ${retired_at.slice(0, 10)}`
  if (published_at === undefined) return 'tell its certificate: counterseal canary published'
  const days = Math.floor((now.getTime() - Date.parse(published_at)) / 86_400_000)
  return days > rotateAfterDays ? `${days} days old: retire it and lay out another` : ''
}

export function showHits(output: Output, canaries: readonly Canary[], { hits, attribution }: Hits): void {
  if (output.json) {
    for (const one of hits) output.record({ type: 'canary_hit', ...one })
    output.record({ type: 'canary_attribution', canaries: canaries.length, ...(attribution ?? { share: null }) })
    return
  }
  const rows = hits.map(one => [
    one.event_time.slice(0, 19),
    one.class,
    one.layer,
    one.source_address,
    one.after === undefined ? '' : `${one.after} s`,
    one.fqdn,
    printable(one.request === '' ? one.user_agent : `${one.request} ${one.user_agent}`),
  ])
  if (rows.length === 0) output.line('Nobody asked for a canary, as far as the logs that were read say.')
  else
    for (const line of table(['time (UTC)', 'class', 'by', 'source', 'after', 'name', 'what'], rows, 40))
      output.line(line)
  if (attribution !== undefined)
    output.line(
      `They read the logs, or somebody who does told them: ${percent(attribution.share)} (${percent(attribution.low)} to ${percent(attribution.high)}), by how often twins were asked for.`,
    )
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`
}
