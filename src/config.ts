import { readFileSync } from 'node:fs'
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
  /** Files with the settings that published analytics leave to the site (`--settings`). */
  readonly settings: readonly string[]
  /** Events and certificates on a ClickHouse server or cluster; `undefined`: in the data directory. */
  readonly clickhouse: ClickHouseSettings | undefined
  /** Cases on a PostgreSQL server; `undefined`: in the data directory. */
  readonly postgres: PostgresSettings | undefined
  /** Networks that count as ours, in CIDR notation (`--local-network`). They decide a connection's direction when it is read. */
  readonly localNetworks: readonly string[]
  /** Log formats as the site configured them, by the source that reads them (`--log-format`). */
  readonly logFormats: readonly LogFormat[]
  /** IANA name of the zone of times that logs tell without one (`--log-time-zone`). */
  readonly logZone: string
  /** Day, as 2026-11-24, after which nothing in the logs can have happened (`--log-until`). */
  readonly logUntil: string | undefined
}

/** The format of a log as its producer's configuration has it. */
export type LogFormat = { readonly source: string; readonly template: string }

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
export function shipped(name: 'sources' | 'detections' | 'baselines' | 'intel' | 'analytics' | 'examples'): string {
  return fileURLToPath(new URL(`../${name}`, import.meta.url))
}

/** From `COUNTERSEAL_CLICKHOUSE_…`; certificates and keys are named as files there, and PEM texts here. */
export type ClickHouseSettings = {
  /** `_URL`: http or https, without credentials; several, separated by commas, for the nodes of a cluster. */
  readonly urls: readonly string[]
  /** `_DATABASE` (default `counterseal`), `_USER`, `_PASSWORD`, `_TOKEN` (instead of the two), `_CLUSTER`. */
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly token?: string
  readonly cluster?: string
  /** `_CA`, `_CERT`, `_KEY`. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  /** `--allow-partial`: answer although a shard does not. */
  readonly allowPartial: boolean
}

/** From `COUNTERSEAL_POSTGRES_URL`, `_USER`, `_PASSWORD`, `_SCHEMA`, `_CA`, `_CERT`, `_KEY`. */
export type PostgresSettings = {
  readonly url: string
  readonly user?: string
  readonly password?: string
  readonly schema?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

type Environment = Readonly<Record<string, string | undefined>>

export type ConfigOptions = {
  readonly allowPartial?: boolean
  readonly data?: string
  readonly sources?: readonly string[]
  readonly detections?: readonly string[]
  readonly intel?: readonly string[]
  readonly settings?: readonly string[]
  readonly localNetwork?: readonly string[]
  readonly logFormat?: readonly string[]
  readonly logTimeZone?: string
  readonly logUntil?: string
}

/** Secrets come from the environment only: arguments are seen by everyone who lists processes. */
export function configFrom(options: ConfigOptions, environment: Environment = process.env): Config {
  const own = (extra: readonly string[] = []) => extra.map(path => resolve(expandHome(path)))
  const localNetworks = [...defaultLocalNetworks, ...(options.localNetwork ?? [])]
  for (const network of localNetworks) addressRange(network)
  const clickhouse = clickhouseFrom(environment, options.allowPartial ?? false)
  // What is kept on a server is kept: then standard input and cases need a place that lasts, too.
  const data = options.data ?? (clickhouse === undefined ? undefined : defaultData)
  return {
    data: data === undefined ? undefined : resolve(expandHome(data)),
    clickhouse,
    postgres: postgresFrom(environment),
    sources: [shipped('sources'), ...own(options.sources)],
    detections: [shipped('detections'), ...own(options.detections)],
    intel: [shipped('intel'), ...own(options.intel)],
    settings: own(options.settings),
    localNetworks,
    logFormats: (options.logFormat ?? []).map(logFormatFrom),
    logZone: zoneFrom(options.logTimeZone ?? 'UTC'),
    logUntil: options.logUntil === undefined ? undefined : dayFrom(options.logUntil),
  }
}

function logFormatFrom(text: string): LogFormat {
  const [, source, template] = /^([a-z0-9-]+)=([\s\S]+)$/.exec(text) ?? []
  if (source !== undefined && template !== undefined) return { source, template }
  throw new CountersealError('usage/bad-argument', {
    message: `--log-format is SOURCE=FORMAT, such as nginx-access='$remote_addr …', and not ${JSON.stringify(text.slice(0, 60))}.`,
  })
}

function zoneFrom(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch (cause) {
    throw new CountersealError('usage/bad-argument', {
      message: `--log-time-zone is the name of a zone, such as Europe/Berlin, and not ${JSON.stringify(name.slice(0, 60))}.`,
      cause,
    })
  }
}

function dayFrom(text: string): string {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (!Number.isNaN(time)) return text
  throw new CountersealError('usage/bad-argument', {
    message: `--log-until is a day, such as 2026-11-24, and not ${JSON.stringify(text.slice(0, 60))}.`,
  })
}

function clickhouseFrom(environment: Environment, allowPartial: boolean): ClickHouseSettings | undefined {
  const { url, ...rest } = settingsOf(environment, 'COUNTERSEAL_CLICKHOUSE', [
    ...['url', 'database', 'user', 'password', 'token', 'cluster'],
    ...['ca', 'cert', 'key'],
  ])
  const urls = (url ?? '').split(/[\s,]+/).filter(one => one !== '')
  return urls.length === 0 ? undefined : { ...rest, urls, allowPartial }
}

function postgresFrom(environment: Environment): PostgresSettings | undefined {
  const names = ['url', 'user', 'password', 'schema', 'ca', 'cert', 'key']
  const { url, ...rest } = settingsOf(environment, 'COUNTERSEAL_POSTGRES', names)
  return url === undefined ? undefined : { ...rest, url }
}

/** Named files are read here, so that a wrong name is told before anything is opened. Empty means not set. */
function settingsOf(environment: Environment, prefix: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap(name => {
      const variable = `${prefix}_${name.toUpperCase()}`
      const value = environment[variable]
      if (value === undefined || value === '') return []
      return [[name, ['ca', 'cert', 'key'].includes(name) ? readPem(variable, value) : value]]
    }),
  )
}

function readPem(variable: string, path: string): string {
  try {
    return readFileSync(expandHome(path), 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CountersealError('usage/bad-argument', {
      message: `${variable} names a file that cannot be read: ${reason}.`,
      cause,
    })
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
