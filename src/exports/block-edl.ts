import type { BlockExport } from './block-export.ts'
import { domainsOf, networksOf } from './block-export.ts'

/** External dynamic lists have no comments that every firewall reads: one entry on a line, and nothing else. */
export const blockEdlNames: BlockExport = {
  name: 'edl-names',
  title: 'external dynamic list of names (firewalls): each, and everything below it',
  file: 'counterseal-names.txt',
  takes: ['domain'],
  apply: 'serve it over HTTPS where the firewall fetches its list of domains',
  undo: 'serve rollback-counterseal-names.txt, which is empty, under the same address',
  *write(list) {
    for (const name of domainsOf(list)) yield `${name}\n*.${name}\n`
  },
  *rollback() {},
}

export const blockEdlAddresses: BlockExport = {
  name: 'edl-addresses',
  title: 'external dynamic list of addresses (firewalls)',
  file: 'counterseal-addresses.txt',
  takes: ['ipv4', 'ipv6'],
  apply: 'serve it over HTTPS where the firewall fetches its list of addresses',
  undo: 'serve rollback-counterseal-addresses.txt, which is empty, under the same address',
  *write(list) {
    for (const network of [...networksOf(list, 'ipv4'), ...networksOf(list, 'ipv6')]) yield `${network}\n`
  },
  *rollback() {},
}
