import { describe, expect, it } from 'vitest'
import { addressRange, configFrom, defaultLocalNetworks } from './config.ts'

describe('local networks', () => {
  it('an IPv4 network is a range of mapped addresses', () => {
    expect(addressRange('10.20.30.40/16')).toEqual(['0:0:0:0:0:ffff:a14:0', '0:0:0:0:0:ffff:a14:ffff'])
    expect(addressRange('192.0.2.7/32')).toEqual(['0:0:0:0:0:ffff:c000:207', '0:0:0:0:0:ffff:c000:207'])
  })

  it('an IPv6 network is a range of addresses', () => {
    expect(addressRange('fe80::/10')).toEqual(['fe80:0:0:0:0:0:0:0', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'])
    expect(addressRange('::1/128')).toEqual(['0:0:0:0:0:0:0:1', '0:0:0:0:0:0:0:1'])
    expect(addressRange('2001:db8::/32')[1]).toBe('2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')
    expect(addressRange('::ffff:192.0.2.0/120')).toEqual(['0:0:0:0:0:ffff:c000:200', '0:0:0:0:0:ffff:c000:2ff'])
  })

  it.each(['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'example.org/8', '::/129', '10.0.0.0/-1', '', '1.2.3.4/8/8'])(
    '%j is refused',
    network => {
      expect(() => addressRange(network)).toThrow('is no network in CIDR notation')
    },
  )

  it('a network of one’s own comes beside the private ones', () => {
    expect(configFrom({ localNetwork: ['203.0.113.0/24'] }).localNetworks).toEqual([
      ...defaultLocalNetworks,
      '203.0.113.0/24',
    ])
  })
})
