import type { Approval } from '../model/index.ts'
import type { Correlation } from './definition.ts'
import type { Observation } from './observation.ts'

/** What differs between what was approved and what was done. */
export type Difference = { readonly what: string; readonly approved: string; readonly actual: string }

export type ApprovalMatch = {
  readonly approval: Approval
  /** `exact`: this very thing. `partial`: nearly, which is worse than nothing. `expired`: exact once. `refused`: exact, and may not be approved. */
  readonly match: 'exact' | 'partial' | 'expired' | 'refused'
  readonly differs: readonly Difference[]
}

/** How an approval fits an observation; undefined where the two have nothing to do with one another. `now` as ISO 8601. */
export function matchOf(
  correlation: Correlation,
  one: Approval,
  observation: Observation,
  now: string,
): ApprovalMatch | undefined {
  const facts = factsOf(observation)
  const named = Object.keys(one.object).filter(kind => facts.has(kind))
  if (named.length === 0) return
  const object = objectDifferences(correlation, one, facts)
  const pins = pinDifferences(correlation, one, observation, facts)
  const scope = scopeDifferences(one, observation, facts)
  const differs = [...object, ...pins, ...scope]
  if (differs.length === 0) {
    if (observation.signals.some(({ standalone: rule = '' }) => correlation.standalone[rule]?.never_approved === true))
      return { approval: one, match: 'refused', differs }
    return { approval: one, match: one.expires <= now ? 'expired' : 'exact', differs }
  }
  // Another object is another matter, unless it came where and when this one was allowed.
  if (one.kind === 'baseline' || (object.length > 0 && scope.length > 0)) return
  if (object.length > 0 && !isAkin(correlation, one, object)) return
  return { approval: one, match: 'partial', differs }
}

/** Whether the observation lies on a host and in the window of an approval, whatever it is about. */
export function isInScope(one: Approval, { host, first_seen }: Observation): boolean {
  return one.from <= first_seen && first_seen <= one.until && one.hosts.some(pattern => fits(pattern, host))
}

type Facts = ReadonlyMap<string, readonly string[]>

function factsOf({ entities }: Observation): Facts {
  const facts = new Map<string, string[]>()
  for (const { kind, value } of entities) facts.set(kind, [...(facts.get(kind) ?? []), value])
  return facts
}

function objectDifferences({ approvals }: Correlation, { object }: Approval, facts: Facts): readonly Difference[] {
  const matched = (kind: string) => {
    const actual = facts.get(kind)
    const approved = object[kind]
    return (
      actual !== undefined && approved !== undefined && actual.every(value => approved.some(each => same(each, value)))
    )
  }
  /** Other names of the same thing, one of which is there and right. */
  const isKnownOtherwise = (kind: string) =>
    !facts.has(kind) && approvals.same_object.some(kinds => kinds.includes(kind) && kinds.some(matched))
  const unnamed = approvals.together
    .filter(kinds => kinds.some(kind => object[kind] !== undefined))
    .flatMap(kinds => kinds.filter(kind => object[kind] === undefined && facts.has(kind)))
  return [
    ...Object.entries(object)
      .filter(([kind]) => !matched(kind) && !isKnownOtherwise(kind))
      .map(([kind, approved]) => difference(kind, approved, facts.get(kind))),
    ...[...new Set(unnamed)].map(kind => difference(kind, [], facts.get(kind))),
  ]
}

/** One of several fields is right, or there is but one: another certificate is akin, another setting is not. */
function isAkin({ approvals }: Correlation, { object }: Approval, differs: readonly Difference[]): boolean {
  const nameOf = (kind: string) => approvals.same_object.find(kinds => kinds.includes(kind))?.[0] ?? kind
  const named = new Set(Object.keys(object).map(nameOf))
  return named.size === 1 || new Set(differs.map(({ what }) => nameOf(what))).size < named.size
}

/** Rules that only an approval of these very bytes reaches. */
function pinDifferences(
  { standalone }: Correlation,
  { object }: Approval,
  { signals }: Observation,
  facts: Facts,
): readonly Difference[] {
  const needed = signals.flatMap(({ standalone: rule = '' }) => standalone[rule]?.pinned_by ?? [])
  return [...new Set(needed)]
    .filter(kind => object[kind] === undefined || !facts.has(kind))
    .map(kind => difference(kind, object[kind], facts.get(kind)))
}

function scopeDifferences(one: Approval, observation: Observation, facts: Facts): readonly Difference[] {
  const { host, first_seen } = observation
  const writers = facts.get('process_executable') ?? []
  const isAllowed = (writer: string) => one.writers.some(pattern => fits(pattern, writer))
  return [
    ...(one.hosts.some(pattern => fits(pattern, host)) ? [] : [difference('host_name', one.hosts, [host])]),
    ...(one.from <= first_seen && first_seen <= one.until
      ? []
      : [difference('time', [`${one.from} to ${one.until}`], [first_seen])]),
    ...(one.writers.length === 0 || (writers.length > 0 && writers.every(isAllowed))
      ? []
      : [difference('process_executable', one.writers, writers)]),
  ]
}

function difference(what: string, approved: readonly string[] = [], actual: readonly string[] = []): Difference {
  const told = (values: readonly string[], none: string) => (values.length === 0 ? none : values.slice(0, 5).join(', '))
  return { what, approved: told(approved, 'nothing'), actual: told(actual, 'not in the evidence') }
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase()
}

/** `*` is any characters, none included. In time proportional to both. */
function fits(pattern: string, value: string): boolean {
  const parts = pattern.toLowerCase().split('*')
  const whole = value.toLowerCase()
  const [first = '', ...rest] = parts
  if (rest.length === 0) return first === whole
  const last = rest.pop() ?? ''
  if (!whole.startsWith(first) || !whole.endsWith(last) || whole.length < first.length + last.length) return false
  const end = whole.length - last.length
  let at = first.length
  for (const part of rest) {
    const found = whole.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}
