/** An ordinary week: browsing, revocation checks, an appliance with its own certificate, a database, visitors. */
import type { ExampleCertificates } from './certificates.ts'
import { hour, millisecond, minute, second, workdays } from './clock.ts'
import {
  addressFor,
  appliance,
  cdnAddresses,
  clients,
  company,
  prober,
  proxy,
  warehouseDatabase,
  webServer,
} from './network.ts'
import { type Random, randomFrom } from './random.ts'
import {
  dnsAt,
  dnsLookup,
  type HttpExchange,
  httpSession,
  resolverLookup,
  type Session,
  sqlSession,
  tlsSession,
} from './sessions.ts'

const browser =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'

const tls13 = (server_name: string) => ({ version: 'TLSv13', server_name, chain: [] }) as const

/** A moment of the working day, 07:00 to 17:30 UTC. */
const working = (random: Random, midnight: number) =>
  midnight + 7 * hour + random.int(0, 10.5 * 3600) * second + random.int(0, 999_999)

export function background(certificates: ExampleCertificates): readonly Session[] {
  return [
    ...browsing(),
    ...newsSite(certificates),
    ...revocation(),
    ...applianceVisits(certificates),
    ...warehouse(),
    ...names(),
    ...issuance(),
    ...proxied(),
    ...visitors(),
  ]
}

/** TLS 1.3 to ordinary services. Two names only look like the catalogue's: the label boundary decides. */
function browsing(): readonly Session[] {
  const sites = [
    'mail.harbourmail.example',
    'files.harbourmail.example',
    'api.tideforecast.example',
    'chat.crewroom.example',
    'desert.shipping-almanac.example',
  ] as const
  const random = randomFrom('browsing')
  const sessions: Session[] = []
  for (const midnight of workdays) {
    for (let visit = 0; visit < 13; visit++) {
      const client = random.pick(clients)
      const name = random.pick(sites)
      const start = working(random, midnight)
      const type = client.includes(':') ? 'AAAA' : 'A'
      sessions.push(dnsLookup(start, client, name, { type }))
      if (visit === 0) sessions.push(resolverLookup(start + 9 * millisecond, name))
      const ends = { client, server: addressFor(name, client), server_port: 443 }
      sessions.push(tlsSession(start + 55 * millisecond, ends, tls13(name)))
    }
  }
  const lookalike = 'crt.sh.portside-news.example'
  const start = working(random, workdays[2] ?? 0)
  const ends = { client: '10.20.18.23', server: addressFor(lookalike, '10.20.18.23'), server_port: 443 }
  sessions.push(dnsLookup(start, ends.client, lookalike), tlsSession(start + 48 * millisecond, ends, tls13(lookalike)))
  return sessions
}

/** One certificate on four addresses, signed by a public CA: a content network, not an operator's set of servers. */
function newsSite(certificates: ExampleCertificates): readonly Session[] {
  const name = 'www.portside-news.example'
  const chain = [certificates.publicSite, certificates.publicIssuing]
  const tls = { version: 'TLSv12', server_name: name, chain, validation: 'ok' } as const
  const random = randomFrom('news')
  const v4 = clients.filter(client => !client.includes(':'))
  return workdays.flatMap(midnight =>
    Array.from({ length: 8 }, (_, index) => {
      const client = random.pick(v4)
      const start = working(random, midnight)
      const server = cdnAddresses[index % cdnAddresses.length] ?? cdnAddresses[0]
      return [
        dnsLookup(start, client, name),
        tlsSession(start + 50 * millisecond, { client, server, server_port: 443 }, tls),
      ]
    }).flat(),
  )
}

/** Every Windows client and browser asks these; they say nothing about the person. */
function revocation(): readonly Session[] {
  const checks = [
    [
      'ocsp.digicert.com',
      '/MFEwTzBNMEswSTAJBgUrDgMCGgUABBQ50otx%2Fh0Ztl%2Bz8SiPI7wEWVxDlQQU',
      'application/ocsp-response',
    ],
    ['r11.o.lencr.org', '/MFMwUTBPME0wSzAJBgUrDgMCGgUABBQaUrm0WeTDM5ghfoZtS72KO9ZnzgQU', 'application/ocsp-response'],
    ['crl.globalsign.com', '/root-r3.crl', 'application/pkix-crl'],
    ['ctldl.windowsupdate.com', '/msdownload/update/v3/static/trustedr/en/authrootstl.cab', 'application/vnd.ms-cab'],
    ['ocsp.aldermoor-pki.example', '/MFAwTjBMMEowSDAJBgUrDgMCGgUABBT0YUN9kX', 'application/ocsp-response'],
    ['crl.aldermoor-pki.example', '/tls-ca-3.crl', 'application/pkix-crl'],
  ] as const
  const random = randomFrom('revocation')
  return workdays.flatMap(midnight =>
    Array.from({ length: 9 }, () => {
      const [host, target, mime_type] = random.pick(checks)
      const client = random.pick(clients.filter(address => !address.includes(':')))
      const start = working(random, midnight)
      const request = get(host, target, 'Microsoft-CryptoAPI/10.0', mime_type, random.int(471, 7_900))
      const ends = { client, server: addressFor(host, client), server_port: 80 }
      return [dnsLookup(start, client, host), httpSession(start + 40 * millisecond, ends, [request])]
    }).flat(),
  )
}

