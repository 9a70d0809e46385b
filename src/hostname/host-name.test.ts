import { expect, test } from 'vitest'
import { normalHostName, registrableDomain, reversedLabels } from './host-name.ts'

test('a host name is compared in lower case, as A-labels, without its trailing dot', () => {
  expect(normalHostName('WWW.Example.COM.')).toBe('www.example.com')
  expect(normalHostName('*.bücher.example')).toBe('*.xn--bcher-kva.example')
  expect(normalHostName('xn--bcher-kva.example')).toBe('xn--bcher-kva.example')
})

test('what cannot be a host name stays as somebody wrote it', () => {
  expect(normalHostName('Some Name')).toBe('some name')
  expect(normalHostName('bank.example\0.evil.example')).toBe('bank.example\0.evil.example')
  expect(normalHostName('ü'.repeat(300))).toBe('ü'.repeat(300))
})

test('normalising a normal name changes nothing', () => {
  for (const name of ['A.example.', '*.BÜCHER.example', 'a..b', '', '.', 'ß.example'])
    expect(normalHostName(normalHostName(name))).toBe(normalHostName(name))
})

test('the registrable domain is what stands below a public suffix, private suffixes included', () => {
  expect(registrableDomain('a.b.example.co.uk')).toBe('example.co.uk')
  expect(registrableDomain('*.example.com')).toBe('example.com')
  expect(registrableDomain('tenant.github.io')).toBe('tenant.github.io')
})

test('an address, a public suffix and a single label were registered by nobody', () => {
  for (const name of ['192.0.2.1', '2001:db8::1', 'co.uk', 'localhost', '', '*.com'])
    expect(registrableDomain(name)).toBeUndefined()
})

test('reversed labels put everything below a name in one range', () => {
  expect(reversedLabels('*.example.com')).toBe('com.example.*')
})
