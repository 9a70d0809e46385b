/** What the two sensors could see: one record per connection, rendered later by `zeek.ts` and `suricata.ts`. */
import { createHash } from 'node:crypto'
import type { ExampleCertificate } from './certificate-maker.ts'
import { millisecond, second } from './clock.ts'
import { addressesOf, isInside, resolver } from './network.ts'
import { randomFrom } from './random.ts'

/** Zeek listens between the clients and the core, Suricata at the Internet edge. */
export type Sensor = 'zeek' | 'suricata'

export type DnsExchange = {
  readonly query: string
  readonly type: 'A' | 'AAAA' | 'PTR' | 'TXT' | 'SRV'
  readonly code: 'NOERROR' | 'NXDOMAIN'
  readonly answers: readonly string[]
  readonly ttl: number
}

export type TlsHandshake = {
  readonly version: 'TLSv12' | 'TLSv13'
  /** Absent when the client connects to a bare address. */
  readonly server_name?: string
  /** As sent by the server; empty in TLS 1.3, where certificates are encrypted. */
  readonly chain: readonly ExampleCertificate[]
  readonly validation?: 'ok' | 'self-signed certificate'
}

export type HttpExchange = {
  readonly method: string
  readonly host: string
  /** The request target as sent: absolute when the client talks to an explicit proxy. */
  readonly target: string
  readonly user_agent: string
  readonly status: number
  readonly status_message: string
  readonly response_length: number
  readonly mime_type?: string
  /** Headers that betray a proxy, as Zeek writes them: `VIA -> 1.1 proxy`. */
  readonly proxied?: readonly string[]
}

export type SqlSession = {
  readonly user: string
  readonly database: string
  readonly application_name?: string
  /** The client asked for TLS first and was refused (psql's default). */
  readonly ssl_refused: boolean
  /** `sql` is absent for the extended protocol, which neither sensor prints. */
  readonly queries: readonly { readonly sql?: string; readonly rows: number; readonly error?: string }[]
}

export type Alert = {
  readonly signature_id: number
  readonly signature: string
  readonly category: string
  readonly severity: number
}

export type Session = {
  readonly start: number
  readonly duration: number
  readonly proto: 'tcp' | 'udp'
  readonly client: string
  readonly client_port: number
  readonly server: string
  readonly server_port: number
  readonly sent: number
  readonly received: number
  readonly sensors: readonly Sensor[]
  readonly dns?: DnsExchange
  readonly tls?: TlsHandshake
  readonly http?: readonly HttpExchange[]
  readonly sql?: SqlSession
  readonly alert?: Alert
}

type Ends = { readonly client: string; readonly server: string; readonly server_port: number }

/** A short label that is unique per connection: two sessions never share a client port at one instant. */
export function labelOf(session: Session): string {
  return `${session.start}/${session.client}:${session.client_port}>${session.server}:${session.server_port}`
}

export function zeekUid(session: Session): string {
  return `C${randomFrom(`uid/${labelOf(session)}`).base62(17)}`
}

export function zeekFuid(session: Session, index: number): string {
  return `F${randomFrom(`fuid/${labelOf(session)}/${index}`).base62(17)}`
}

export function suricataFlowId(session: Session): number {
  return Math.floor(randomFrom(`flow/${labelOf(session)}`).next() * 2 ** 51)
}

/**
 * Community ID v1 (github.com/corelight/community-id-spec): base64 of SHA-1 over seed 0 (2 bytes), both addresses,
 * protocol, a zero byte and both ports, the smaller endpoint first.
 */
export function communityId(session: Session): string {
  const ends = [
    Buffer.concat([addressBytes(session.client), portBytes(session.client_port)]),
    Buffer.concat([addressBytes(session.server), portBytes(session.server_port)]),
  ].sort(Buffer.compare)
  const width = addressBytes(session.client).length
  const addresses = ends.map(end => end.subarray(0, width))
  const ports = ends.map(end => end.subarray(width))
  const protocol = Buffer.from([session.proto === 'tcp' ? 6 : 17, 0])
  const input = Buffer.concat([Buffer.from([0, 0]), ...addresses, protocol, ...ports])
  return `1:${createHash('sha1').update(input).digest('base64')}`
}

