import type { Network } from './network.ts'
import { seconds } from './network.ts'

/**
 * Zeek logs as Zeek 6 writes them with its default scripts (shape checked against zed-sample-data and m57-long of the
 * corpus), as JSON or tab-separated: the same records in both.
 */
export type ZeekType =
  | 'time'
  | 'interval'
  | 'string'
  | 'addr'
  | 'port'
  | 'enum'
  | 'count'
  | 'bool'
  | 'vector[string]'
  | 'set[string]'
  | 'vector[interval]'
type Cell = string | number | boolean | readonly string[] | undefined
export type ZeekLog = {
  readonly path: 'conn' | 'dns' | 'ssl'
  readonly columns: readonly (readonly [name: string, type: ZeekType])[]
  record(network: Network): readonly Cell[]
}

const connection = [
  ['ts', 'time'],
  ['uid', 'string'],
  ['id.orig_h', 'addr'],
  ['id.orig_p', 'port'],
  ['id.resp_h', 'addr'],
  ['id.resp_p', 'port'],
] as const

const conn: ZeekLog = {
  path: 'conn',
  columns: [
    ...connection,
    ['proto', 'enum'],
    ['service', 'string'],
    ['duration', 'interval'],
    ['orig_bytes', 'count'],
    ['resp_bytes', 'count'],
    ['conn_state', 'string'],
    ['local_orig', 'bool'],
    ['local_resp', 'bool'],
    ['missed_bytes', 'count'],
    ['history', 'string'],
    ['orig_pkts', 'count'],
    ['orig_ip_bytes', 'count'],
    ['resp_pkts', 'count'],
    ['resp_ip_bytes', 'count'],
    ['tunnel_parents', 'set[string]'],
  ],
  record({ random, ...network }) {
    const failed = random.chance(0.25)
    const udp = random.chance(0.45)
    const [sent, received] = [random.whole(0, 4_000), random.whole(0, 90_000)]
    return [
      ...[seconds(network.tick()), network.uid(), network.host(), random.whole(1025, 65535)],
      ...[network.server().address, random.pick([443, 53, 80, 443, 445, 22, 3389] as const), udp ? 'udp' : 'tcp'],
      failed ? undefined : random.pick(['ssl', 'dns', 'http', undefined] as const),
      ...(failed ? [undefined, undefined, undefined] : [seconds(random.whole(100, 90_000_000)), sent, received]),
      failed ? random.pick(['S0', 'REJ', 'OTH'] as const) : random.pick(['SF', 'SF', 'SF', 'S1', 'RSTO'] as const),
      ...[true, false, 0, failed ? 'S' : random.pick(['ShADadFf', 'Dd', 'ShADadfF', 'ShADadR'] as const)],
      ...[random.whole(1, 40), sent + 40, failed ? 0 : random.whole(1, 90), failed ? 0 : received + 40, undefined],
    ]
  },
}

const dns: ZeekLog = {
  path: 'dns',
  columns: [
    ...connection,
    ['proto', 'enum'],
    ['trans_id', 'count'],
    ['rtt', 'interval'],
    ['query', 'string'],
    ['qclass', 'count'],
    ['qclass_name', 'string'],
    ['qtype', 'count'],
    ['qtype_name', 'string'],
    ['rcode', 'count'],
    ['rcode_name', 'string'],
    ['AA', 'bool'],
    ['TC', 'bool'],
    ['RD', 'bool'],
    ['RA', 'bool'],
    ['Z', 'count'],
    ['answers', 'vector[string]'],
    ['TTLs', 'vector[interval]'],
    ['rejected', 'bool'],
  ],
  record({ random, ...network }) {
    const [qtype, qtype_name] = random.pick([
      [1, 'A'],
      [1, 'A'],
      [28, 'AAAA'],
      [65, 'HTTPS'],
      [16, 'TXT'],
      [12, 'PTR'],
    ] as const)
    const answered = random.chance(0.7)
    const rcode = answered
      ? (['NOERROR', 0] as const)
      : random.pick([
          ['NXDOMAIN', 3],
          ['SERVFAIL', 2],
        ] as const)
    const answers = answered
      ? [network.name(), ...Array.from({ length: random.whole(1, 3) }, () => network.server().address)]
      : undefined
    return [
      ...[seconds(network.tick()), network.uid(), network.host(), random.whole(1025, 65535), '10.0.0.53', 53, 'udp'],
      ...[random.whole(0, 65535), answered ? seconds(random.whole(100, 90_000)) : undefined, network.name()],
      ...[1, 'C_INTERNET', qtype, qtype_name, rcode[1], rcode[0], false, false, true, answered, 0, answers],
      ...[answers?.map(() => `${random.whole(1, 86_400)}.000000`), false],
    ]
  },
}

