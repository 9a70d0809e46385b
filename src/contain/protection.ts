import { registrableDomain } from '../hostname/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf, overlaps } from '../network/index.ts'
import type { Target } from './targets.ts'

/** Something that must not be blocked, and why. */
export type Protected = {
  /** A name; `*.name` for what is below it alone. */
  readonly name?: string
  readonly network?: Network
  /** Names below it belong to others, who are not protected: a CDN's customers. */
  readonly customersBelow: boolean
  readonly because: string
}

/** A catalogue of what is known, as far as it is needed here. */
export type Listed = {
  readonly catalogue: string
  readonly entries: readonly {
    readonly id: string
    readonly keys: Readonly<Record<string, readonly string[]>>
    readonly attributes: Readonly<Record<string, string>>
  }[]
}

/** Catalogues whose rows are protected, and as what. */
const catalogues: Readonly<Record<string, string>> = {
  'owned-names': 'it is ours, or matters to us',
  'network-segments': 'it is a network of ours',
  'protected-targets': 'much depends on it',
  'certificate-status-services': 'the state of certificates is asked there',
  'certificate-authority-services': 'certificates are renewed there',
}

/** Everything that the catalogues protect. */
export function protectedBy(intel: readonly Listed[]): readonly Protected[] {
  return intel.flatMap(({ catalogue, entries }) => {
    const because = catalogues[catalogue]
    if (because === undefined) return []
    return entries.flatMap(({ id, keys, attributes }) => {
      const told = {
        because: `${because} (${catalogue}, ${id})`,
        customersBelow: attributes.customers_below === 'true',
      }
      const names = [...(keys.host ?? []), ...(keys.domain ?? [])].map(name => ({ ...told, name: name.toLowerCase() }))
      const networks = (keys.network ?? []).flatMap(text => {
        const network = networkOf(text)
        return network === undefined ? [] : [{ ...told, network }]
      })
      return [...names, ...networks]
    })
  })
}

/** Networks that are nobody's on the Internet, or everybody's: RFC 6890, RFC 1112, RFC 4193. */
const reserved: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'addresses of this network'],
  ['10.0.0.0/8', 'private addresses'],
  ['100.64.0.0/10', 'shared addresses of providers'],
  ['127.0.0.0/8', 'this very machine'],
  ['169.254.0.0/16', 'addresses of a link'],
  ['172.16.0.0/12', 'private addresses'],
  ['192.168.0.0/16', 'private addresses'],
  ['224.0.0.0/3', 'multicast, and addresses for nobody'],
  ['::/127', 'this very machine, or none'],
  ['fc00::/7', 'unique local addresses'],
  ['fe80::/10', 'addresses of a link'],
  ['ff00::/8', 'multicast'],
]

/** Wider networks are never one adversary's. */
const widest = { ipv4: 16, ipv6: 32 }

/** Why this must not be blocked; undefined when nothing speaks against it. */
export function refusalOf(target: Target, all: readonly Protected[]): string | undefined {
  if (target.kind === 'domain') {
    if (registrableDomain(target.value) === undefined)
      return 'nobody registered it: it is a public suffix, and names of many are below it'
    return all.find(one => one.name !== undefined && touches(target.value, one.name, one.customersBelow))?.because
  }
  const { network } = target
  for (const [text, what] of reserved) {
    const other = networkOf(text)
    if (other !== undefined && overlaps(network, other)) return `it has ${what} in it`
  }
  if (network.bits < widest[network.kind]) return `it is wider than /${widest[network.kind]}`
  return all.find(one => one.network !== undefined && overlaps(network, one.network))?.because
}

/** A block of a name takes everything below it: what is protected must not be below, and unless it has customers there not above. */
function touches(target: string, name: string, customersBelow: boolean): boolean {
  const own = name.replace(/^\*\./, '')
  if (target === own || own.endsWith(`.${target}`)) return true
  return !customersBelow && target.endsWith(`.${own}`)
}
