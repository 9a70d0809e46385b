/**
 * Renders sessions as Suricata 7.0's `eve.json` (extended TLS logging, DNS version 2, Community ID on).
 *
 * Seen in OISF/suricata rust/src/pgsql/logger.rs, OISF/suricata-verify tests/pgsql, and the EVE format pages of
 * docs.suricata.io (7.0). Lines come in the order Suricata writes them: a flow record when the flow has timed out.
 */
import type { DistinguishedName, ExampleCertificate } from './certificate-maker.ts'
import { eveTime, isoSeconds, millisecond, second } from './clock.ts'
import { randomFrom } from './random.ts'
import {
  communityId,
  type DnsExchange,
  fullAddress,
  labelOf,
  type Session,
  type SqlSession,
  suricataFlowId,
} from './sessions.ts'

type Json = Readonly<Record<string, unknown>>
type Line = { readonly written: number; readonly record: Json }

export function eveLines(sessions: readonly Session[]): readonly string[] {
  return sessions
    .flatMap(session => [
      ...dnsLines(session),
      ...tlsLines(session),
      ...httpLines(session),
      ...pgsqlLines(session),
      ...alertLines(session),
      flowLine(session),
    ])
    .toSorted((left, right) => left.written - right.written)
    .map(line => JSON.stringify(line.record))
}

function line(session: Session, written: number, kind: string, rest: Json, answer = false): Line {
  const client = { src_ip: fullAddress(session.client), src_port: session.client_port }
  const server = { dest_ip: fullAddress(session.server), dest_port: session.server_port }
  const reversed = {
    src_ip: server.dest_ip,
    src_port: server.dest_port,
    dest_ip: client.src_ip,
    dest_port: client.src_port,
  }
  const record = {
    timestamp: eveTime(written),
    flow_id: suricataFlowId(session),
    in_iface: 'ens192',
    event_type: kind,
    ...(answer ? reversed : { ...client, ...server }),
    proto: session.proto.toUpperCase(),
    ...(kind === 'flow' ? {} : { pkt_src: 'wire/pcap' }),
    community_id: communityId(session),
    ...rest,
  }
  return { written, record }
}

function dnsLines(session: Session): readonly Line[] {
  const { dns } = session
  if (!dns) return []
  const id = randomFrom(`trans/${labelOf(session)}`).int(1, 65_535)
  const asked = { type: 'query', id, rrname: dns.query, rrtype: dns.type, tx_id: 0, opcode: 0 }
  return [
    line(session, session.start, 'dns', { dns: asked }),
    line(session, session.start + session.duration, 'dns', { dns: dnsAnswer(dns, id) }, true),
  ]
}

function dnsAnswer(dns: DnsExchange, id: number): Json {
  const found = dns.answers.length > 0
  const answers = dns.answers.map(rdata => ({ rrname: dns.query, rrtype: dns.type, ttl: dns.ttl, rdata }))
  return {
    version: 2,
    type: 'answer',
    id,
    flags: found ? '8180' : '8183',
    qr: true,
    rd: true,
    ra: true,
    opcode: 0,
    rrname: dns.query,
    rrtype: dns.type,
    rcode: dns.code,
    ...(found ? { answers, grouped: { [dns.type]: dns.answers } } : {}),
  }
}

function tlsLines(session: Session): readonly Line[] {
  const { tls } = session
  if (!tls) return []
  const leaf = tls.chain[0]
  const record = {
    ...(leaf ? certificateFields(leaf) : {}),
    ...(tls.server_name === undefined ? {} : { sni: tls.server_name }),
    version: tls.version === 'TLSv12' ? 'TLS 1.2' : 'TLS 1.3',
    ...(leaf ? { notbefore: isoSeconds(leaf.not_before), notafter: isoSeconds(leaf.not_after) } : {}),
    ja3: {},
    ja3s: {},
  }
  return [line(session, session.start + 44 * millisecond, 'tls', { tls: record })]
}

/** `serial` and `fingerprint` (SHA-1 of the DER) as colon-separated bytes; a serial keeps its sign byte. */
function certificateFields(certificate: ExampleCertificate): Json {
  const even = certificate.serial.length % 2 ? `0${certificate.serial}` : certificate.serial
  const signed = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even
  return {
    subject: eveName(certificate.subject),
    issuerdn: eveName(certificate.issuer),
    serial: signed.match(/../g)?.join(':'),
    fingerprint: certificate.sha1.match(/../g)?.join(':'),
  }
}

function eveName(name: DistinguishedName): string {
  return name.map(([attribute, value]) => `${attribute}=${value}`).join(', ')
}

