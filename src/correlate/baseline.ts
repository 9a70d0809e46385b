import type { Verdict } from '../model/index.ts'
import { urgency } from '../model/index.ts'
import type { Observation } from './observation.ts'

/** What several hosts have alike, and nobody has a question about. */
export type Proposal = {
  readonly class: string
  /** Values by field of the dictionary, as an approval names them. */
  readonly object: Readonly<Record<string, readonly string[]>>
  readonly writer: string
  /** In order; none has an open case. */
  readonly hosts: readonly string[]
  readonly first_seen: string
  readonly last_seen: string
  readonly summary: string
}

export type BaselineOptions = {
  /** Hosts with a case that asks for a decision, in lower case: nothing is learned from them. */
  readonly openHosts: ReadonlySet<string>
  /** Default: 3. */
  readonly hosts?: number
  /** Fields that tell what it is. Where and by whom it was done, and what else was there, is not among them. */
  readonly content: readonly string[]
}

/**
 * What may be taken for usual: the same content by the same program on several hosts without an open case. Never what a rule
 * stands on that one observation is enough for. The most hosts first. An intruder who is on enough hosts and was never
 * noticed is proposed, too: that is why people decide.
 */
export function proposedBaselines(observations: readonly Observation[], options: BaselineOptions): readonly Proposal[] {
  const { openHosts, hosts: needed = 3, content } = options
  const alike = new Map<string, Observation[]>()
  for (const one of observations) {
    if (openHosts.has(one.host) || one.signals.some(({ standalone }) => standalone !== undefined)) continue
    const object = contentOf(one, content)
    const writer = writerOf(one)
    if (Object.keys(object).length === 0 || writer === undefined) continue
    const key = JSON.stringify([one.class, writer.toLowerCase(), object]).toLowerCase()
    alike.set(key, [...(alike.get(key) ?? []), one])
  }
  return [...alike.values()]
    .flatMap(all => {
      const [first] = all
      const hosts = [...new Set(all.map(({ host }) => host))].sort()
      if (first === undefined || hosts.length < needed) return []
      return [
        {
          class: first.class,
          object: contentOf(first, content),
          writer: writerOf(first) ?? '',
          hosts,
          first_seen: all.map(one => one.first_seen).sort()[0] ?? '',
          last_seen:
            all
              .map(one => one.last_seen)
              .sort()
              .at(-1) ?? '',
          summary: first.summary,
        },
      ]
    })
    .sort((a, b) => b.hosts.length - a.hosts.length || (a.summary < b.summary ? -1 : 1))
}

/** Whether a verdict asks for a decision. */
export function isOpen(verdict: Verdict): boolean {
  return urgency(verdict) >= urgency('review')
}

function contentOf({ entities }: Observation, content: readonly string[]): Record<string, string[]> {
  const object: Record<string, string[]> = {}
  for (const kind of content) {
    const values = [...new Set(entities.filter(one => one.kind === kind).map(({ value }) => value))].sort()
    if (values.length > 0) object[kind] = values
  }
  return object
}

/** One program, or nobody can say who did it. */
function writerOf({ entities }: Observation): string | undefined {
  const writers = entities.filter(({ kind }) => kind === 'process_executable')
  return writers.length === 1 ? writers[0]?.value : undefined
}
