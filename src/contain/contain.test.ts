import { describe, expect, it } from 'vitest'
import { networkOf, overlaps } from '../network/index.ts'
import type { Listed } from './protection.ts'
import { protectedBy, refusalOf } from './protection.ts'
import { targetOf } from './targets.ts'

describe('a target', () => {
  it.each([
    ['evil.example', 'domain', 'evil.example'],
    ['*.Evil.Example.', 'domain', 'evil.example'],
    ['hxxps://evil[.]example:8443/a?b', 'domain', 'evil.example'],
    ['bücher.example', 'domain', 'xn--bcher-kva.example'],
    ['192.0.2[.]7', 'ipv4', '192.0.2.7'],
    ['http://192.0.2.7/', 'ipv4', '192.0.2.7'],
    ['192.0.2.77/24', 'ipv4', '192.0.2.0/24'],
    ['2001:DB8:0:0::7', 'ipv6', '2001:db8::7'],
    ['2001:db8::1:7/48', 'ipv6', '2001:db8::/48'],
    ['https://[2001:db8::7]/', 'ipv6', '2001:db8::7'],
  ])('%s is read as people write it', (text, kind, value) => {
    expect(targetOf(text)).toMatchObject({ kind, value })
  })

  it.each([
    '',
    'localhost',
    'a b.example',
    'evil.example" or 1=1',
    'evil..example',
    '-evil.example',
    '1.2.3',
    '192.0.2.7/33',
    '192.0.2.7/24/1',
    'fe80::1%eth0',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(127)}example`,
  ])('%j is none', text => {
    expect(targetOf(text)).toBeUndefined()
  })
})

describe('a network', () => {
  it('is as wide as it says, IPv4 within the range where it is mapped', () => {
    const [v4, v6] = [networkOf('192.0.2.0/24'), networkOf('::ffff:192.0.2.9')]
    expect(v4 && v4.last - v4.first).toBe(255n)
    expect(v4 && v6 && overlaps(v4, v6)).toBe(true)
    expect(networkOf('1:2:3:4:5:6:7.8.9.10')?.text).toBe('1:2:3:4:5:6:708:90a')
    expect(networkOf('::/0')?.last).toBe((1n << 128n) - 1n)
  })
})

const intel: readonly Listed[] = [
  {
    catalogue: 'owned-names',
    entries: [{ id: 'ours', keys: { domain: ['corp.example'] }, attributes: {} }],
  },
  {
    catalogue: 'network-segments',
    entries: [{ id: 'dmz', keys: { network: ['203.0.113.0/25'] }, attributes: {} }],
  },
  {
    catalogue: 'protected-targets',
    entries: [
      { id: 'cdn', keys: { host: ['cdn.example'] }, attributes: { customers_below: 'true' } },
      { id: 'updates', keys: { host: ['update.vendor.example'] }, attributes: {} },
    ],
  },
  {
    catalogue: 'certificate-status-services',
    entries: [{ id: 'ocsp', keys: { host: ['*.ocsp.example'] }, attributes: {} }],
  },
  { catalogue: 'issuers', entries: [{ id: 'other', keys: { host: ['free.example'] }, attributes: {} }] },
]

describe('what must not be blocked', () => {
  const all = protectedBy(intel)
  const refused = (text: string) => {
    const target = targetOf(text)
    return target && refusalOf(target, all)
  }

  it.each([
    ['corp.example', 'ours'],
    ['vpn.corp.example', 'ours'],
    ['update.vendor.example', 'depends'],
    ['vendor.example', 'depends'], // would take the updates along
    ['a.update.vendor.example', 'depends'],
    ['cdn.example', 'depends'],
    ['a.ocsp.example', 'state of certificates'],
    ['co.uk', 'public suffix'],
    ['203.0.113.5', 'network of ours'],
    ['203.0.113.0/24', 'network of ours'],
    ['10.1.2.3', 'private'],
    ['::ffff:10.1.2.3', 'private'],
    ['127.0.0.1', 'this very machine'],
    ['::1', 'this very machine'],
    ['198.51.0.0/15', 'wider'],
    ['2001:db8::/31', 'wider'],
    ['0.0.0.0/0', 'this network'],
  ])('%s: %s', (text, why) => {
    expect(refused(text)).toContain(why)
  })

  it.each(['customer.cdn.example', 'evil.example', 'notcorp.example', 'free.example', '203.0.113.200', '2001:db8::7'])(
    '%s may be',
    text => {
      expect(targetOf(text)).toBeDefined()
      expect(refused(text)).toBeUndefined()
    },
  )
})
