import { domainToUnicode } from 'node:url'
import unhomoglyph from 'unhomoglyph'
import { registrableDomain } from './host-name.ts'

/** How a name is near a domain that somebody watches. */
export type Nearness = {
  /** As it was given to be watched. */
  readonly domain: string
  readonly how: 'exact' | 'subdomain' | 'other_suffix' | 'confusable' | 'similar'
  /** Of `similar`: letters that were added, left out, changed or swapped. */
  readonly distance?: number
}

export type Watch = {
  /** The nearest domain; undefined when none is near. `name` as `normalHostName` gives it. */
  nearest(name: string): Nearness | undefined
}

type Watched = {
  readonly domain: string
  readonly registrable: string
  readonly label: string
  readonly skeleton: string
}

/** Below it nearly every short name is near another. */
const shortestLabel = 4
/** From this length on two changes are still a likeness. */
const longLabel = 10
/** What is looked at of a label: longer is none (RFC 1035 §2.3.4). */
const longestLabel = 63

/**
 * Watches domains: themselves, names below them, and names whose registered part looks like theirs. What looks alike is told by skeletons (Unicode TS 39,
 * §4: two texts with the same skeleton are confusable) and by edits between skeletons, one for labels of four letters and more, two from ten on.
 * Undefined for a domain that nobody can register under.
 */
export function watchFor(domains: readonly string[]): Watch | undefined {
  const all: Watched[] = []
  for (const domain of domains) {
    const registrable = registrableDomain(domain)
    if (registrable === undefined) return undefined
    const label = shownLabel(registrable)
    all.push({ domain, registrable, label, skeleton: skeletonOf(label) })
  }
  const bySkeleton = indexed(all, ({ skeleton }) => [skeleton])
  const byDeletion = indexed(
    all.filter(({ skeleton }) => skeleton.length >= shortestLabel),
    ({ skeleton }) => [...deletions(skeleton, editsFor(skeleton))],
  )
  const longestWatched = Math.max(...all.map(({ skeleton }) => skeleton.length)) + 2

  return {
    nearest(name) {
      const bare = name.startsWith('*.') ? name.slice(2) : name
      for (const { domain } of all) {
        if (bare === domain) return { domain, how: 'exact' }
        if (bare.endsWith(`.${domain}`)) return { domain, how: 'subdomain' }
      }
      const registrable = registrableDomain(bare)
      if (registrable === undefined) return undefined
      const label = shownLabel(registrable)
      const skeleton = skeletonOf(label)
      const alike = bySkeleton.get(skeleton)?.find(one => one.registrable !== registrable)
      if (alike !== undefined)
        return { domain: alike.domain, how: alike.label === label ? 'other_suffix' : 'confusable' }
      if (skeleton.length < shortestLabel - 1 || skeleton.length > longestWatched) return undefined
      let nearest: Nearness | undefined
      for (const shorter of deletions(skeleton, editsFor(skeleton)))
        for (const one of byDeletion.get(shorter) ?? []) {
          const distance = editDistance(one.skeleton, skeleton)
          if (one.registrable === registrable || distance > editsFor(one.skeleton)) continue
          if (nearest?.distance === undefined || distance < nearest.distance)
            nearest = { domain: one.domain, how: 'similar', distance }
        }
      return nearest
    },
  }
}

/** The label that somebody chose, as a browser may show it: `xn--…` decoded, small letters. */
function shownLabel(registrable: string): string {
  const label = registrable.slice(0, registrable.indexOf('.')).slice(0, longestLabel)
  return label.startsWith('xn--') ? domainToUnicode(`${label}.example`).replace(/\.example$/, '') : label
}

/** UTS 39 §4, with small letters: names have no others, and the table makes `0` an `O`. */
function skeletonOf(label: string): string {
  return unhomoglyph(label.normalize('NFD')).normalize('NFD').toLowerCase()
}

function editsFor(skeleton: string): number {
  return skeleton.length >= longLabel ? 2 : 1
}

/** The text itself, and what is left of it when up to so many letters are taken out. */
function deletions(text: string, edits: number): Set<string> {
  let last = new Set([text])
  const found = new Set(last)
  for (let edit = 0; edit < edits; edit += 1) {
    const next = new Set<string>()
    for (const one of last) for (let at = 0; at < one.length; at += 1) next.add(one.slice(0, at) + one.slice(at + 1))
    for (const one of next) found.add(one)
    last = next
  }
  return found
}

/** Optimal string alignment: additions, omissions, changes, and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, at) => at)]
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      next.push(least)
    }
    ;[before, row] = [row, next]
  }
  return row[b.length] ?? 0
}

function indexed(all: readonly Watched[], keysOf: (one: Watched) => readonly string[]): Map<string, Watched[]> {
  const index = new Map<string, Watched[]>()
  for (const one of all)
    for (const key of keysOf(one)) {
      const of = index.get(key)
      if (of === undefined) index.set(key, [one])
      else of.push(one)
    }
  return index
}
