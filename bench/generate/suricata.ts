import type { Network } from './network.ts'
import { isoMicros } from './network.ts'

/**
 * A Suricata 7 eve.json as a sensor with the default outputs writes it, all types in one file: about 35 % flow, 25 % dns,
 * 15 % tls, 10 % http, 10 % fileinfo and stats, which no source reads, and 5 % alert.
 */
export function eveLine(network: Network): string {
  const { random } = network
  const draw = random.next()
  const event =
    draw < 0.35
      ? flow(network)
      : draw < 0.6
        ? dns(network)
        : draw < 0.75
          ? tls(network)
          : draw < 0.85
            ? http(network)
            : draw < 0.94
              ? fileinfo(network)
              : draw < 0.95
                ? stats(network)
                : alert(network)
  return `${JSON.stringify(event)}\n`
}

const head = ({ random, ...network }: Network, event_type: string, dest_port: number, proto = 'TCP') => ({
  timestamp: isoMicros(network.tick()),
  flow_id: random.whole(100_000_000_000_000, 2_251_799_813_685_247),
  in_iface: 'eth1',
  event_type,
  src_ip: network.host(),
  src_port: random.whole(1025, 65535),
  dest_ip: network.server().address,
  dest_port,
  proto,
})

const counts = ({ random, ...network }: Network) => ({
  pkts_toserver: random.whole(1, 60),
  pkts_toclient: random.whole(0, 90),
  bytes_toserver: random.whole(60, 9_000),
  bytes_toclient: random.whole(0, 120_000),
  start: isoMicros(network.tick()),
})

function flow(network: Network) {
  const { random } = network
  const end = isoMicros(network.tick() + 1_000_000)
  return {
    ...head(network, 'flow', random.pick([443, 53, 80, 445] as const), random.pick(['TCP', 'UDP'] as const)),
    app_proto: random.pick(['tls', 'dns', 'http', 'failed'] as const),
    flow: { ...counts(network), end, age: random.whole(0, 300), state: 'closed', reason: 'timeout', alerted: false },
    tcp: {
      tcp_flags: '1b',
      tcp_flags_ts: '1b',
      tcp_flags_tc: '1b',
      syn: true,
      fin: true,
      psh: true,
      ack: true,
      state: 'closed',
    },
  }
}

function dns(network: Network) {
  const { random } = network
  const base = { ...head(network, 'dns', 53, 'UDP'), pkt_src: 'wire/pcap' }
  const [id, rrname] = [random.whole(0, 65535), network.name()]
  if (random.chance(0.5)) return { ...base, dns: { type: 'query', id, rrname, rrtype: 'A', tx_id: 0, opcode: 0 } }
  const answers = Array.from({ length: random.whole(1, 3) }, () => ({
    rrname,
    rrtype: 'A',
    ttl: random.whole(1, 86_400),
    rdata: network.server().address,
  }))
  const reply = {
    type: 'answer',
    id,
    flags: '8180',
    qr: true,
    rd: true,
    ra: true,
    opcode: 0,
    rrname,
    rrtype: 'A',
    rcode: 'NOERROR',
  }
  return { ...base, dns: { version: 2, ...reply, answers, grouped: { A: answers.map(({ rdata }) => rdata) } } }
}

function tls(network: Network) {
  const { random } = network
  const server = network.server()
  const tls13 = {
    sni: server.name,
    version: 'TLS 1.3',
    ja3: { hash: random.hex(32), string: '771,4865-4866-4867,0-23-65281,29-23-24,0' },
  }
  const tls12 = {
    subject: `CN=${server.name}`,
    issuerdn: server.issuer.split(', ').reverse().join(', '),
    serial: (server.serial.match(/../g) ?? []).join(':').toUpperCase(),
    fingerprint: (server.certificate_sha1.match(/../g) ?? []).join(':'),
    sni: server.name,
    version: 'TLS 1.2',
    notbefore: '2025-10-01T00:00:00',
    notafter: '2025-12-30T23:59:59',
  }
  return { ...head(network, 'tls', 443), pkt_src: 'wire/pcap', tls: random.chance(0.5) ? tls12 : tls13 }
}

const exchange = ({ random, ...network }: Network) => ({
  hostname: network.name(),
  url: `/${random.text(random.whole(3, 40)).toLowerCase()}?id=${random.whole(1, 1_000_000)}`,
  http_user_agent: random.pick([
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
    'Microsoft-CryptoAPI/10.0',
    'curl/8.5.0',
  ] as const),
  http_content_type: 'text/html',
  http_method: random.pick(['GET', 'GET', 'POST'] as const),
  protocol: 'HTTP/1.1',
  status: random.pick([200, 200, 304, 404] as const),
  length: random.whole(0, 60_000),
})

const http = (network: Network) => ({
  ...head(network, 'http', 80),
  tx_id: 0,
  pkt_src: 'wire/pcap',
  http: exchange(network),
})

function fileinfo(network: Network) {
  const { random } = network
  const file = {
    filename: '/',
    gaps: false,
    state: 'CLOSED',
    sha256: random.hex(64),
    stored: false,
    size: random.whole(1, 90_000),
    tx_id: 0,
  }
  return {
    ...head(network, 'fileinfo', 80),
    pkt_src: 'wire/pcap',
    http: exchange(network),
    app_proto: 'http',
    fileinfo: file,
  }
}

function stats(network: Network) {
  const counters = Array.from({ length: 60 }, (_, nth) => [`counter_${nth}`, network.random.whole(0, 1e9)] as const)
  return {
    timestamp: isoMicros(network.tick()),
    event_type: 'stats',
    stats: { uptime: 3600, decoder: Object.fromEntries(counters) },
  }
}

function alert(network: Network) {
  const { random } = network
  const nth = random.skewed(200)
  const rule = {
    action: 'allowed',
    gid: 1,
    signature_id: 2_000_000 + nth,
    rev: 1,
    signature: `BENCH made-up signature ${nth}`,
    category: 'Misc activity',
    severity: random.whole(1, 3),
  }
  return {
    ...head(network, 'alert', 443),
    pkt_src: 'wire/pcap',
    alert: rule,
    app_proto: 'tls',
    direction: 'to_server',
    flow: counts(network),
  }
}
