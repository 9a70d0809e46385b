import { expect, it } from 'vitest'
import { canonicalAddress, networkOf } from './address.ts'
import { instantText, normalInstant } from './instant.ts'

it('an address has one text, however it is typed', () => {
  for (const text of ['192.0.2.1', ' 192.0.2.1 ', '::ffff:192.0.2.1', '[::FFFF:c000:201]'])
    expect(canonicalAddress(text)).toBe('192.0.2.1')
  expect(canonicalAddress('2001:DB8:0:0::1')).toBe('2001:db8::1')
})

it('what is no address stays as it is, in lower case', () => {
  for (const text of ['192.0.2', 'fe80::1%eth0', 'HOST', '']) expect(canonicalAddress(text)).toBe(text.toLowerCase())
})

it('an address lies in its /16 or /32', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.0.0/16')
  expect(networkOf('2001:db8::1')).toBe('2001:db8::/32')
  expect(networkOf('2001:db8:5::1')).toBe('2001:db8::/32')
  expect(networkOf('::1')).toBe('0:0::/32')
  expect(networkOf('2001::1')).toBe('2001:0::/32')
  expect(networkOf('nowhere')).toBeUndefined()
})

it('an instant is UTC to the second, and keeps a fraction only where there is one', () => {
  expect(instantText(0)).toBe('1970-01-01T00:00:00Z')
  expect(instantText(1)).toBe('1970-01-01T00:00:00.001Z')
  expect(instantText(-62_135_596_800_000)).toBe('0001-01-01T00:00:00Z')
  expect(instantText(9e15)).toBeUndefined()
  expect(instantText(Number.NaN)).toBeUndefined()
})

it('an instant without a zone is UTC, and one with a zone is converted', () => {
  for (const text of ['2026-03-02T10:00:00Z', '2026-03-02 10:00:00', '2026-03-02T11:00:00+01:00'])
    expect(normalInstant(text)).toBe('2026-03-02T10:00:00Z')
  expect(normalInstant('2026-03-02')).toBe('2026-03-02T00:00:00Z')
  expect(normalInstant('soon')).toBe('soon')
})
