/** Step 1, 13 October: someone on the contractor's laptop enumerates the company through certificate searches. */
import { at, millisecond, minute, second, workdays } from './clock.ts'
import { addressFor, company, laptop, proxy, securityHost } from './network.ts'
import {
  dnsLookup,
  httpSession,
  resolverLookup,
  type Session,
  type SqlSession,
  sqlSession,
  tlsSession,
} from './sessions.ts'

const service = 'crt.sh'

export function lookupStory(): readonly Session[] {
  return [...browsing(), ...toolRun(), ...psql(), ...throughTheProxy(), ...securityTeam()]
}

/** A name is resolved, then contacted over TLS 1.3: the sensors see the name and no certificate. */
function visit(start: number, client: string, name: string): readonly Session[] {
  const server = addressFor(name, client)
  return [
    dnsLookup(start, client, name),
    tlsSession(start + 60 * millisecond, { client, server, server_port: 443 }, tls13(name)),
  ]
}

function tls13(server_name: string) {
  return { version: 'TLSv13', server_name, chain: [] } as const
}

/** Three page views by hand. */
function browsing(): readonly Session[] {
  const server = addressFor(service, laptop)
  const again = (time: string) => tlsSession(at(time), { client: laptop, server, server_port: 443 }, tls13(service))
  return [
    resolverLookup(at('2026-10-13T14:02:11.415'), service),
    ...visit(at('2026-10-13T14:02:11.402'), laptop, service),
    again('2026-10-13T14:03:38.117'),
    again('2026-10-13T14:04:52.630'),
  ]
}

/** One run of an enumeration tool: seven services in 74 seconds, crt.sh through its database. */
function toolRun(): readonly Session[] {
  const start = at('2026-10-13T14:06:20.200')
  const others = [
    'api.certspotter.com',
    'certificatedetails.com',
    'api.hackertarget.com',
    'jonlu.ca',
    'ip.thc.org',
    'api.merklemap.com',
  ]
  const server = addressFor(service, laptop)
  return [
    dnsLookup(start, laptop, service),
    // A Go program without TLS and without an application name. It prepares its query, so no sensor prints the SQL.
    sqlSession(start + 90 * millisecond, { client: laptop, server, server_port: 5432 }, goTool, 31 * second),
    ...others.flatMap((name, index) => visit(start + (index * 14 + 3) * second + index * 37_411, laptop, name)),
  ]
}

const goTool: SqlSession = { user: 'guest', database: 'certwatch', ssl_refused: false, queries: [{ rows: 137 }] }

const identities = (term: string) =>
  `SELECT DISTINCT cai.NAME_VALUE FROM certificate_and_identities cai WHERE plainto_tsquery('certwatch', '${term}') @@ identities(cai.CERTIFICATE) AND cai.NAME_VALUE ILIKE '%.${company}' LIMIT 10000;`

const psqlQueries: SqlSession = {
  user: 'guest',
  database: 'certwatch',
  application_name: 'psql',
  ssl_refused: true,
  queries: [
    { sql: identities(company), rows: 137 },
    { sql: identities(`vpn.${company}`), rows: 4 },
    {
      sql: `SELECT min(ctle.ENTRY_TIMESTAMP), max(ctle.ENTRY_TIMESTAMP) FROM ct_log_entry ctle WHERE ctle.CERTIFICATE_ID IN (SELECT cai.CERTIFICATE_ID FROM certificate_and_identities cai WHERE plainto_tsquery('certwatch', '${company}') @@ identities(cai.CERTIFICATE));`,
      rows: 0,
      error: 'canceling statement due to conflict with recovery',
    },
    { sql: identities(`jenkins.${company}`), rows: 2 },
  ],
}

/** By hand in psql, which offers TLS, is refused, and then writes every statement in the clear. */
function psql(): readonly Session[] {
  const start = at('2026-10-13T14:13:05.750')
  const server = addressFor(service, laptop)
  return [
    dnsLookup(start, laptop, service),
    sqlSession(start + 80 * millisecond, { client: laptop, server, server_port: 5432 }, psqlQueries, 4 * minute),
  ]
}

/** Three plain GETs through the explicit proxy, and the proxy's own leg at the edge, which names the client. */
function throughTheProxy(): readonly Session[] {
  const requests = [
    ['2026-10-13T14:20:33.080', `q=%25.${company}&output=json`, 188_420],
    ['2026-10-13T14:20:41.412', `q=vpn-%25.${company}&output=json`, 2_912],
    ['2026-10-13T14:21:02.945', `q=%25.${company}&output=json&exclude=expired`, 64_117],
  ] as const
  return requests.flatMap(([time, query, length]) => {
    const request = {
      method: 'GET',
      host: service,
      user_agent: 'curl/8.9.1',
      status: 200,
      status_message: 'OK',
      response_length: length,
      mime_type: 'application/json',
    }
    const toProxy = { client: laptop, server: proxy.address, server_port: proxy.port }
    const toService = { client: proxy.address, server: addressFor(service, laptop), server_port: 80 }
    const via = [`X-FORWARDED-FOR -> ${laptop}`, 'VIA -> 1.1 proxy01 (squid/6.10)']
    const outer = { ...request, target: `http://${service}/?${query}`, proxied: ['PROXY-CONNECTION -> Keep-Alive'] }
    const inner = { ...request, target: `/?${query}`, proxied: via }
    const edge = httpSession(at(time) + 9 * millisecond, toService, [inner])
    return [httpSession(at(time), toProxy, [outer]), { ...edge, sensors: ['suricata'] as const }]
  })
}

/** The security team looks once every morning. It is still a lookup; whether it is sanctioned is for the analyst. */
function securityTeam(): readonly Session[] {
  return workdays.flatMap((midnight, index) => {
    const start = midnight + 7.5 * 60 * minute + (index * 41 + 7) * second
    return [resolverLookup(start + 12 * millisecond, service), ...visit(start, securityHost, service)]
  })
}
