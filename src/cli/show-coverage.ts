import type { ClassState, Evidence, HostCoverage, Obstacle } from '../telemetry/index.ts'
import { troublesOf, worstFirst } from '../telemetry/index.ts'
import type { Output } from './output.ts'
import { grouped, printable, styled, table } from './output.ts'

type Shown = { readonly host?: string; readonly limit: number }

/** So much of one host is shown; `--host` shows all. */
const mostTroubles = 6
const mostChannels = 8
const mostRemedies = 12
const mostReasons = 12

/** Worst first: the whole of a collection as one table, then hosts, then what to switch on. */
export function showCoverage(output: Output, all: readonly HostCoverage[], evidence: Evidence, shown: Shown): void {
  const hosts = worstFirst(all)
  if (output.json) showForMachines(output, hosts)
  else if (hosts.length === 0)
    output.line(
      shown.host === undefined
        ? 'There are no Windows events in this store, so nothing can be answered about any host.'
        : `There are no events of a Windows host called ${printable(shown.host)}, so nothing can be answered about it.`,
    )
  else showForPeople(output, hosts, evidence, shown)
}

function showForMachines(output: Output, hosts: readonly HostCoverage[]): void {
  for (const host of hosts) {
    const { host_name, events, first_seen, last_seen, silences, clocks, limits } = host
    const troubles = troublesOf(host)
    output.record({ type: 'host', host_name, events, first_seen, last_seen, troubles, silences, clocks, limits })
    for (const channel of host.channels) output.record({ type: 'channel', host_name, ...channel })
    for (const sign of host.signs) output.record({ type: 'sign', host_name, ...sign })
    for (const setting of host.settings) output.record({ type: 'setting', host_name, ...setting })
    for (const one of host.classes) output.record({ type: 'class', host_name, ...one })
  }
}

function showForPeople(output: Output, hosts: readonly HostCoverage[], evidence: Evidence, shown: Shown): void {
  const whole = shown.host !== undefined
  for (const line of classTable(hosts, evidence)) output.line(line)
  for (const host of hosts.slice(0, shown.limit)) showHost(output, host, evidence, whole)
  const left = hosts.length - shown.limit
  if (left > 0)
    output.line(
      styled(output, 'dim', `\n${grouped(left)} more hosts are not shown: --limit ${hosts.length}, or --json.`),
    )
  showRemedies(output, hosts, evidence)
}

function classTable(hosts: readonly HostCoverage[], { classes }: Evidence): readonly string[] {
  const rows = classes.map(({ analytic, id, question }) => {
    const states = hosts.flatMap(host =>
      host.classes.filter(one => one.class === id && one.analytic === analytic).map(({ state }) => state),
    )
    const count = (wanted: string) => grouped(states.filter(state => state === wanted).length)
    if (states.length === 0)
      return [`${analytic} ${id}`, '-', '-', '-', `no host is known to be one that this concerns: ${question}`]
    return [`${analytic} ${id}`, count('seen'), count('answerable'), count('not_answerable'), question]
  })
  const header = [`hosts: ${grouped(hosts.length)}`, 'seen', 'answerable, nothing seen', 'not answerable', 'question']
  return table(header, rows, 100)
}

function showHost(output: Output, host: HostCoverage, evidence: Evidence, whole: boolean): void {
  const most = (limit: number) => (whole ? Number.POSITIVE_INFINITY : limit)
  const name = host.host_name === '' ? '(no name)' : printable(host.host_name)
  output.line(
    `\n${styled(output, 'bold', name)}  ${grouped(host.events)} events from ${minute(host.first_seen)} to ${minute(host.last_seen)}`,
  )
  const troubles = troublesOf(host)
  for (const { kind, what, since } of troubles.slice(0, most(mostTroubles)))
    output.line(
      `  ${styled(output, 'red', kind.padEnd(8))}${since === '' ? '' : `${minute(since)} `}${printable(what)}`,
    )
  leftOut(output, troubles.length - most(mostTroubles), 'more of these')
  for (const limit of host.limits) output.line(`  ${styled(output, 'dim', printable(limit))}`)
  const rows = [...host.channels]
    .sort((a, b) => b.events - a.events)
    .map(({ channel, picked, events, events_per_day, days, first_seen, last_seen, silences }) => [
      `${picked ? 'picked: ' : ''}${channel === '' ? '(no name)' : channel}`,
      grouped(events),
      grouped(Math.round(events_per_day)),
      String(days),
      minute(first_seen),
      minute(last_seen),
      grouped(Math.max(0, ...silences.map(({ hours }) => hours))),
    ])
  const header = ['channel', 'events', 'a day', 'days', 'first', 'last', 'longest silence, h']
  for (const line of table(header, rows.slice(0, most(mostChannels)))) output.line(`  ${line}`)
  leftOut(output, rows.length - most(mostChannels), 'more channels')
  showClasses(output, host, evidence)
  if (!whole) return
  showSettings(output, host)
  showReasons(output, host, evidence)
}

