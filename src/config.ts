import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CountersealError } from './base/index.ts'

/**
 * Every setting, with its default and unit. A setting is read here once, checked, and believed from then on.
 */
export type Config = {
  /** Where stores, spool and temporary files live. `undefined`: a temporary directory that is removed at the end. */
  readonly data: string | undefined
  /** Directories with log sources: ours, then the user's (`--sources`). */
  readonly sources: readonly string[]
  /** Directories with detections: ours, then the user's (`--detections`). */
  readonly detections: readonly string[]
  /** Directories with reference data: ours, then the user's (`--intel`). */
  readonly intel: readonly string[]
  /** Networks that count as ours, in CIDR notation (`--local-network`). They decide a connection's direction when it is read. */
  readonly localNetworks: readonly string[]
}

/** Private, link-local, loopback and unique local addresses: RFC 1918, 3927, 1122, 4193, 4291, and RFC 6598. */
export const defaultLocalNetworks = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
] as const

/** Where `ingest` and everything but `hunt` keep their data unless told otherwise. */
export const defaultData = './counterseal-data'

/** A directory of data that ships with the program. */
export function shipped(name: 'sources' | 'detections' | 'intel' | 'analytics' | 'examples'): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

export type ConfigOptions = {
  readonly data?: string
  readonly sources?: readonly string[]
  readonly detections?: readonly string[]
  readonly intel?: readonly string[]
  readonly localNetwork?: readonly string[]
}

export function configFrom(options: ConfigOptions): Config {
  const own = (extra: readonly string[] = []) => extra.map(path => resolve(expandHome(path)))
  const localNetworks = [...defaultLocalNetworks, ...(options.localNetwork ?? [])]
  for (const network of localNetworks) addressRange(network)
  return {
    data: options.data === undefined ? undefined : resolve(expandHome(options.data)),
    sources: [shipped('sources'), ...own(options.sources)],
    detections: [shipped('detections'), ...own(options.detections)],
    intel: [shipped('intel'), ...own(options.intel)],
    localNetworks,
  }
}

function expandHome(path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
}

/** First and last address of a network as IPv6, IPv4 mapped. Throws `usage/bad-argument`. */
export function addressRange(network: string): readonly [string, string] {
  const [address = '', length = '', rest] = network.split('/')
  const family = isIP(address)
  const bits = Number(length)
  const width = family === 4 ? 32 : 128
  if (family === 0 || rest !== undefined || !/^\d{1,3}$/.test(length) || bits > width)
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(network)} is no network in CIDR notation, such as 192.0.2.0/24.`,
    })
  const value = family === 4 ? (0xffffn << 32n) | parseIpv4(address) : parseIpv6(address)
  const host = (1n << BigInt(width - bits)) - 1n
  const first = value & ~host
  return [formatIpv6(first), formatIpv6(first | host)]
}

function parseIpv4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

/** Embedded IPv4, `::ffff:192.0.2.1`, is written as two groups first. */
function parseIpv6(text: string): bigint {
  const embedded = /\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0]
  const low = parseIpv4(embedded ?? '0.0.0.0')
  const groupsOfIpv4 = `${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`
  const address = embedded === undefined ? text : text.slice(0, -embedded.length) + groupsOfIpv4
  const [left = '', right] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map(group => BigInt(`0x${group}`)))
  const [head, tail] = [groups(left), right === undefined ? [] : groups(right)]
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => 0n)
  return [...head, ...zeros, ...tail].reduce((sum, group) => (sum << 16n) | group, 0n)
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((value >> BigInt(16 * (7 - index))) & 0xffffn).toString(16))
  return groups.join(':')
}
