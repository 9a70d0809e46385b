import { valueKey } from './pivot.ts'
import type { IndexedCertificate } from './pivot-index.ts'
import type { Rule, RuleEntry, RuleKey } from './rule.ts'
import { ruleOf, valuesNamedBy } from './rule.ts'
import { type RuleTarget, ruleTarget } from './rule-target.ts'

/**
 * Rules made ready for looking up: a certificate asks for what it has, and no rule is tried that names nothing of it.
 */
export type Rules = {
  readonly rules: readonly Rule[]
  /** Rules by the key they are found by and its value. A rule is found by one of its keys; the others are checked then. */
  readonly found: ReadonlyMap<string, readonly Rule[]>
  /** Rules that are found by a pattern. There are few. */
  readonly patterns: readonly Rule[]
  /** Rules by a value that they name, where it alone is enough. */
  readonly named: ReadonlyMap<string, readonly Rule[]>
  /** The day they were made ready for, `2026-11-22`. */
  readonly day: string
  /** Ids of entries whose day is over: not used, and told to whoever asks. */
  readonly expired: readonly string[]
  /** Ids of entries nobody has verified: not used unless asked for. */
  readonly unverified: readonly string[]
  /** Entries that mean nothing, with the reason. */
  readonly faulty: readonly { readonly id: string; readonly because: string }[]
}

export type RuleOptions = { readonly includeUnverified?: boolean }

/** @param now the day it is: an entry is used up to and including the day on which it expires */
export function compileRules(entries: Iterable<RuleEntry>, now: Date, options: RuleOptions = {}): Rules {
  const { includeUnverified = false } = options
  const today = now.toISOString().slice(0, 10)
  const rules: Rule[] = []
  const expired: string[] = []
  const unverified: string[] = []
  const faulty: { id: string; because: string }[] = []
  for (const entry of entries) {
    if (entry.expires < today) expired.push(entry.id)
    else if (!entry.verified && !includeUnverified) unverified.push(entry.id)
    else {
      const rule = ruleOf(entry)
      if (typeof rule === 'string') faulty.push({ id: entry.id, because: rule })
      else rules.push(rule)
    }
  }
  const found = new Map<string, Rule[]>()
  const named = new Map<string, Rule[]>()
  const patterns: Rule[] = []
  for (const rule of rules) {
    const key = anchorOf(rule)
    if (key === undefined) patterns.push(rule)
    else for (const value of rule.keys.get(key) ?? []) into(found, `${key}\0${value}`, rule)
    if (rule.keys.size === 1 && rule.conditions.length === 0)
      for (const value of valuesNamedBy(rule)) into(named, valueKey(value), rule)
  }
  return { day: today, rules, found, patterns, named, expired, unverified, faulty }
}

/** The key a rule is found by: the first that can be looked up. */
function anchorOf(rule: Rule): RuleKey | undefined {
  return [...rule.keys.keys()].find(key => !key.endsWith('_glob') && !key.endsWith('_also'))
}

function into(map: Map<string, Rule[]>, key: string, rule: Rule): void {
  const of = map.get(key)
  if (of === undefined) map.set(key, [rule])
  else if (!of.includes(rule)) of.push(rule)
}

/** The rules that a certificate fits, in the order of the catalogues. */
export function matchRules(rules: Rules, certificate: IndexedCertificate): readonly Rule[] {
  const target = ruleTarget(certificate)
  const candidates = new Set(rules.patterns)
  const look = (key: RuleKey, value: string) => {
    for (const rule of rules.found.get(`${key}\0${value}`) ?? []) candidates.add(rule)
  }
  for (const [key, values] of lookedUp(target)) for (const value of values) look(key, value)
  if (candidates.size === 0) return []
  const matching = [...candidates].filter(rule => fits(rule, target))
  return matching.length < 2 ? matching : rules.rules.filter(rule => matching.includes(rule))
}

function lookedUp(target: RuleTarget): readonly (readonly [RuleKey, Iterable<string>])[] {
  const { certificate, subject, issuer, values } = target
  return [
    ['subject_rdn', subject],
    ['issuer_rdn', issuer],
    ['subject_dn', [target.subject_dn]],
    ['issuer_dn', [target.issuer_dn]],
    ['subject_types', [target.subject_types]],
    ['name_suffix', suffixesOf(target.names)],
    ['email', values.get('email') ?? []],
    ['certificate_sha256', [certificate.sha256 ?? '']],
    ['certificate_sha1', [certificate.sha1 ?? '']],
    ['spki_sha256', values.get('spki_sha256') ?? []],
    ['serial', [certificate.serial]],
    ['validity', values.get('validity') ?? []],
    ['not_after', values.get('not_after') ?? []],
  ]
}

/** Every ending of the names. A name has at most 127 labels; the names of one certificate share most of their endings. */
export function suffixesOf(names: readonly string[]): ReadonlySet<string> {
  const suffixes = new Set<string>()
  for (const name of names) {
    let rest = name.startsWith('*.') ? name.slice(2) : name
    for (let dots = 0; dots < 127 && !suffixes.has(rest); dots += 1) {
      suffixes.add(rest)
      const dot = rest.indexOf('.')
      if (dot < 0) break
      rest = rest.slice(dot + 1)
    }
  }
  return suffixes
}

function fits(rule: Rule, target: RuleTarget): boolean {
  const has = new Map(lookedUp(target))
  for (const [key, wanted] of rule.keys) if (!hasOne(key, wanted, has, target)) return false
  return rule.conditions.every(condition => condition(target))
}

function hasOne(
  key: RuleKey,
  wanted: ReadonlySet<string>,
  has: ReadonlyMap<RuleKey, Iterable<string>>,
  { subject, issuer }: RuleTarget,
): boolean {
  if (key === 'subject_rdn_also') return some(subject, value => wanted.has(value))
  if (key === 'issuer_rdn_also') return some(issuer, value => wanted.has(value))
  if (key === 'subject_rdn_glob') return some(wanted, pattern => some(subject, value => isLike(value, pattern)))
  if (key === 'issuer_rdn_glob') return some(wanted, pattern => some(issuer, value => isLike(value, pattern)))
  return some(has.get(key) ?? [], value => wanted.has(value))
}

export function some<T>(values: Iterable<T>, holds: (value: T) => boolean): boolean {
  for (const value of values) if (holds(value)) return true
  return false
}

/** A pattern in which `*` stands for anything. Its parts are sought from left to right, so the time grows with the text. */
export function isLike(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return text === pattern
  if (!text.startsWith(first)) return false
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
