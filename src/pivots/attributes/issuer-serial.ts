import { type CertificateFacts, nothingKnown } from '../facts.ts'
import { normalName, readNameText } from '../name-text.ts'
import { isShortened, normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'
import { normalSerial } from '../serial.ts'

/**
 * Issuer and serial number together name a certificate (RFC 5280 §4.1.2.2). The serial number, a space, and the issuer's
 * name as text, not as the hash of its DER: sensors print both, and have no DER.
 */
export const issuerSerial: Pivot = {
  name: 'issuer_serial',
  title: 'issuer and serial number',
  row: 3,
  selectivity: 'S5',
  reliability: 0.97,
  group: 'artefact',
  trap: 'A serial number is unique only within its issuer. Tools write constants (1, 1000, 146473198) under constant names.',
  extract: facts => {
    const value = issuerSerialOf(facts)
    return value === undefined ? [] : [value]
  },
  normalise: text => {
    const [, serial = '', issuer = ''] = /^\s*(\S+)\s+(\S.*)$/s.exec(text.slice(0, 20_000)) ?? []
    if (serial === '' || isShortened(text)) return text.trim()
    const attributes = readNameText(issuer)
    const name = attributes.length === 0 ? normalText(issuer) : normalName(attributes)
    return shortened(`${normalSerial(serial, 16) ?? serial} ${name}`)
  },
  example: {
    facts: { ...nothingKnown, serial: '08BB00EE', issuer: [{ type: 'CN', value: 'Example CA' }] },
    values: ['08BB00EE cn=example ca'],
  },
}

/** The value by itself: whoever joins descriptions with bytes asks for nothing else. */
export function issuerSerialOf({ serial, issuer }: CertificateFacts): string | undefined {
  return serial === undefined || issuer === undefined ? undefined : shortened(`${serial} ${normalName(issuer)}`)
}
