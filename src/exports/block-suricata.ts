import { createHash } from 'node:crypto'
import type { BlockExport, BlockList } from './block-export.ts'
import { commentHead, domainsOf, networksOf } from './block-export.ts'

/** The range that is free for rules of one's own (1,000,000 to 1,999,999). */
const firstSid = 1_000_000
const sids = 1_000_000

/** Rules that drop where Suricata stands in the way, and warn where it only listens. */
export const blockSuricata: BlockExport = {
  name: 'suricata',
  title: 'Suricata: rules for names in DNS, TLS and HTTP, and for addresses',
  file: 'counterseal.rules',
  takes: ['domain', 'ipv4', 'ipv6'],
  apply: 'suricata -T -S counterseal.rules; then name it under rule-files and reload the rules',
  undo: 'take it from rule-files and reload the rules',
  *write(list) {
    yield* commentHead('#', list)
    const taken = new Set<number>()
    const rule = (head: string, what: string, options: string) =>
      `${head} (msg:"Counterseal ${list.reference} ${what}"; ${options}classtype:bad-unknown; sid:${sidOf(`${head} ${what}`, taken)}; rev:1; metadata:${metadata(list)};)\n`
    for (const name of domainsOf(list)) {
      const below = `dotprefix; content:".${name}"; endswith; nocase; `
      yield rule('drop dns any any -> any any', `DNS ${name}`, `dns.query; ${below}`)
      yield rule('drop tls any any -> any any', `TLS ${name}`, `tls.sni; ${below}`)
      yield rule('drop http any any -> any any', `HTTP ${name}`, `http.host; dotprefix; content:".${name}"; endswith; `)
    }
    for (const network of [...networksOf(list, 'ipv4'), ...networksOf(list, 'ipv6')]) {
      yield rule(`drop ip any any -> ${network} any`, `to ${network}`, '')
      yield rule(`drop ip ${network} any -> any any`, `from ${network}`, '')
    }
  },
}

/** The same rule has the same number in every list, so that a suppression holds. */
function sidOf(text: string, taken: Set<number>): number {
  let sid = firstSid + (createHash('sha256').update(text).digest().readUInt32BE(0) % sids)
  while (taken.has(sid)) sid = firstSid + ((sid - firstSid + 1) % sids)
  taken.add(sid)
  return sid
}

function metadata({ made_at, expires_at }: BlockList): string {
  return `created_at ${day(made_at)}, expires_at ${day(expires_at)}`
}

function day(time: Date): string {
  return time.toISOString().slice(0, 10).replaceAll('-', '_')
}
