import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeNetwork } from '../bench/generate/network.ts'
import { eveLine } from '../bench/generate/suricata.ts'
import { zeekJsonLine, zeekLogs, zeekTsvHeader, zeekTsvLine } from '../bench/generate/zeek.ts'
import { root } from './run-cli.ts'

/** Evidence of every kind that is read, made up from seeds or out of the examples, of a size of one's choice. */

const [firstLog] = zeekLogs

function until(bytes: number, line: () => string, header = ''): string {
  const parts = [header]
  for (let length = header.length; length < bytes; ) {
    const one = line()
    parts.push(one)
    length += one.length
  }
  return parts.join('')
}

/** Zeek's JSON logs, all in one. With lines that are malformed, blank or of nobody we know. */
export function jsonLines(seed: number, bytes: number): string {
  const network = makeNetwork(seed)
  let nth = 0
  return until(bytes, () => {
    nth += 1
    if (nth % 97 === 0) return '{"_path":"conn","ts":"no time"}\n'
    if (nth % 101 === 0) return '\n'
    if (nth % 103 === 0) return '{"ts":1,"broken\n'
    return zeekJsonLine(zeekLogs[nth % zeekLogs.length] ?? firstLog, network)
  })
}

/** A Zeek log whose header comes again in the middle, as after a restart. */
export function zeekTsv(seed: number, bytes: number): string {
  const network = makeNetwork(seed)
  const part = () => until(bytes / 2, () => zeekTsvLine(firstLog, network), zeekTsvHeader(firstLog))
  return part() + part()
}

/** Suricata's EVE: six kinds of event in one file, so six insertions a chunk. */
export function mixedEve(seed: number, bytes: number): string {
  const network = makeNetwork(seed)
  return until(bytes, () => eveLine(network))
}

/** Windows events as Winlogbeat ships them: those of the examples, over and over. */
export function windowsLines(bytes: number): string {
  const lines = readFileSync(join(root, 'examples/windows/winlogbeat-WS-1042.ndjson'), 'utf8').trim().split('\n')
  let nth = 0
  return until(bytes, () => `${lines[nth++ % lines.length]}\n`)
}

/** Small logs, JSON and tab-separated in turn, each different; some lines are malformed. */
export function smallLogs(seed: number, count: number, bytes: number): readonly string[] {
  const network = makeNetwork(seed)
  return Array.from({ length: count }, (_, nth) => {
    const log = zeekLogs[nth % zeekLogs.length] ?? firstLog
    const bad = nth % 5 === 0 ? '{"ts":1,"broken\n' : ''
    return nth % 2 === 0
      ? until(bytes, () => zeekJsonLine(log, network)) + bad
      : until(bytes, () => zeekTsvLine(log, network), zeekTsvHeader(log))
  })
}

/** Bundles of certificates in PEM, each another selection and order of those of the examples; one block in each is broken. */
export function certificateFiles(count: number): readonly string[] {
  const names = ['beacon-a', 'mkcert-root', 'nas.norrfell.example', 'planted-root', 'portside-news-chain']
  const pems = names.map(name => readFileSync(join(root, `examples/certificates/${name}.pem`), 'utf8'))
  const broken = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
  return Array.from({ length: count }, (_, nth) => {
    const order = [...pems.slice(nth % pems.length), ...pems.slice(0, nth % pems.length)]
    return [`bundle ${nth}\n`, ...order, broken, ...order].join('')
  })
}

/** An export of crt.sh as CSV, with fields over two lines, records that are malformed, and blank lines. */
export function csvExport(bytes: number): string {
  let nth = 0
  const line = () => {
    nth += 1
    if (nth % 97 === 0) return `7,"${nth}"x,1\n`
    if (nth % 101 === 0) return '\n'
    if (nth % 103 === 0) return `7,${nth}.example,${nth},no time\n`
    return `7,"*.${nth}.example\n${nth}.example",${nth},2026-03-02T09:00:00\n`
  }
  return until(bytes, line, 'issuer_ca_id,name_value,id,not_before\n')
}

/** Hosts as a search of Censys wraps them, each with services that become records, some of them malformed. */
export function jsonDocument(bytes: number): string {
  let nth = 0
  const service = (port: number) =>
    `{"port":${port},"certificate":"${port % 7 === 0 ? 'none' : port.toString(16).padStart(64, '0')}"}`
  const host = () => {
    nth += 1
    if (nth % 97 === 0) return `{"ip":"cut o\n,`
    const services = [service(nth % 65_536), '{"port":80}', service((nth * 31) % 65_536)].join(',')
    return `{"ip":"203.0.113.${nth % 256}","last_updated_at":"2026-03-02T09:00:00Z","services":[${services}]},\n`
  }
  return `${until(bytes, host, '{"result":{"hits":[\n')}{"ip":"203.0.113.1"}]}}\n`
}
