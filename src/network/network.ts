import { isIP } from 'node:net'

/** Addresses from the first to the last, as numbers of 128 bits; an IPv4 address stands where it is mapped (RFC 4291 §2.5.5.2). */
export type Network = {
  readonly kind: 'ipv4' | 'ipv6'
  /** Canonical: the first address, and `/bits` where it is more than one. */
  readonly text: string
  readonly bits: number
  readonly first: bigint
  readonly last: bigint
}

const mapped = 0xffffn << 32n

/** An address or a network in CIDR notation. Undefined for what is neither. */
export function networkOf(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.trim().split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const most = version === 4 ? 32 : 128
  const bits = length === undefined ? most : Number(length)
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || bits > most)) return undefined
  const value = version === 4 ? mapped | numberOf4(address) : numberOf6(address)
  const size = 1n << BigInt(most - bits)
  const first = (value / size) * size
  const shown = version === 4 ? textOf4(first) : textOf6(first)
  const kind = version === 4 ? 'ipv4' : 'ipv6'
  return { kind, text: bits === most ? shown : `${shown}/${bits}`, bits, first, last: first + size - 1n }
}

export function overlaps(one: Network, other: Network): boolean {
  return one.first <= other.last && other.first <= one.last
}

function numberOf4(address: string): bigint {
  return BigInt(address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0))
}

/** The text was found to be an address: it has at most one `::`, and a dotted part only at its end. */
function numberOf6(address: string): bigint {
  const plain = address.replace(/(\d+\.\d+\.\d+\.\d+)$/, dotted => {
    const value = Number(numberOf4(dotted))
    return `${Math.floor(value / 65_536).toString(16)}:${(value % 65_536).toString(16)}`
  })
  const [head = '', tail] = plain.split('::')
  const words = (part: string) => (part === '' ? [] : part.split(':'))
  const [before, behind] = [words(head), words(tail ?? '')]
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - behind.length }, () => '0')
  return [...before, ...zeros, ...behind].reduce((sum, word) => (sum << 16n) | BigInt(`0x${word}`), 0n)
}

function textOf4(value: bigint): string {
  const low = Number(value & 0xffffffffn)
  return [24, 16, 8, 0].map(shift => Math.floor(low / 2 ** shift) % 256).join('.')
}

/** RFC 5952: by way of a URL, which writes it so. */
function textOf6(value: bigint): string {
  const words = Array.from({ length: 8 }, (_, nth) => ((value >> BigInt(16 * (7 - nth))) & 0xffffn).toString(16))
  return new URL(`http://[${words.join(':')}]/`).hostname.slice(1, -1)
}
