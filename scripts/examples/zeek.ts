/** Renders sessions as the Zeek sensor would have logged them: conn, dns, http, postgresql. */
import { millisecond, second } from './clock.ts'
import { isInside } from './network.ts'
import { randomFrom } from './random.ts'
import { communityId, labelOf, type Session, zeekFuid, zeekUid } from './sessions.ts'
import type { ZeekRecord, ZeekValue } from './zeek-format.ts'

export type Values = Readonly<Record<string, ZeekValue>>

/** The columns that most logs begin with. */
export function connectionOf(session: Session, ts: number): Values {
  return {
    ts,
    uid: zeekUid(session),
    'id.orig_h': session.client,
    'id.orig_p': session.client_port,
    'id.resp_h': session.server,
    'id.resp_p': session.server_port,
  }
}

function serviceOf(session: Session): string | undefined {
  if (session.dns) return 'dns'
  if (session.tls) return 'ssl'
  if (session.http) return 'http'
  return session.sql ? 'postgresql' : undefined
}

/** conn.log: written when Zeek forgets the connection, 5 s after a TCP close, 10 s after the last UDP packet. */
export function connRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  return sessions.map(session => {
    const tcp = session.proto === 'tcp'
    const sentPackets = tcp ? Math.ceil(session.sent / 1400) + 5 : 1
    const receivedPackets = tcp ? Math.ceil(session.received / 1400) + 4 : 1
    const header = (tcp ? 40 : 28) + (session.client.includes(':') ? 20 : 0)
    return {
      written: session.start + session.duration + (tcp ? 5 : 10) * second,
      values: {
        ...connectionOf(session, session.start),
        proto: session.proto,
        service: serviceOf(session),
        duration: session.duration,
        orig_bytes: session.sent,
        resp_bytes: session.received,
        conn_state: 'SF',
        local_orig: isInside(session.client),
        local_resp: isInside(session.server),
        missed_bytes: 0,
        history: tcp ? 'ShADadFf' : 'Dd',
        orig_pkts: sentPackets,
        orig_ip_bytes: session.sent + sentPackets * header,
        resp_pkts: receivedPackets,
        resp_ip_bytes: session.received + receivedPackets * header,
        ip_proto: tcp ? 6 : 17,
        community_id: communityId(session),
      },
    }
  })
}

const dnsTypes = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const

export function dnsRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  return sessions.flatMap(session => {
    const { dns } = session
    if (!dns) return []
    const answered = dns.answers.length > 0
    const values = {
      ...connectionOf(session, session.start),
      proto: 'udp',
      trans_id: randomFrom(`trans/${labelOf(session)}`).int(1, 65_535),
      rtt: session.duration,
      query: dns.query,
      qclass: 1,
      qclass_name: 'C_INTERNET',
      qtype: dnsTypes[dns.type],
      qtype_name: dns.type,
      rcode: dns.code === 'NOERROR' ? 0 : 3,
      rcode_name: dns.code,
      AA: dns.query.endsWith('norrfell.example'),
      TC: false,
      RD: true,
      RA: true,
      Z: 0,
      answers: answered ? dns.answers : undefined,
      TTLs: answered ? dns.answers.map(() => dns.ttl * second) : undefined,
      rejected: false,
    }
    return [{ written: session.start + session.duration, values }]
  })
}

/** http.log: `uri` is the request target with percent escapes undone, as Zeek's `unescaped_URI`. */
export function httpRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  return sessions.flatMap(session =>
    (session.http ?? []).map((exchange, index) => {
      const ts = session.start + (index + 1) * 12 * millisecond
      const body = exchange.response_length > 0
      const values = {
        ...connectionOf(session, ts),
        trans_depth: index + 1,
        method: exchange.method,
        host: exchange.host,
        uri: decodeURIComponent(exchange.target),
        version: '1.1',
        user_agent: exchange.user_agent,
        request_body_len: 0,
        response_body_len: exchange.response_length,
        status_code: exchange.status,
        status_msg: exchange.status_message,
        tags: [],
        proxied: exchange.proxied,
        resp_fuids: body ? [zeekFuid(session, index)] : undefined,
        resp_mime_types: body && exchange.mime_type ? [exchange.mime_type] : undefined,
      }
      return { written: session.start + session.duration, values }
    }),
  )
}

/**
 * postgresql.log (Zeek >= 7.1): one row per exchange. User, database and application name appear from the startup row
 * on. Statements of the extended protocol are not parsed: such a row has `rows` and no `frontend`.
 */
export function postgresqlRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  return sessions.flatMap(session => {
    const { sql } = session
    if (!sql) return []
    const who = { user: sql.user, database: sql.database, application_name: sql.application_name }
    const rows: Values[] = []
    if (sql.ssl_refused) {
      rows.push({ frontend: 'ssl_request', backend: 'ssl_reply', backend_arg: 'N', success: false })
    }
    rows.push({ ...who, frontend: 'startup', backend: 'auth_ok', success: true })
    for (const query of sql.queries) {
      const asked = query.sql === undefined ? {} : { frontend: 'simple_query', frontend_arg: query.sql }
      const answer = query.error
        ? {
            backend: 'error',
            backend_arg: `SeverityLocalized=ERROR,Severity=ERROR,Code=40001,Message=${query.error},File=postgres.c,Line=3168,Routine=ProcessInterrupts`,
            success: false,
          }
        : { success: true, rows: query.rows }
      rows.push({ ...who, ...asked, ...answer })
    }
    rows.push({ ...who, frontend: 'terminate' })
    const step = Math.floor((session.duration - 40 * millisecond) / rows.length)
    return rows.map((values, index) => {
      const ts = session.start + 24 * millisecond + index * step
      return { written: ts, values: { ...connectionOf(session, ts), ...values } }
    })
  })
}