function httpLines(session: Session): readonly Line[] {
  return (session.http ?? []).map((exchange, index) => {
    const http = {
      hostname: exchange.host,
      url: exchange.target,
      http_user_agent: exchange.user_agent,
      http_content_type: exchange.mime_type,
      http_method: exchange.method,
      protocol: 'HTTP/1.1',
      status: exchange.status,
      length: exchange.response_length,
    }
    const forwarded = exchange.proxied?.find(header => header.startsWith('X-FORWARDED-FOR'))
    const xff = forwarded ? { xff: forwarded.split(' -> ')[1] } : {}
    return line(session, session.start + session.duration, 'http', { tx_id: index, http, ...xff })
  })
}

function pgsqlLines(session: Session): readonly Line[] {
  const { sql } = session
  if (!sql) return []
  const exchanges: Json[] = []
  if (sql.ssl_refused) exchanges.push({ request: { message: 'SSL Request' }, response: { ssl_accepted: false } })
  exchanges.push(startup(sql, randomFrom(`backend/${labelOf(session)}`).int(1_000_000, 4_000_000_000)))
  for (const query of sql.queries) {
    // The extended protocol is "unknown" to Suricata: an empty request beside the rows that came back.
    const request = query.sql === undefined ? {} : { simple_query: query.sql }
    const failed = {
      severity_localizable: 'ERROR',
      severity_non_localizable: 'ERROR',
      code: '40001',
      message: query.error,
      file: 'postgres.c',
      line: '3168',
      routine: 'ProcessInterrupts',
    }
    const rows = {
      field_count: 1,
      data_rows: query.rows,
      data_size: query.rows * 31,
      command_completed: `SELECT ${query.rows}`,
    }
    exchanges.push({ request, response: query.error ? failed : rows })
  }
  exchanges.push({ request: { message: 'termination_message' } })
  const step = Math.floor((session.duration - 40 * millisecond) / exchanges.length)
  return exchanges.map((exchange, index) => {
    const pgsql = { tx_id: index + 1, ...exchange }
    return line(session, session.start + 31 * millisecond + index * step, 'pgsql', { tx_id: index, pgsql })
  })
}

function startup(sql: SqlSession, secret: number): Json {
  const name = sql.application_name
  const encoding = { client_encoding: 'UTF8' }
  const asked = [{ database: sql.database }, ...(name ? [{ application_name: name }] : []), encoding]
  const status = [
    { application_name: name ?? '' },
    encoding,
    { date_style: 'ISO, MDY' },
    { is_superuser: 'off' },
    { server_version: '14.13' },
    { session_authorization: sql.user },
    { time_zone: 'UTC' },
  ]
  return {
    request: { protocol_version: '3.0', startup_parameters: { user: sql.user, optional_parameters: asked } },
    response: { message: 'authentication_ok', parameter_status: status, process_id: 4711, secret_key: secret },
  }
}

function alertLines(session: Session): readonly Line[] {
  const exchange = session.http?.[0]
  if (!session.alert || !exchange) return []
  const { signature_id, signature, category, severity } = session.alert
  const alert = { action: 'allowed', gid: 1, signature_id, rev: 1, signature, category, severity }
  const http = {
    hostname: exchange.host,
    url: exchange.target,
    http_user_agent: exchange.user_agent,
    http_method: exchange.method,
    protocol: 'HTTP/1.1',
    length: 0,
  }
  const flow = {
    pkts_toserver: 3,
    pkts_toclient: 1,
    bytes_toserver: session.sent + 180,
    bytes_toclient: 66,
    start: eveTime(session.start),
  }
  const rest = { tx_id: 0, alert, http, app_proto: 'http', direction: 'to_server', flow }
  return [line(session, session.start + 15 * millisecond, 'alert', rest)]
}

function flowLine(session: Session): Line {
  const tcp = session.proto === 'tcp'
  const end = session.start + session.duration
  const written = end + (tcp ? 62 : 31) * second
  const toServer = tcp ? Math.ceil(session.sent / 1400) + 5 : 1
  const toClient = tcp ? Math.ceil(session.received / 1400) + 4 : 1
  const flow = {
    pkts_toserver: toServer,
    pkts_toclient: toClient,
    bytes_toserver: session.sent + toServer * 54,
    bytes_toclient: session.received + toClient * 54,
    start: eveTime(session.start),
    end: eveTime(end),
    age: Math.floor(end / second) - Math.floor(session.start / second),
    state: tcp ? 'closed' : 'established',
    reason: 'timeout',
    alerted: session.alert !== undefined,
  }
  const flags = { tcp_flags: '1b', tcp_flags_ts: '1b', tcp_flags_tc: '1b', syn: true, fin: true, psh: true, ack: true }
  const name = session.dns ? 'dns' : session.tls ? 'tls' : session.http ? 'http' : 'pgsql'
  return line(session, written, 'flow', {
    app_proto: name,
    flow,
    ...(tcp ? { tcp: { ...flags, state: 'closed' } } : {}),
  })
}
