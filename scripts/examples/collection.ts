/** Puts the incident together: every file of `examples/`, by path, with what the README says about it. */
import { gzipSync } from 'node:zlib'
import { background } from './background.ts'
import { developerMachine, workstationAfter, workstationBefore } from './background-windows.ts'
import { cutLine, loseFields, notes } from './blemishes.ts'
import { type ExampleCertificates, makeCertificates } from './certificates.ts'
import { readme } from './readme.ts'
import type { Session } from './sessions.ts'
import { beaconStory } from './story-beacon.ts'
import { lookupStory } from './story-lookups.ts'
import { probeStory } from './story-probes.ts'
import { beatStopped, securityStory, sysmonStory } from './story-windows.ts'
import { eveLines } from './suricata.ts'
import type { WindowsEvent } from './windows-events.ts'
import { flatLine, nxlogLine, winlogbeatLine } from './windows-shapes.ts'
import { connRecords, dnsRecords, httpRecords, postgresqlRecords } from './zeek.ts'
import { zeekJson, zeekTsv } from './zeek-format.ts'
import { noticeRecords, sslRecords, x509Records } from './zeek-tls.ts'

export type ExampleFile = {
  /** Below `examples/`. */
  readonly path: string
  /** As written, before packing. */
  readonly content: Buffer
  readonly packed: boolean
  /** What one line says in the README; records and malformed lines are counted there. */
  readonly format: string
  readonly records: number
  /** 1-based numbers of the lines that no reader can take. */
  readonly malformed_lines: readonly number[]
}

export type Collection = {
  readonly files: readonly ExampleFile[]
  readonly certificates: ExampleCertificates
  readonly sessions: readonly Session[]
}

export async function buildCollection(): Promise<Collection> {
  const certificates = await makeCertificates()
  const sessions = [
    ...lookupStory(),
    ...probeStory(),
    ...beaconStory(certificates),
    ...background(certificates),
  ].toSorted((left, right) => left.start - right.start)
  const files = [
    ...zeekFiles(sessions.filter(session => session.sensors.includes('zeek'))),
    ...suricataFiles(sessions.filter(session => session.sensors.includes('suricata'))),
    ...windowsFiles(certificates, sessions),
    ...certificateFiles(certificates),
    file('notes.txt', notes, 'an analyst’s notes: no source knows it', 0),
  ]
  return { files: [file('README.md', readme(files, certificates, sessions), '', 0), ...files], certificates, sessions }
}

function zeekFiles(sessions: readonly Session[]): readonly ExampleFile[] {
  const conn = loseFields(zeekTsv('conn', connRecords(sessions)))
  const dns = zeekJson('dns', dnsRecords(sessions))
  return [
    { ...file('zeek/conn.log', conn.text, 'Zeek TSV', rows(conn.text) - 1), malformed_lines: [conn.line] },
    { ...lines('zeek/dns.log.gz', dns, 'Zeek JSON, gzip'), packed: true },
    lines('zeek/http.log', zeekJson('http', httpRecords(sessions)), 'Zeek JSON'),
    tsv('zeek/notice.log', zeekTsv('notice', noticeRecords(sessions))),
    lines('zeek/postgresql.log', zeekJson('postgresql', postgresqlRecords(sessions)), 'Zeek JSON'),
    tsv('zeek/ssl.log', zeekTsv('ssl', sslRecords(sessions))),
    tsv('zeek/x509.log', zeekTsv('x509', x509Records(sessions))),
  ]
}

function suricataFiles(sessions: readonly Session[]): readonly ExampleFile[] {
  const whole = `${eveLines(sessions).join('\n')}\n`
  const eve = cutLine(whole)
  const perimeter = file('suricata/eve-perimeter.json', eve.text, 'Suricata EVE', rows(eve.text) - 1)
  return [{ ...perimeter, malformed_lines: [eve.line] }, file('suricata/eve-dmz.json', '', 'empty file', 0)]
}

function windowsFiles(certificates: ExampleCertificates, sessions: readonly Session[]): readonly ExampleFile[] {
  const story = sysmonStory(certificates, sessions)
  const before = [...workstationBefore(), ...story.filter(event => event.time < beatStopped)]
  const after = [...workstationAfter(), ...securityStory(), ...story.filter(event => event.time >= beatStopped)]
  return [
    events('windows/winlogbeat-WS-1042.ndjson', before, winlogbeatLine, 'Winlogbeat 8 (ECS)'),
    events('windows/export-WS-1042.json', after, flatLine, 'flat JSON lines (OTRF)'),
    events('windows/nxlog-DEV-0031.json', developerMachine(certificates), nxlogLine, 'NXLog JSON'),
  ]
}

function certificateFiles(certificates: ExampleCertificates): readonly ExampleFile[] {
  const { publicSite, publicIssuing, publicRoot } = certificates
  const chain = publicSite.pem + publicIssuing.pem + publicRoot.pem
  const der = (path: string, content: Buffer) => ({ ...file(path, '', 'DER', 1), content })
  return [
    file('certificates/planted-root.pem', certificates.plantedRoot.pem, 'PEM', 1),
    der('certificates/loader-signer.der', certificates.loaderSigner.der),
    file('certificates/beacon-a.pem', certificates.beaconA.pem, 'PEM', 1),
    der('certificates/beacon-b.der', certificates.beaconB.der),
    file('certificates/nas.norrfell.example.pem', certificates.appliance.pem, 'PEM', 1),
    file('certificates/mkcert-root.pem', certificates.mkcertRoot.pem, 'PEM', 1),
    file('certificates/portside-news-chain.pem', chain, 'PEM bundle', 3),
  ]
}

function file(path: string, text: string, format: string, records: number): ExampleFile {
  return { path, content: Buffer.from(text), packed: false, format, records, malformed_lines: [] }
}

function lines(path: string, text: string, format: string): ExampleFile {
  return file(path, text, format, rows(text))
}

function tsv(path: string, text: string): ExampleFile {
  return lines(path, text, 'Zeek TSV')
}

function events(
  path: string,
  list: readonly WindowsEvent[],
  shape: (event: WindowsEvent, index: number) => string,
  format: string,
): ExampleFile {
  const ordered = list.toSorted((left, right) => left.time - right.time)
  return lines(path, `${ordered.map(shape).join('\n')}\n`, format)
}

/** Lines that are neither empty nor a Zeek header. */
function rows(text: string): number {
  return text.split('\n').filter(line => line !== '' && !line.startsWith('#')).length
}

/** The bytes on disk. Node writes no file name and a zero time into the gzip header. */
export function bytesOf(example: ExampleFile): Buffer {
  return example.packed ? gzipSync(example.content, { level: 9 }) : example.content
}
