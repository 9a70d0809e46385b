import { readNameText, typeKey } from './name-text.ts'
import { normalText } from './normal-text.ts'
import type { CorrelationGroup, PivotValue } from './pivot.ts'
import { valueKey } from './pivot.ts'
import { attributeOfType, type Rule } from './rule.ts'
import { type Rules, some, suffixesOf } from './suppression.ts'

/** What a public CA decides, whoever the certificate is for. */
const decidedByIssuer: ReadonlySet<string> = new Set([
  'issuer',
  'issuer_serial',
  'authority_key_id',
  'crl_url',
  'authority_url',
  'cps_url',
  'policy',
  'not_before',
  'not_after',
  'validity',
  'sct_log_set',
  'issuer_shape',
  'subject_shape',
  'extension_shape',
  'key_shape',
  'anomalies',
  'ja4x',
])

/**
 * The rules that explain why two certificates share a value.
 *
 * @param fitting rules that both certificates fit
 * @returns of these, those that tell of this value; then those that name the value itself, whoever has it
 */
export function rulesExplaining(
  rules: Rules,
  fitting: readonly Rule[],
  value: PivotValue,
  group: CorrelationGroup,
): readonly Rule[] {
  const both = fitting.filter(rule => {
    if (rule.action === 'issuer0') return decidedByIssuer.has(value.attribute)
    return rule.groups.has(group) && tellsOf(rules, rule, value)
  })
  const named = (rules.named.get(valueKey(value)) ?? []).filter(rule => rule.groups.has(group) && !both.includes(rule))
  return [...both, ...named]
}

/**
 * Whether a rule that both certificates fit tells of this value. Tools, products and hosts write all of a certificate.
 * An edge is known by the ending of a name, and tells only of names that end so: the customer's domain beside it is still
 * the customer's. The default of a library is known by one attribute, and somebody may have typed the others.
 */
function tellsOf(rules: Rules, rule: Rule, { attribute, value }: PivotValue): boolean {
  const suffixes = rule.keys.get('name_suffix')
  if (suffixes !== undefined) return !isHostNames(attribute) || hostNamesOf(attribute, value).every(endsIn(suffixes))
  if (rule.action !== 'platform') return true
  if (typed.has(attribute)) return rules.named.has(valueKey({ attribute, value }))
  if (!wholeNames.has(attribute)) return true
  const text = attribute === 'issuer_serial' ? value.slice(value.indexOf(' ') + 1) : value
  return readNameText(text).every(({ type, value: part }) => {
    const of = attributeOfType[typeKey(type)]
    return of === undefined || !typed.has(of) || rules.named.has(valueKey({ attribute: of, value: normalText(part) }))
  })
}

/** What people type into a name to mean something by it. */
const typed: ReadonlySet<string> = new Set([
  'subject_cn',
  'subject_o',
  'subject_ou',
  'subject_email',
  'subject_serial',
  'subject_street',
  'email',
])

const wholeNames: ReadonlySet<string> = new Set(['subject', 'issuer', 'issuer_serial'])

function isHostNames(attribute: string): boolean {
  return ['apex', 'san_set', 'subject_cn', 'subject'].includes(attribute)
}

function hostNamesOf(attribute: string, value: string): readonly string[] {
  if (attribute !== 'subject') return value.split(' ')
  return readNameText(value)
    .filter(({ type }) => typeKey(type) === 'cn')
    .map(({ value: name }) => name)
}

/** At or below one of the suffixes, or the registrable domain above one. */
function endsIn(suffixes: ReadonlySet<string>): (name: string) => boolean {
  return name =>
    some(suffixesOf([name]), ending => suffixes.has(ending)) || some(suffixes, suffix => suffix.endsWith(`.${name}`))
}
