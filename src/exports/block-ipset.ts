import type { BlockExport } from './block-export.ts'
import { lifetimeOf, networksOf } from './block-export.ts'

/** Sets for `ipset restore`. A rule that uses them has to be there: `iptables -I FORWARD -m set --match-set counterseal4 dst -j DROP`. */
export const blockIpset: BlockExport = {
  name: 'ipset',
  title: 'ipset: sets of addresses for iptables',
  file: 'counterseal.ipset',
  takes: ['ipv4', 'ipv6'],
  apply: 'ipset restore -exist < counterseal.ipset',
  undo: 'ipset restore -exist < rollback-counterseal.ipset',
  *write(list) {
    // Longest that a set can count: 2^31 - 1 milliseconds, in seconds.
    const seconds = Math.min(2_147_483, lifetimeOf(list))
    yield `create counterseal4 hash:net family inet timeout ${seconds}\n`
    yield `create counterseal6 hash:net family inet6 timeout ${seconds}\n`
    for (const network of networksOf(list, 'ipv4')) yield `add counterseal4 ${network}\n`
    for (const network of networksOf(list, 'ipv6')) yield `add counterseal6 ${network}\n`
  },
  *rollback() {
    yield 'flush counterseal4\nflush counterseal6\n'
  },
}