/** A self-signed certificate, but on one server, inside, for years. */
function applianceVisits(certificates: ExampleCertificates): readonly Session[] {
  const name = `nas.${company}`
  const chain = [certificates.appliance]
  const tls = { version: 'TLSv12', server_name: name, chain, validation: 'self-signed certificate' } as const
  const random = randomFrom('appliance')
  const visitors = ['10.20.14.21', '10.20.14.44', '10.20.14.52', '10.20.18.31', '10.20.22.14'] as const
  return workdays.flatMap(midnight =>
    Array.from({ length: 4 }, () => {
      const client = random.pick(visitors)
      const start = working(random, midnight)
      const ends = { client, server: appliance, server_port: 443 }
      return [dnsLookup(start, client, name), tlsSession(start + 20 * millisecond, ends, tls)]
    }).flat(),
  )
}

/** PostgreSQL in the clear, but inside and with the company's own database. */
function warehouse(): readonly Session[] {
  const random = randomFrom('warehouse')
  const sql = {
    user: 'wms',
    database: 'warehouse',
    application_name: 'wms-reports',
    ssl_refused: false,
    queries: [
      { sql: 'SELECT count(*) FROM consignment WHERE due_on = CURRENT_DATE', rows: 1 },
      { sql: "SELECT id, gate, state FROM consignment WHERE state IN ('held', 'certified') ORDER BY id", rows: 212 },
    ],
  }
  return workdays.map(midnight => {
    const ends = { client: webServer, server: warehouseDatabase, server_port: 5432 }
    return sqlSession(midnight + 5 * hour + random.int(0, 50) * second, ends, sql, 2 * second)
  })
}

/** Questions without a connection. */
function names(): readonly Session[] {
  const random = randomFrom('names')
  const text = 'TXT 49 v=spf1 include:_spf.harbourmail.example, v1.2 -all'
  const sessions: Session[] = []
  for (const midnight of workdays) {
    const ask = (name: string, options: Parameters<typeof dnsLookup>[3]) =>
      sessions.push(dnsLookup(working(random, midnight), random.pick(clients), name, options))
    ask('_ldap._tcp.dc._msdcs.norrfell.example', { type: 'SRV', answers: ['dc01.norrfell.example'], ttl: 600 })
    ask('9.3.20.10.in-addr.arpa', { type: 'PTR', answers: [`nas.${company}`], ttl: 3600 })
    ask('wpad.norrfell.example', { type: 'A', code: 'NXDOMAIN' })
    ask('harbourmail.example', { type: 'TXT', answers: [text], ttl: 300 })
    ask('sso.crewroom.example', { type: 'AAAA', answers: [] })
  }
  return sessions
}

/** The web server renews its certificate: CA traffic from a host with a reason. */
function issuance(): readonly Session[] {
  const name = 'acme-v02.api.letsencrypt.org'
  return [1, 4].flatMap(index => {
    const start = (workdays[index] ?? 0) + 3 * hour + 17 * minute
    const ends = { client: webServer, server: addressFor(name, webServer), server_port: 443 }
    return [dnsLookup(start, webServer, name), tlsSession(start + 30 * millisecond, ends, tls13(name))]
  })
}

/** Other users of the proxy. The edge legs are left out: the proxy caches them. */
function proxied(): readonly Session[] {
  const random = randomFrom('proxied')
  const users = ['10.20.18.20', '10.20.18.31', '10.20.14.22'] as const
  return workdays.flatMap(midnight =>
    Array.from({ length: 3 }, (_, index) => {
      const host = 'download.windowsupdate.com'
      const target = `http://${host}/d/msdownload/update/software/secu/2026/10/kb50${index}4471.cab`
      const request = get(host, target, 'Microsoft-Delivery-Optimization/10.1', 'application/vnd.ms-cab', 48_212)
      const ends = { client: random.pick(users), server: proxy.address, server_port: proxy.port }
      return httpSession(working(random, midnight), ends, [{ ...request, proxied: ['PROXY-CONNECTION -> Keep-Alive'] }])
    }),
  )
}

/** Customers, and a monitor that asks one of the probed names every few hours and has done so for years. */
function visitors(): readonly Session[] {
  const random = randomFrom('visitors')
  const sources = ['203.0.113.12', '203.0.113.29', '198.51.100.61', '2001:db8:77::5', '2001:db8:77::a1'] as const
  const sessions: Session[] = []
  for (const midnight of workdays) {
    for (let visit = 0; visit < 5; visit++) {
      const client = random.pick(sources)
      const host = random.pick([`www.${company}`, `track.${company}`])
      const request = get(host, `/consignment/${random.int(100_000, 999_999)}`, browser, 'text/html', 9_120)
      const ends = { client, server: addressFor(host, client), server_port: 80 }
      sessions.push(httpSession(working(random, midnight), ends, [request]))
    }
    for (const hours of [4, 12, 20]) {
      const host = `vpn-malmo.${company}`
      const request = get(host, '/healthz', 'UptimeProbe/3.2 (+https://uptime.example)', 'text/plain', 2)
      const ends = { client: '203.0.113.150', server: addressFor(host, prober), server_port: 80 }
      sessions.push(httpSession(midnight + hours * hour + random.int(0, 59) * second, ends, [request]))
    }
    const ends = { client: '198.51.100.53', server: '192.0.2.203', server_port: 53 }
    const query = `www.${company}`
    const dns = { query, type: 'A', code: 'NOERROR', answers: ['192.0.2.201'], ttl: 3600 } as const
    sessions.push(dnsAt(working(random, midnight), ends, dns))
  }
  return sessions
}

function get(host: string, target: string, agent: string, mime_type: string, length: number): HttpExchange {
  return {
    method: 'GET',
    host,
    target,
    user_agent: agent,
    status: 200,
    status_message: 'OK',
    response_length: length,
    mime_type,
  }
}
