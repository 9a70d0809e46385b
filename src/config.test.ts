import { fileURLToPath } from 'node:url'
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

describe('stores on servers', () => {
  it('nothing in the environment means the data directory, and hunts without one keep nothing', () => {
    expect(configFrom({}, {})).toMatchObject({ clickhouse: undefined, postgres: undefined, data: undefined })
    expect(configFrom({}, { COUNTERSEAL_CLICKHOUSE_URL: '', COUNTERSEAL_POSTGRES_URL: '' })).toMatchObject({
      clickhouse: undefined,
      postgres: undefined,
    })
  })

  it('the nodes of a cluster are a list of URLs; what is kept on a server needs a place that lasts here', () => {
    const environment = {
      COUNTERSEAL_CLICKHOUSE_URL: 'https://one:8443, https://two:8443',
      COUNTERSEAL_CLICKHOUSE_CLUSTER: 'main',
      COUNTERSEAL_CLICKHOUSE_TOKEN: 't',
    }
    const { clickhouse, data } = configFrom({ allowPartial: true }, environment)
    expect(clickhouse).toEqual({
      urls: ['https://one:8443', 'https://two:8443'],
      cluster: 'main',
      token: 't',
      allowPartial: true,
    })
    expect(data).toMatch(/counterseal-data$/)
  })

  it('a certificate is named as a file; one that cannot be read is named, and its setting', () => {
    const url = { COUNTERSEAL_POSTGRES_URL: 'postgres://db/x' }
    const here = fileURLToPath(import.meta.url)
    expect(configFrom({}, { ...url, COUNTERSEAL_POSTGRES_CA: here }).postgres?.ca).toContain('stores on servers')
    expect(() => configFrom({}, { ...url, COUNTERSEAL_POSTGRES_CA: '/nowhere/ca.pem' })).toThrow(
      /COUNTERSEAL_POSTGRES_CA names a file that cannot be read: .*\/nowhere\/ca\.pem/,
    )
  })
})
