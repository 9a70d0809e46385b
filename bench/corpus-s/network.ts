import type { Random } from './random.ts'

/** Who lets addresses: its first /16 blocks, and how many addresses are in use there. */
export type Provider = {
  readonly id: string
  readonly kind: 'vps' | 'shared' | 'cdn' | 'access' | 'corporate'
  /** First address as a number. */
  readonly base: number
  readonly size: number
}

/** First octets that are public and dull: none is private, shared, loopback, multicast or a documentation range. */
const firstOctets = [
  5, 23, 31, 37, 45, 46, 51, 62, 64, 66, 77, 78, 80, 85, 88, 91, 94, 104, 109, 138, 146, 176, 185, 212,
]

/** Lets out /16 blocks, none twice. */
export function networkOf(random: Random) {
  const blocks = random.shuffled(
    firstOctets.flatMap(first => Array.from({ length: 80 }, (_, n) => [first, n * 3 + 1] as const)),
  )
  let used = 0
  return (kind: Provider['kind'], size: number): Provider => {
    const [first, second] = blocks[used++ % blocks.length] ?? [5, 1]
    return { id: `${kind}-${used}`, kind, base: (first * 256 + second) * 65536 + 256, size: Math.min(size, 65_000) }
  }
}

/** Any address of a provider: small providers put many customers at one address. */
export function addressAt(random: Random, provider: Provider): string {
  const address = provider.base + random.whole(0, provider.size - 1)
  return [address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255].join('.')
}