const ssl: ZeekLog = {
  path: 'ssl',
  columns: [
    ...connection,
    ['version', 'string'],
    ['cipher', 'string'],
    ['curve', 'string'],
    ['server_name', 'string'],
    ['resumed', 'bool'],
    ['last_alert', 'string'],
    ['next_protocol', 'string'],
    ['established', 'bool'],
    ['ssl_history', 'string'],
    ['cert_chain_fps', 'vector[string]'],
    ['client_cert_chain_fps', 'vector[string]'],
    ['sni_matches_cert', 'bool'],
    ['validation_status', 'string'],
  ],
  record({ random, ...network }) {
    const server = network.server()
    const established = random.chance(0.92)
    const old = random.chance(0.4)
    return [
      ...[seconds(network.tick()), network.uid(), network.host(), random.whole(1025, 65535), server.address, 443],
      ...(old
        ? ['TLSv12', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384', 'secp256r1']
        : ['TLSv13', random.pick(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'] as const), 'x25519']),
      ...[random.chance(0.97) ? server.name : undefined, random.chance(0.2), established ? undefined : 'unknown_ca'],
      ...[random.chance(0.6) ? 'h2' : undefined, established, random.pick(['CsxknGIi', 'CsiI', 'CsxuknGIiF'] as const)],
      ...(old
        ? [[server.certificate_sha256, server.issuer_sha256], [], true, 'ok']
        : [undefined, undefined, undefined, undefined]),
    ]
  },
}

export const zeekLogs = [conn, dns, ssl] as const

/** One line of a JSON log, as LogAscii with `use_json` writes it: unset fields are left out. */
export function zeekJsonLine(log: ZeekLog, network: Network): string {
  const parts: string[] = []
  for (const [index, cell] of log.record(network).entries()) {
    const [name, type] = log.columns[index] ?? ['', 'string']
    if (cell === undefined) continue
    const bare = type === 'time' || type === 'interval'
    const value = bare
      ? cell
      : type === 'vector[interval]' && Array.isArray(cell)
        ? `[${cell.map(Number).join(',')}]`
        : JSON.stringify(cell)
    parts.push(`"${name}":${value}`)
  }
  return `{${parts.join(',')}}\n`
}

export function zeekTsvHeader(log: ZeekLog): string {
  return `#separator \\x09
#set_separator\t,
#empty_field\t(empty)
#unset_field\t-
#path\t${log.path}
#open\t2025-12-01-00-00-00
#fields\t${log.columns.map(([name]) => name).join('\t')}
#types\t${log.columns.map(([, type]) => type).join('\t')}
`
}

export function zeekTsvLine(log: ZeekLog, network: Network): string {
  const cells = log.record(network).map(cell => {
    if (cell === undefined) return '-'
    if (typeof cell === 'boolean') return cell ? 'T' : 'F'
    if (typeof cell !== 'object') return String(cell)
    return cell.length === 0 ? '(empty)' : cell.join(',')
  })
  return `${cells.join('\t')}\n`
}