/** Written out in full, as Suricata 7 does: `2001:0db8:0040:0000:0000:0000:0000:0010`. */
export function fullAddress(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const zeros = address.includes('::') ? Array.from({ length: 8 - left.length - right.length }, () => '0') : []
  return [...left, ...zeros, ...right].map(group => group.padStart(4, '0')).join(':')
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number))
  return Buffer.from(fullAddress(address).replaceAll(':', ''), 'hex')
}

function portBytes(port: number): Buffer {
  return Buffer.from([port >> 8, port & 0xff])
}

/** Which sensors a connection passes: Zeek sees every inside client, Suricata everything that crosses the edge. */
function sensorsFor(ends: Ends): readonly Sensor[] {
  const insideClient = isInside(ends.client)
  const insideServer = isInside(ends.server)
  if (insideClient && insideServer) return ['zeek']
  return insideClient ? ['zeek', 'suricata'] : ['suricata']
}

function open(start: number, ends: Ends, label: string): Pick<Session, 'start' | 'client_port' | 'sensors'> & Ends {
  const random = randomFrom(`port/${start}/${ends.client}/${ends.server}/${label}`)
  return { start, ...ends, client_port: random.int(49_152, 65_535), sensors: sensorsFor(ends) }
}

const upstreamTtl = 300

/** One question to the company's resolver; IPv6 clients ask over IPv6. */
export function dnsLookup(start: number, client: string, query: string, options: Partial<DnsExchange> = {}): Session {
  const type = options.type ?? 'A'
  const code = options.code ?? 'NOERROR'
  const answers = options.answers ?? (code === 'NOERROR' ? addressesOf(query, type) : [])
  const server = client.includes(':') ? resolver.v6 : resolver.v4
  return dnsAt(start, { client, server, server_port: 53 }, { query, type, code, answers, ttl: options.ttl ?? 300 })
}

export function dnsAt(start: number, ends: Ends, dns: DnsExchange): Session {
  const random = randomFrom(`dns/${start}/${dns.query}`)
  const duration = random.int(700, 45_000)
  const sent = dns.query.length + 18
  const received = sent + dns.answers.reduce((sum, answer) => sum + 12 + Math.min(answer.length, 16), 0)
  return { ...open(start, ends, dns.query), proto: 'udp', duration, sent, received, dns }
}

/** The resolver's own question to its upstream, seen only at the edge, for a name a client asked for. */
export function resolverLookup(start: number, query: string): Session {
  const ends = { client: resolver.v4, server: resolver.upstream, server_port: 53 }
  const answers = addressesOf(query, 'A')
  const asked = dnsAt(start, ends, { query, type: 'A', code: 'NOERROR', answers, ttl: upstreamTtl })
  return { ...asked, sensors: ['suricata'] }
}

export function tlsSession(start: number, ends: Ends, tls: TlsHandshake, lengths?: readonly [number, number]): Session {
  const random = randomFrom(`tls/${start}/${ends.client}/${ends.server}`)
  const [sent, received] = lengths ?? [random.int(900, 4_800), random.int(3_200, 64_000)]
  const duration = random.int(180 * millisecond, 14 * second)
  return { ...open(start, ends, tls.server_name ?? ''), proto: 'tcp', duration, sent, received, tls }
}

export function httpSession(start: number, ends: Ends, http: readonly HttpExchange[]): Session {
  const random = randomFrom(`http/${start}/${ends.client}/${ends.server}`)
  const sent = http.reduce((sum, exchange) => sum + exchange.target.length + exchange.user_agent.length + 90, 0)
  const received = http.reduce((sum, exchange) => sum + exchange.response_length + 240, 0)
  const duration = random.int(60 * millisecond, 900 * millisecond) * http.length
  return { ...open(start, ends, http[0]?.target ?? ''), proto: 'tcp', duration, sent, received, http }
}

export function sqlSession(start: number, ends: Ends, sql: SqlSession, duration: number): Session {
  const rows = sql.queries.reduce((sum, query) => sum + query.rows, 0)
  const asked = sql.queries.reduce((sum, query) => sum + (query.sql?.length ?? 260), 0)
  const base = open(start, ends, sql.database)
  return { ...base, proto: 'tcp', duration, sent: asked + 180, received: rows * 46 + 620, sql }
}