function showSettings(output: Output, { settings }: HostCoverage): void {
  const rows = settings.map(({ setting, state, proof }) => [setting, state.replace('_', ' '), proof])
  for (const line of table(['setting', 'state', 'by what'], rows, 120)) output.line(`  ${line}`)
}

function showClasses(output: Output, host: HostCoverage, evidence: Evidence): void {
  const named = (state: ClassState['state']) => host.classes.filter(one => one.state === state)
  const list = (states: readonly ClassState[]) =>
    states.map(one => `${one.analytic} ${one.class}${one.obstacles.length > 0 ? '*' : ''}`).join(', ')
  const seen = named('seen')
  if (seen.length > 0) output.line(`  ${styled(output, 'green', 'seen')}: ${list(seen)}`)
  if (seen.some(({ obstacles }) => obstacles.length > 0))
    output.line('    * and more of it may have gone unseen: --host NAME says why')
  const answerable = named('answerable')
  if (answerable.length > 0)
    output.line(`  ${styled(output, 'green', 'answerable, nothing seen')}: ${list(answerable)}`)
  const open = named('not_answerable')
  if (open.length > 0) output.line(`  ${styled(output, 'yellow', 'not answerable')}:`)
  for (const { analytic, class: id, obstacles } of open)
    output.line(`    ${analytic} ${id}: ${shortly(obstacles, evidence)}`)
}

/** Each setting once, with what is wrong with it. */
function shortly(obstacles: readonly Obstacle[], { settings }: Evidence): string {
  const words = {
    missing: 'not shown to be on',
    partial: 'tells only part of it',
    silent: 'silent for a time',
    hidden: 'a log was cleared or events lost',
  }
  const told = obstacles.flatMap(({ kind, setting }) =>
    kind === 'host' ? [] : [`${settings.get(setting)?.title ?? setting} (${words[kind]})`],
  )
  const whole = obstacles.some(({ kind }) => kind === 'host') ? ['the whole host silent for a time'] : []
  return [...new Set([...told, ...whole])].join('; ')
}

/** Every reason, with what would mend it, and when a "no" holds all the same. */
function showReasons(output: Output, host: HostCoverage, { classes }: Evidence): void {
  for (const { analytic, class: id, state, obstacles, answerable } of host.classes.filter(hasObstacle)) {
    const question = classes.find(one => one.id === id && one.analytic === analytic)?.question ?? ''
    output.line(`  ${styled(output, 'bold', `${analytic} ${id}`)} (${state.replace('_', ' ')}): ${question}`)
    const own = obstacles.filter(({ kind }) => kind !== 'host')
    for (const { part, why, remedy } of own.slice(0, mostReasons)) {
      output.line(`    ${part === '' ? '' : `${part}: `}${printable(why)}`)
      output.line(styled(output, 'dim', `        ${printable(remedy)}`))
    }
    if (own.length > mostReasons)
      output.line(styled(output, 'dim', `    ${grouped(own.length - mostReasons)} more reasons: --json`))
    if (own.length < obstacles.length) output.line('    the whole host was silent, as said above')
    const periods = answerable.map(({ from, until }) => `${minute(from)} to ${minute(until)}`)
    if (periods.length > 0) output.line(`    a "no" holds from ${periods.slice(-3).join(', and from ')}`)
  }
}

function hasObstacle({ obstacles }: ClassState): boolean {
  return obstacles.length > 0
}

/** What to switch on, by how many hosts need it. */
function showRemedies(output: Output, hosts: readonly HostCoverage[], { settings }: Evidence): void {
  const needed = new Map<string, Set<string>>()
  for (const { host_name, classes } of hosts)
    for (const { setting, remedy } of classes.flatMap(({ state, obstacles }): readonly Obstacle[] =>
      state === 'not_answerable' ? obstacles : [],
    ))
      if (settings.get(setting)?.remedy === remedy)
        needed.set(setting, (needed.get(setting) ?? new Set()).add(host_name))
  if (needed.size === 0) return
  const ordered = [...needed].sort(([a, some], [b, others]) => others.size - some.size || (a < b ? -1 : 1))
  output.line(`\n${styled(output, 'bold', 'What would make it answerable')} (docs/telemetry.md)`)
  for (const [id, on] of ordered.slice(0, mostRemedies)) {
    const { title = id, remedy = '', verified = false } = settings.get(id) ?? {}
    output.line(
      `  on ${grouped(on.size)} of ${grouped(hosts.length)}: ${title}${verified ? '' : ' (not verified by us)'}`,
    )
    output.line(`      ${remedy}`)
  }
  leftOut(output, ordered.length - mostRemedies, 'more settings')
}

function leftOut(output: Output, count: number, what: string): void {
  if (count > 0) output.line(styled(output, 'dim', `  ${grouped(count)} ${what}: --host NAME, or --json`))
}

/** `2026-03-01 07:12`, UTC. */
function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ')
}
