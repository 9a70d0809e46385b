import type { CorrelationGroup, PivotValue } from './pivot.ts'
import { correlationGroups } from './pivot.ts'
import { type Condition, conditionMakers } from './rule-conditions.ts'
import { normalRdn, sortedName } from './rule-target.ts'
import { normalSerial } from './serial.ts'

/**
 * A rule says what a certificate is known to be: a platform's, a product's, a public CA's, a tool's. It is an entry of
 * one of the catalogues certificate-platforms, certificate-kits and issuers in intel/. docs/pivot-rules.md lists the keys.
 */

/** An entry as `detect` reads it out of intel/. */
export type RuleEntry = {
  readonly id: string
  readonly keys: Readonly<Record<string, readonly string[]>>
  readonly attributes: Readonly<Record<string, string>>
  readonly source: string
  readonly verified: boolean
  /** Last day on which it is used, `2027-05-21`. */
  readonly expires: string
}

export const ruleActions = ['platform', 'pool', 'device', 'issuer0', 'security_tool', 'kit'] as const

export type RuleAction = (typeof ruleActions)[number]

export type Rule = {
  readonly id: string
  readonly action: RuleAction
  /** Kinds of evidence it explains away. */
  readonly groups: ReadonlySet<CorrelationGroup>
  /** What it is found by: each key must have a value that is there. Normalised. */
  readonly keys: ReadonlyMap<RuleKey, ReadonlySet<string>>
  /** All of them must hold too. */
  readonly conditions: readonly Condition[]
  /** Owners that were counted elsewhere; 0 when nobody said. */
  readonly prior_owners: number
  /** Kits only. */
  readonly family: string
  readonly role: string
  readonly strength: 'hard' | 'soft'
  readonly false_positives: string
  readonly entry: RuleEntry
}

/** What a rule can be found by, and how its values are normalised. */
export const ruleKeys = {
  subject_rdn: normalRdn,
  issuer_rdn: normalRdn,
  subject_rdn_also: normalRdn,
  issuer_rdn_also: normalRdn,
  subject_rdn_glob: normalRdn,
  issuer_rdn_glob: normalRdn,
  subject_dn: sortedName,
  issuer_dn: sortedName,
  subject_types: (text: string) => text.toLowerCase(),
  name_suffix: (text: string) => text.toLowerCase(),
  email: (text: string) => text.toLowerCase(),
  certificate_sha256: (text: string) => text.toLowerCase(),
  certificate_sha1: (text: string) => text.toLowerCase(),
  spki_sha256: (text: string) => text.toLowerCase(),
  serial: (text: string) => normalSerial(text, 16) ?? text,
  validity: (text: string) => text.toLowerCase(),
  not_after: (text: string) => text.toUpperCase(),
} as const satisfies Record<string, (text: string) => string>

export type RuleKey = keyof typeof ruleKeys

const explanatory: ReadonlySet<string> = new Set([
  'action',
  'groups',
  'prior_owners',
  'family',
  'role',
  'strength',
  'false_positives',
])

/** What a tool writes; the key and the address are its user's. */
const writtenByKits: readonly CorrelationGroup[] = ['name', 'shape', 'time', 'tls', 'http']

/** Makes the rule of an entry, or says in a sentence what is wrong with it. */
export function ruleOf(entry: RuleEntry): Rule | string {
  const { attributes } = entry
  const action = ruleActions.find(one => one === attributes.action)
  if (action === undefined) return `the action must be one of ${ruleActions.join(', ')}`
  const keys = new Map<RuleKey, ReadonlySet<string>>()
  for (const [key, values] of Object.entries(entry.keys)) {
    if (!isRuleKey(key)) return `no rule is found by ${key}`
    keys.set(key, new Set(values.map(ruleKeys[key])))
  }
  if (keys.size === 0) return 'it has no key to be found by'
  const conditions: Condition[] = []
  for (const [name, value] of Object.entries(attributes)) {
    if (explanatory.has(name)) continue
    const condition = Object.hasOwn(conditionMakers, name) ? conditionMakers[name]?.(value) : undefined
    if (condition === undefined) return `no rule has ${name}: ${value}`
    conditions.push(condition)
  }
  const groups = groupsOf(attributes.groups, action)
  if (typeof groups === 'string') return groups
  return {
    id: entry.id,
    action,
    groups,
    keys,
    conditions,
    prior_owners: Number(attributes.prior_owners ?? 0) || 0,
    family: attributes.family ?? '',
    role: attributes.role ?? '',
    strength: attributes.strength === 'hard' ? 'hard' : 'soft',
    false_positives: attributes.false_positives ?? '',
    entry,
  }
}

export function isRuleKey(key: string): key is RuleKey {
  return Object.hasOwn(ruleKeys, key)
}

function groupsOf(text: string | undefined, action: RuleAction): ReadonlySet<CorrelationGroup> | string {
  if (text === undefined) return new Set(action === 'kit' ? writtenByKits : correlationGroups)
  const groups = text.split(' ')
  const known = correlationGroups.filter(group => groups.includes(group))
  return known.length === groups.length ? new Set(known) : `groups are of ${correlationGroups.join(', ')}`
}

/** The attribute of the catalogue in which an RDN of the subject is stored. */
export const attributeOfType: Readonly<Record<string, string | undefined>> = {
  cn: 'subject_cn',
  o: 'subject_o',
  ou: 'subject_ou',
  l: 'subject_l',
  st: 'subject_st',
  c: 'subject_c',
  emailaddress: 'subject_email',
  serialnumber: 'subject_serial',
  street: 'subject_street',
  postalcode: 'subject_postal_code',
}

/**
 * The values that a rule names, as they are stored: whoever shares one of them shares what the rule is about, even where
 * the rest of the rule does not fit. Suffixes and patterns are none of them.
 */
export function valuesNamedBy(rule: Rule): readonly PivotValue[] {
  const named: PivotValue[] = []
  for (const [key, values] of rule.keys)
    for (const value of values) {
      const equals = value.indexOf('=')
      const attribute = attributeOfType[value.slice(0, equals)]
      if (key === 'subject_rdn' && attribute !== undefined) {
        named.push({ attribute, value: value.slice(equals + 1) })
        named.push({ attribute: 'subject', value })
        if (attribute === 'subject_email') named.push({ attribute: 'email', value: value.slice(equals + 1) })
      }
      if (key === 'email') named.push({ attribute: 'email', value }, { attribute: 'subject_email', value })
      if (key === 'spki_sha256') named.push({ attribute: 'spki_sha256', value })
      if (key === 'validity' || key === 'not_after') named.push({ attribute: key, value })
    }
  return named
}
