import { normalHostName } from '../hostname/index.ts'
import type { Network } from '../network/index.ts'
import { networkOf } from '../network/index.ts'

/** What somebody wants to have blocked: a name with everything below it, or addresses. */
export type Target =
  | { readonly kind: 'domain'; readonly value: string }
  | { readonly kind: 'ipv4' | 'ipv6'; readonly value: string; readonly network: Network }

/** RFC 1035 §2.3.1, with the underscore that DNS takes and hosts have. */
const label = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/

/**
 * Reads a name, an address, a network or a URL, also as people write it who do not want it clicked: `hxxps://evil[.]example/a`,
 * `192.0.2[.]7`. Of a URL the host counts. Undefined for what is none of it.
 */
export function targetOf(text: string): Target | undefined {
  const plain = text
    .trim()
    .replaceAll(/\[\.\]|\(\.\)|\[dot\]/gi, '.')
    .replaceAll('[:]', ':')
    .replace(/^hxxp/i, 'http')
  const network = networkOf(plain.replace(/^\[(.*)\]$/, '$1'))
  if (network !== undefined) return { kind: network.kind, value: network.text, network }
  const host = /^https?:\/\//i.test(plain) && URL.canParse(plain) ? new URL(plain).hostname : plain
  const address = networkOf(host.replace(/^\[(.*)\]$/, '$1'))
  if (address !== undefined) return { kind: address.kind, value: address.text, network: address }
  const name = normalHostName(host.replace(/^\*\./, ''))
  const labels = name.split('.')
  return name.length <= 253 &&
    labels.length > 1 &&
    labels.every(one => label.test(one)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
    ? { kind: 'domain', value: name }
    : undefined
}
