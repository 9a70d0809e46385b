/** Step 2, 14 October before dawn: the names found are probed from outside. Seen by Suricata at the edge only. */
import { at, millisecond, second } from './clock.ts'
import { addressesOf, addressFor, prober } from './network.ts'
import { randomFrom } from './random.ts'
import { type Alert, dnsAt, type HttpExchange, httpSession, type Session, tlsSession } from './sessions.ts'

const nameServer = '192.0.2.203'

/** Names from certificates; those without an address still exist in certificate searches only. */
const targets = [
  'vpn-malmo.norrfell.example',
  'vpn-goteborg.norrfell.example',
  'jenkins-build.norrfell.example',
  'jenkins-old.norrfell.example',
  'sso-staging.norrfell.example',
] as const

const paths: Readonly<Record<string, readonly (readonly [path: string, status: number])[]>> = {
  vpn: [
    ['/', 302],
    ['/remote/login', 404],
    ['/global-protect/login.esp', 404],
    ['/logon/LogonPoint/index.html', 404],
    ['/robots.txt', 404],
  ],
  jenkins: [
    ['/', 403],
    ['/login?from=%2F', 200],
    ['/whoAmI/', 403],
    ['/script', 403],
    ['/asynchPeople/', 403],
    ['/cli', 403],
    ['/.git/config', 404],
  ],
  sso: [
    ['/', 302],
    ['/.well-known/openid-configuration', 200],
    ['/realms/master', 404],
    ['/adfs/ls/idpinitiatedsignon.aspx', 404],
  ],
}

const reasons: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 403: 'Forbidden', 404: 'Not Found' }

const localAlert: Alert = {
  signature_id: 1_000_101,
  signature: 'NORRFELL LOCAL inbound request for a host name that only certificates publish',
  category: 'Attempted Information Leak',
  severity: 2,
}

export function probeStory(): readonly Session[] {
  const random = randomFrom('probes')
  let time = at('2026-10-14T02:11:07.310')
  const sessions: Session[] = []
  for (const name of targets) {
    const answers = addressesOf(name, 'A')
    const code = answers.length > 0 ? 'NOERROR' : 'NXDOMAIN'
    const asks = { client: prober, server: nameServer, server_port: 53 }
    sessions.push(dnsAt(time, asks, { query: name, type: 'A', code, answers, ttl: 3600 }))
    time += 2 * second
    if (answers.length === 0) continue
    const server = addressFor(name, prober)
    const tls = { version: 'TLSv13', server_name: name, chain: [] } as const
    sessions.push(tlsSession(time, { client: prober, server, server_port: 443 }, tls, [1_140, 3_480]))
    for (const [path, status] of paths[name.split('-')[0] ?? ''] ?? []) {
      time += random.int(900, 5_200) * millisecond
      const session = httpSession(time, { client: prober, server, server_port: 80 }, [request(name, path, status)])
      sessions.push(path === '/script' || path === '/.git/config' ? { ...session, alert: localAlert } : session)
    }
    time += random.int(300, 900) * second
  }
  return sessions
}

function request(host: string, target: string, status: number): HttpExchange {
  return {
    method: 'GET',
    host,
    target,
    user_agent: 'Mozilla/5.0 (compatible; InventoryBot/0.3)',
    status,
    status_message: reasons[status] ?? '',
    response_length: status === 200 ? 4_112 : 196,
    mime_type: 'text/html',
  }
}
