import { isIP } from 'node:net'
import { normalText } from './normal-text.ts'
import type { RuleTarget } from './rule-target.ts'
import { normalRdn } from './rule-target.ts'

/**
 * What narrows a rule beyond the values it is found by. One entry here is one attribute of an entry in intel/; all that
 * an entry has must hold.
 */
export type Condition = (target: RuleTarget) => boolean

/** Makes the condition of an attribute's value; undefined when the value means nothing. */
type ConditionMaker = (value: string) => Condition | undefined

export const conditionMakers: Readonly<Record<string, ConditionMaker>> = {
  /** `self`: issuer and subject are equal. `empty`: no issuer. `empty_or_self`. */
  issuer: value => {
    const kinds = value.split('_or_')
    if (kinds.some(kind => kind !== 'self' && kind !== 'empty')) return undefined
    const [self, empty] = [kinds.includes('self'), kinds.includes('empty')]
    return ({ certificate, issuer_dn }) =>
      (empty && certificate.issuer === '') || (self && certificate.self_issued === true && issuer_dn !== '')
  },
  /** `empty`: no subject. */
  subject: value => (value === 'empty' ? ({ certificate }) => certificate.subject === '' : undefined),
  /** An RDN that the subject has too. */
  subject_rdn_also: value => {
    const rdn = normalRdn(value)
    return ({ subject }) => subject.has(rdn)
  },
  issuer_rdn_also: value => {
    const rdn = normalRdn(value)
    return ({ issuer }) => issuer.has(rdn)
  },
  /** An RDN that the issuer does not have. */
  without_issuer_rdn: value => {
    const rdn = normalRdn(value)
    return ({ issuer }) => !issuer.has(rdn)
  },
  /** Beginnings of key_shape, one of which it has. Met where the shape is not known. */
  key: value => {
    const beginnings = value.split(' ')
    return ({ values }) => {
      const shape = values.get('key_shape')?.[0]
      return shape === undefined || beginnings.some(beginning => shape.startsWith(beginning))
    }
  },
  /** Signature algorithm, as key_shape ends. */
  signature: value => {
    const end = ` ${normalText(value)}`
    return ({ values }) => values.get('key_shape')?.[0]?.endsWith(end) ?? true
  },
  serial_octets: value => {
    const octets = Number(value)
    if (!Number.isSafeInteger(octets)) return undefined
    return ({ certificate }) => certificate.serial.replace('-', '').length === octets * 2
  },
  /** `ip`: the CN is an address. */
  cn: value => (value === 'ip' ? ({ subject_values }) => isIP(subject_values.get('cn') ?? '') !== 0 : undefined),
  /** The e-mail address of the subject, with `{ou}` and its like filled in. */
  email:
    value =>
    ({ subject_values }) => {
      const wanted = normalText(
        value.replace(/\{([a-z]{1,20})\}/g, (_, type: string) => subject_values.get(type) ?? ''),
      )
      return subject_values.get('emailaddress') === wanted
    },
  /** `c=16 o=16`: values of exactly so many letters and digits. */
  alphanumeric: value => {
    const lengths = value.split(' ').map(part => part.split('='))
    if (lengths.some(([type, length]) => !type || !Number.isSafeInteger(Number(length)))) return undefined
    return ({ subject_values }) =>
      lengths.every(([type = '', length]) => {
        const text = subject_values.get(type) ?? ''
        return text.length === Number(length) && /^[a-z0-9]*$/.test(text)
      })
  },
}
