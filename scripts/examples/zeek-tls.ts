/** Renders sessions as Zeek's ssl, x509 and notice logs. */
import type { DistinguishedName, ExampleCertificate } from './certificate-maker.ts'
import { day, hour, millisecond } from './clock.ts'
import { type Session, zeekFuid } from './sessions.ts'
import { connectionOf, type Values } from './zeek.ts'
import type { ZeekRecord } from './zeek-format.ts'

/** When the handshake is far enough for Zeek to log: certificates come before that. */
const certificateDelay = 38 * millisecond
const establishedDelay = 71 * millisecond

export function sslRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  return sessions.flatMap(session => {
    const { tls } = session
    if (!tls) return []
    const leaf = tls.chain[0]
    const old = tls.version === 'TLSv12'
    const cipher12 = leaf?.key === 'ecdsa' ? 'ECDSA_WITH_AES_128_GCM_SHA256' : 'RSA_WITH_AES_256_GCM_SHA384'
    const matches = tls.server_name === undefined ? undefined : leaf?.san_dns.includes(tls.server_name)
    const values = {
      ...connectionOf(session, session.start + 21 * millisecond),
      version: tls.version,
      cipher: old ? `TLS_ECDHE_${cipher12}` : 'TLS_AES_256_GCM_SHA384',
      curve: old ? 'secp256r1' : 'x25519',
      server_name: tls.server_name,
      resumed: false,
      next_protocol: old ? 'http/1.1' : undefined,
      established: true,
      ssl_history: old ? 'CsxknGIti' : 'CsiI',
      cert_chain_fps: leaf ? tls.chain.map(certificate => certificate.sha256) : undefined,
      client_cert_chain_fps: leaf ? [] : undefined,
      sni_matches_cert: matches,
      validation_status: tls.validation,
    }
    return [{ written: session.start + establishedDelay, values }]
  })
}

/** x509.log: a certificate is written once a day (`known_log_certs`), the first time it is seen. */
export function x509Records(sessions: readonly Session[]): readonly ZeekRecord[] {
  const written = new Map<string, number>()
  return sessions
    .toSorted((left, right) => left.start - right.start)
    .flatMap(session =>
      (session.tls?.chain ?? []).flatMap((certificate, index) => {
        const ts = session.start + certificateDelay + index
        if (ts - (written.get(certificate.sha256) ?? 0) < day) return []
        written.set(certificate.sha256, ts)
        return [{ written: ts, values: certificateValues(certificate, ts, index === 0) }]
      }),
    )
}

function certificateValues(certificate: ExampleCertificate, ts: number, host: boolean): Values {
  const rsa = certificate.key === 'rsa'
  return {
    ts,
    fingerprint: certificate.sha256,
    'certificate.version': 3,
    'certificate.serial': certificate.serial,
    'certificate.subject': zeekName(certificate.subject),
    'certificate.issuer': zeekName(certificate.issuer),
    'certificate.not_valid_before': certificate.not_before,
    'certificate.not_valid_after': certificate.not_after,
    'certificate.key_alg': rsa ? 'rsaEncryption' : 'id-ecPublicKey',
    'certificate.sig_alg': 'sha256WithRSAEncryption',
    'certificate.key_type': certificate.key,
    'certificate.key_length': rsa ? 2048 : 256,
    'certificate.exponent': rsa ? '65537' : undefined,
    'certificate.curve': rsa ? undefined : 'prime256v1',
    'san.dns': certificate.san_dns.length > 0 ? certificate.san_dns : undefined,
    'san.uri': certificate.san_uri.length > 0 ? certificate.san_uri : undefined,
    'basic_constraints.ca': certificate.is_ca,
    host_cert: host,
    client_cert: false,
  }
}

/** RFC 2253 as OpenSSL prints it: most specific first, commas and backslashes escaped, other bytes as `\HH`. */
export function zeekName(name: DistinguishedName): string {
  return name
    .toReversed()
    .map(([attribute, value]) => {
      const bytes = [...Buffer.from(value.replace(/[\\,+"<>;]/g, '\\$&'))]
      const text = bytes.map(byte =>
        byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`,
      )
      return `${attribute}=${text.join('')}`
    })
    .join(',')
}

/** notice.log: validate-certs complains at most once an hour for the same server and certificate. */
export function noticeRecords(sessions: readonly Session[]): readonly ZeekRecord[] {
  const told = new Map<string, number>()
  return sessions
    .toSorted((left, right) => left.start - right.start)
    .flatMap(session => {
      const leaf = session.tls?.chain[0]
      if (!leaf || session.tls?.validation === 'ok') return []
      const key = `${session.server}/${leaf.sha256}`
      const ts = session.start + establishedDelay
      if (ts - (told.get(key) ?? 0) < hour) return []
      told.set(key, ts)
      const values = {
        ...connectionOf(session, ts),
        fuid: zeekFuid(session, 0),
        proto: 'tcp',
        note: 'SSL::Invalid_Server_Cert',
        msg: 'SSL certificate validation failed with (self-signed certificate)',
        sub: zeekName(leaf.subject),
        src: session.client,
        dst: session.server,
        p: session.server_port,
        actions: ['Notice::ACTION_LOG'],
        email_dest: [],
        suppress_for: hour,
      }
      return [{ written: ts, values }]
    })
}
