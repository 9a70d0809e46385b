import type { BlockExport } from './block-export.ts'
import { commentHead, domainsOf, networksOf } from './block-export.ts'

/** Squid's configuration for what is denied, to be included before the rules that allow. */
export const blockSquid: BlockExport = {
  name: 'squid',
  title: 'Squid: denied destinations',
  file: 'counterseal-squid.conf',
  takes: ['domain', 'ipv4', 'ipv6'],
  apply: 'include it in squid.conf before the first http_access allow; squid -k parse && squid -k reconfigure',
  undo: 'take the include out; squid -k reconfigure',
  *write(list) {
    yield* commentHead('#', list)
    const names = domainsOf(list)
    const networks = [...networksOf(list, 'ipv4'), ...networksOf(list, 'ipv6')]
    for (const name of names) yield `acl counterseal_names dstdomain .${name}\n`
    for (const network of networks) yield `acl counterseal_networks dst ${network}\n`
    if (names.length > 0) yield 'http_access deny counterseal_names\n'
    if (networks.length > 0) yield 'http_access deny counterseal_networks\n'
  },
}
