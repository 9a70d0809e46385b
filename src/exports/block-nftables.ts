import type { BlockExport } from './block-export.ts'
import { commentHead, lifetimeOf, networksOf } from './block-export.ts'

/** A table of its own with one set of addresses for each family, whose elements leave it by themselves. */
export const blockNftables: BlockExport = {
  name: 'nftables',
  title: 'nftables: a table of its own that drops what goes to the addresses or comes from them',
  file: 'counterseal.nft',
  takes: ['ipv4', 'ipv6'],
  apply: 'nft -c -f counterseal.nft && nft -f counterseal.nft',
  undo: 'nft -f rollback-counterseal.nft',
  *write(list) {
    const seconds = lifetimeOf(list)
    yield* commentHead('#', list)
    // Added and deleted, so that it can be read again: a table that is not there cannot be deleted.
    yield 'table inet counterseal\ndelete table inet counterseal\ntable inet counterseal {\n'
    for (const [family, type] of [
      ['ipv4', 'ipv4_addr'],
      ['ipv6', 'ipv6_addr'],
    ] as const) {
      yield `  set ${family} {\n    type ${type}\n    flags interval, timeout\n`
      const elements = networksOf(list, family)
      if (elements.length > 0) yield '    elements = {\n'
      for (const network of elements) yield `      ${network} timeout ${seconds}s,\n`
      yield elements.length > 0 ? '    }\n  }\n' : '  }\n'
    }
    for (const hook of ['input', 'forward', 'output']) {
      yield `  chain ${hook} {\n    type filter hook ${hook} priority -10; policy accept;\n`
      if (hook !== 'output') yield '    ip saddr @ipv4 counter drop\n    ip6 saddr @ipv6 counter drop\n'
      if (hook !== 'input') yield '    ip daddr @ipv4 counter drop\n    ip6 daddr @ipv6 counter drop\n'
      yield '  }\n'
    }
    yield '}\n'
  },
  *rollback(list) {
    yield* commentHead('#', { ...list, entries: [] })
    yield 'table inet counterseal\ndelete table inet counterseal\n'
  },
}
