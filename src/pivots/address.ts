import { BlockList, isIP } from 'node:net'

/** An address as somebody types it, in canonical text (RFC 5952); IPv4-mapped as IPv4. What is no address, in lower case. */
export function canonicalAddress(text: string): string {
  const bare = text
    .slice(0, 64)
    .trim()
    .replace(/^\[|\]$/g, '')
    .toLowerCase()
  if (isIP(bare) !== 6 || bare.includes('%')) return bare
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  const canonical = new URL(`http://[${bare}]/`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical) ?? []
  if (high === undefined || low === undefined) return canonical
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return `${upper >> 8}.${upper & 255}.${lower >> 8}.${lower & 255}`
}

/** Where an address belongs as far as the address says: its /16 (IPv4) or /32 (IPv6). Undefined for what is no address. */
export function networkOf(address: string): string | undefined {
  const canonical = canonicalAddress(address)
  const kind = isIP(canonical)
  if (kind === 4) return `${canonical.split('.').slice(0, 2).join('.')}.0.0/16`
  if (kind !== 6) return undefined
  const [head = ''] = canonical.split('::')
  const groups = head.split(':')
  return `${groups[0] || '0'}:${groups[1] || '0'}::/32`
}

/** Addresses that are in every network: private, loopback, link-local, unspecified, shared (RFC 1918, 3927, 4193, 6598). */
const local = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  local.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  local.addSubnet(network, prefix, 'ipv6')

/** @param address canonical text */
export function isLocalAddress(address: string): boolean {
  const kind = isIP(address)
  return kind !== 0 && local.check(address, kind === 4 ? 'ipv4' : 'ipv6')
}
