import type { BlockExport, BlockList } from './block-export.ts'
import { commentHead, domainsOf, networksOf } from './block-export.ts'

/**
 * A response policy zone (BIND 9 Administrator Reference Manual, "Response Policy Zone Rewriting"): names and everything below them do not exist, and
 * neither do answers with the addresses. Names are relative to the zone.
 */
export const blockRpz: BlockExport = {
  name: 'rpz',
  title: 'DNS response policy zone (BIND, Unbound, PowerDNS, Knot)',
  file: 'counterseal.rpz',
  takes: ['domain', 'ipv4', 'ipv6'],
  apply: 'named-checkzone rpz.counterseal counterseal.rpz; then serve it as a zone that response-policy names',
  undo: 'replace it with rollback-counterseal.rpz, whose serial is higher, and reload the zone',
  *write(list) {
    yield* commentHead(';', list)
    yield* zoneHead(list, 0)
    for (const name of domainsOf(list)) yield `${name} CNAME .\n*.${name} CNAME .\n`
    for (const network of networksOf(list, 'ipv4')) yield `${trigger4(network)} CNAME .\n`
    for (const network of networksOf(list, 'ipv6')) yield `${trigger6(network)} CNAME .\n`
  },
  *rollback(list) {
    yield* commentHead(';', { ...list, entries: [] })
    yield* zoneHead(list, 1)
  },
}

/** The serial is the time in seconds: it grows, and fits 32 bits until 2106. */
function* zoneHead({ made_at }: BlockList, later: number): Iterable<string> {
  const serial = Math.floor(made_at.getTime() / 1000) + later
  yield '$TTL 60\n'
  yield `@ SOA localhost. hostmaster.localhost. ${serial} 3600 600 604800 60\n`
  yield '@ NS localhost.\n'
}

/** `24.0.2.0.192.rpz-ip` for 192.0.2.0/24. */
function trigger4(network: string): string {
  const [address = '', length = '32'] = network.split('/')
  return `${length}.${address.split('.').reverse().join('.')}.rpz-ip`
}

/** `48.zz.1.db8.2001.rpz-ip` for 2001:db8:1::/48: words in reverse, `zz` for the run of zeros. */
function trigger6(network: string): string {
  const [address = '', length = '128'] = network.split('/')
  const words = address
    .replace('::', ':zz:')
    .split(':')
    .filter(word => word !== '')
  return `${length}.${words.reverse().join('.')}.rpz-ip`
}
