import type { HostCoverage } from './coverage.ts'
import { hourOf } from './hours.ts'
import type { SeenSign } from './signs.ts'

/** Something about a host's telemetry that somebody should look at. The worst kind first. */
export type Trouble = {
  readonly kind: 'cleared' | 'lost' | 'silent' | 'stopped' | 'clock' | 'changed'
  readonly what: string
  /** ISO 8601 UTC; empty when it has no single time. */
  readonly since: string
  /** Of the event that says so, where there is one. */
  readonly event_uid?: string
}

/** In the order of their weight. */
const kinds = ['cleared', 'lost', 'silent', 'stopped', 'clock', 'changed'] as const satisfies readonly Trouble['kind'][]

/** The worst kind first, and the newest first of each kind. */
export function troublesOf(host: HostCoverage): readonly Trouble[] {
  const silent = host.channels.flatMap(({ channel, silences }) =>
    silences
      .filter(({ real }) => real)
      .map(
        (gap): Trouble => ({
          kind: 'silent',
          what: `${channel} is silent until ${gap.until} (${gap.hours} h), while the host spoke elsewhere in ${gap.meanwhile} of these hours`,
          since: gap.from,
        }),
      ),
  )
  const gone = host.silences
    .filter(({ why }) => why === 'unknown')
    .map(
      ({ from, until, hours }): Trouble => ({
        kind: 'silent',
        what: `the whole host is silent until ${until} (${hours} h), and nothing says that it was off`,
        since: from,
      }),
    )
  const clocks = host.clocks.map((what): Trouble => ({ kind: 'clock', what, since: '' }))
  const troubles = [...host.signs.flatMap(sign => ofSign(sign, host.signs)), ...silent, ...gone, ...clocks]
  return troubles.sort(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.since < b.since ? 1 : a.since > b.since ? -1 : 0),
  )
}

function ofSign(sign: SeenSign, all: readonly SeenSign[]): readonly Trouble[] {
  const { effect, title, seen } = sign
  if (effect === 'started' || effect === 'shut_down') return []
  // The event log service stops whenever Windows does.
  const ends = new Set(
    all
      .filter(one => one.effect === 'started' || one.effect === 'shut_down')
      .flatMap(one => one.seen.map(({ event_time }) => hourOf(event_time))),
  )
  return seen
    .filter(({ event_time }) => effect !== 'stopped' || !near(ends, hourOf(event_time)))
    .map(({ event_time, event_uid, channel, details }): Trouble => {
      const told = Object.entries(details).map(([name, value]) => `${name} ${value}`)
      const about = effect === 'cleared' && !title.includes(channel) ? [`log ${channel}`] : []
      const more = [...about, ...told]
      return {
        kind: effect,
        what: more.length === 0 ? title : `${title} (${more.join(', ')})`,
        since: event_time,
        event_uid,
      }
    })
}

function near(hours: ReadonlySet<number>, hour: number): boolean {
  return [hour - 1, hour, hour + 1].some(one => hours.has(one))
}

/** Hosts with the worst troubles first, then those that can answer least, then by name. */
export function worstFirst(hosts: readonly HostCoverage[]): readonly HostCoverage[] {
  const weighed = hosts.map(host => {
    const troubles = troublesOf(host)
    const counts = kinds.map(kind => troubles.filter(one => one.kind === kind).length)
    const open = host.classes.filter(({ state }) => state === 'not_answerable').length
    return { host, weights: [...counts.slice(0, 3), open, ...counts.slice(3)] }
  })
  const order = (a: readonly number[], b: readonly number[]) =>
    a.map((weight, at) => (b[at] ?? 0) - weight).find(difference => difference !== 0) ?? 0
  return weighed
    .sort((a, b) => order(a.weights, b.weights) || (a.host.host_name < b.host.host_name ? -1 : 1))
    .map(({ host }) => host)
}
