import { accompanied, parted } from './beside.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'
import { byTime, inOrder } from './observation.ts'

/** A value that joins observations of one host: all of them that have it, near enough to one another. */
export type Joined = {
  readonly kind: string
  readonly value: string
  readonly strength: number
  readonly because: string
  readonly observations: readonly Observation[]
}

/** Observations that hang together, in order of time, and what joins them. */
export type Component = { readonly observations: readonly Observation[]; readonly joins: readonly Joined[] }

/**
 * Parts observations into components. Two of one host belong together when a path of joins leads from one to the other
 * whose weakest is strong enough; weaker joins count where enough classes come together in a short time. Which
 * observation comes first makes no difference. Takes time in proportion to the joins.
 */
export function componentsOf(correlation: Correlation, all: readonly Observation[]): readonly Component[] {
  const { standing, accompanying } = parted(correlation, all)
  return accompanied(correlation, joinedUp(correlation, standing), accompanying)
}

function joinedUp(correlation: Correlation, all: readonly Observation[]): readonly Component[] {
  const observations = all.toSorted(byTime)
  const sets = new DisjointSets(observations.length)
  const joins: { readonly joined: Joined; readonly first: number }[] = []
  for (const { kind, value, members } of groupsOf(correlation, observations)) {
    const join = correlation.joins[kind]
    if (join === undefined || join.strength < correlation.loose.strength) continue
    const { strength, because } = join
    const runs = strength >= correlation.strength ? near : together
    for (const run of runs(correlation, join.window, members, observations)) {
      for (const member of run) sets.unite(run[0] ?? member, member)
      const joined = run.map(index => observations[index]).filter(one => one !== undefined)
      joins.push({ joined: { kind, value, strength, because, observations: joined }, first: run[0] ?? 0 })
    }
  }
  const components = new Map<number, { observations: Observation[]; joins: Joined[] }>()
  for (const [index, observation] of observations.entries()) {
    const root = sets.rootOf(index)
    const component = components.get(root) ?? { observations: [], joins: [] }
    component.observations.push(observation)
    components.set(root, component)
  }
  for (const { joined, first } of joins) components.get(sets.rootOf(first))?.joins.push(joined)
  return [...components.values()].map(component => ({ ...component, joins: component.joins.toSorted(byStrength) }))
}

function byStrength(a: Joined, b: Joined): number {
  return b.strength - a.strength || inOrder(a.kind, b.kind) || inOrder(a.value, b.value)
}

type Group = { readonly kind: string; readonly value: string; readonly members: number[] }

/** Who has the same value on the same host, in order of time; two at least. */
function groupsOf(correlation: Correlation, observations: readonly Observation[]): readonly Group[] {
  const common = new Map(Object.entries(correlation.joins).map(([kind, join]) => [kind, new Set(join.common)]))
  const groups = new Map<string, Group>()
  for (const [index, { host, joins }] of observations.entries())
    for (const { kind, value } of joins) {
      if (value === '' || common.get(kind)?.has(value) !== false) continue
      const key = `${kind}\0${host}\0${value}`
      const group = groups.get(key) ?? { kind, value, members: [] }
      if (group.members.at(-1) !== index) group.members.push(index)
      groups.set(key, group)
    }
  return [...groups.values()].filter(({ members }) => members.length > 1)
}

type Window = Correlation['joins'][string]['window']

/** Runs of members each of which is near enough to one before it. */
function near(
  correlation: Correlation,
  window: Window,
  members: readonly number[],
  observations: readonly Observation[],
): readonly (readonly number[])[] {
  if (window === 'any') return [members]
  const runs: number[][] = []
  /** Of the run in hand: the latest end, and the latest time to which one of it reaches. */
  let [end, reached] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const index of members) {
    const observation = observations[index]
    if (observation === undefined) continue
    const reach = 1000 * (window === 'class' ? (correlation.classes[observation.class]?.reach ?? 0) : window)
    const start = Date.parse(observation.first_seen)
    const until = endOf(correlation, observation)
    if (start <= reached || start - reach <= end) runs.at(-1)?.push(index)
    else {
      runs.push([index])
      ;[end, reached] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
    }
    end = Math.max(end, until)
    reached = Math.max(reached, until + reach)
  }
  return runs.filter(run => run.length > 1)
}

function endOf({ classes }: Correlation, { lasts, ended, last_seen, class: name }: Observation): number {
  if (lasts === 'event') return Date.parse(last_seen)
  return ended === undefined ? Number.POSITIVE_INFINITY : Date.parse(ended) + 1000 * (classes[name]?.lingers ?? 0)
}

/** Runs of members among which, in some short time, there are enough classes. Such times that overlap are one run. */
function together(
  { loose }: Correlation,
  _: Window,
  members: readonly number[],
  observations: readonly Observation[],
): readonly (readonly number[])[] {
  const seen = members.map(index => observations[index])
  const starts = seen.map(observation => Date.parse(observation?.first_seen ?? ''))
  const runs: { from: number; to: number }[] = []
  /** How many of each class there are between the two places in hand. */
  const counts = new Map<string, number>()
  const count = (place: number, change: number) => {
    const name = seen[place]?.class ?? ''
    const left = (counts.get(name) ?? 0) + change
    if (left === 0) counts.delete(name)
    else counts.set(name, left)
  }
  let from = 0
  for (let to = 0; to < members.length; to += 1) {
    count(to, 1)
    for (; (starts[to] ?? 0) - (starts[from] ?? 0) > 1000 * loose.window; from += 1) count(from, -1)
    if (counts.size < loose.classes) continue
    const last = runs.at(-1)
    if (last !== undefined && from <= last.to) last.to = to
    else runs.push({ from, to })
  }
  return runs.map(run => members.slice(run.from, run.to + 1))
}

/** Which of n things were united. */
class DisjointSets {
  readonly #parents: number[]

  constructor(count: number) {
    this.#parents = Array.from({ length: count }, (_, index) => index)
  }

  unite(a: number, b: number): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)]
    // The earlier one stays: a component is named by its first observation.
    this.#parents[Math.max(one, other)] = Math.min(one, other)
  }

  rootOf(index: number): number {
    let at = index
    for (let up = this.#parents[at] ?? at; up !== at; up = this.#parents[at] ?? at) {
      this.#parents[at] = this.#parents[up] ?? up
      at = up
    }
    return at
  }
}
