import type { ListRow } from './rows.ts'
import { objectOf } from './rows.ts'

/** Documents of other products, as rows of our lists. What they have beside it stays behind. */
type Members = Readonly<Record<string, unknown>>

const members = (value: unknown): Members => {
  const object = objectOf(value)
  return typeof object === 'string' ? {} : object
}
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Rows of a JSON document that is a STIX bundle, an RDAP answer for a domain (RFC 9083), a MISP event, feed or warning list. Undefined for what is none of them. */
export function rowsOfDocument(document: unknown): readonly ListRow[] | undefined {
  const object = members(document)
  if (object.objectClassName === 'domain') return rdapRows(object)
  if (object.type === 'bundle') return listOf(object.objects).flatMap(stixRows)
  if (object.Event !== undefined) return mispRows(members(object.Event))
  if (Array.isArray(object.response)) return object.response.flatMap(one => mispRows(members(members(one).Event)))
  if (Array.isArray(object.list) && typeof object.name === 'string')
    return object.list.map(value => ({ value, source: object.name, what: textOf(object.description) }))
  return undefined
}

/** RFC 9083 §4.5, §5.3: the event `registration`. A domain without one is refused by name. */
function rdapRows(domain: Members): readonly ListRow[] {
  const named = textOf(domain.ldhName) || textOf(domain.unicodeName)
  const event = listOf(domain.events)
    .map(members)
    .find(one => one.eventAction === 'registration')
  if (event === undefined) return [`${named.slice(0, 253)}: its registration is not told`]
  return [{ domain: named, registered: event.eventDate, source: 'RDAP' }]
}

/** The comparisons of a pattern that name one value: `[ipv4-addr:value = '192.0.2.1']`. Others are refused by name. */
const comparison =
  /(?:ipv4-addr|ipv6-addr|domain-name|url):value\s*(?:=|ISSUBSET)\s*'((?:[^'\\]|\\.){1,500})'|file:hashes\.'?SHA-256'?\s*=\s*'([0-9a-fA-F]{64})'/g

function stixRows(value: unknown): readonly ListRow[] {
  const object = members(value)
  if (object.type !== 'indicator') return []
  const pattern = textOf(object.pattern).slice(0, 20_000)
  const values = [...pattern.matchAll(comparison)].map(match => match[1] ?? match[2] ?? '')
  if (values.length === 0) return [`${textOf(object.id).slice(0, 80)}: its pattern names no address, domain or URL`]
  const revoked = object.revoked === true
  return values.map(one => ({
    value: one.replaceAll(/\\(.)/g, '$1'),
    source: textOf(object.created_by_ref) || 'STIX',
    what: textOf(object.name) || textOf(object.description),
    confidence: object.confidence,
    valid_from: object.valid_from,
    valid_until: revoked ? object.modified : object.valid_until,
  }))
}

const mispTypes =
  /^(?:ip-src|ip-dst|domain|hostname|url|domain\|ip|ip-src\|port|ip-dst\|port|ja3-fingerprint-md5|sha256)$/

function mispRows(event: Members): readonly ListRow[] {
  const own = listOf(event.Attribute)
  const inObjects = listOf(event.Object).flatMap(one => listOf(members(one).Attribute))
  return [...own, ...inObjects].map(members).flatMap(one => {
    const type = textOf(one.type)
    if (!mispTypes.test(type) || one.deleted === true) return []
    const value = textOf(one.value).split('|')[0] ?? ''
    return [
      {
        value,
        source: textOf(members(event.Orgc).name) || 'MISP',
        what: textOf(event.info),
        valid_from: one.first_seen,
        valid_until: one.last_seen,
      },
    ]
  })
}

const ocsfSeverities = ['', 'informational', 'low', 'medium', 'high', 'critical', 'critical']

/** A row of a log of alerts as a report: OCSF findings, Suricata's EVE alerts, anything else as it is. */
export function reportRow(row: ListRow): ListRow {
  if (typeof row === 'string') return row
  if (row.class_uid !== undefined) return ocsfReport(row)
  if (row.event_type === 'alert') return eveReport(row)
  return row
}

function ocsfReport(row: Members): ListRow {
  const endpoints = [row, ...listOf(row.evidences).map(members)].flatMap(one =>
    [one.src_endpoint, one.dst_endpoint, one.device]
      .map(members)
      .flatMap(({ ip, hostname, domain }) => [ip, hostname, domain]),
  )
  const users = [row, ...listOf(row.evidences).map(members)].flatMap(one => [
    members(one.user).name,
    members(members(one.actor).user).name,
  ])
  const observed = listOf(row.observables).map(one => members(one).value)
  return {
    time: row.time,
    severity: ocsfSeverities[Number(row.severity_id)] ?? row.severity,
    title: textOf(members(row.finding_info).title) || textOf(row.message),
    source: textOf(members(members(row.metadata).product).name) || 'OCSF',
    entities: [...new Set([...endpoints, ...users, ...observed].map(textOf).filter(one => one !== ''))],
  }
}

/** Severity 1 is the highest of Suricata's. */
function eveReport(row: Members): ListRow {
  const alert = members(row.alert)
  const severity = { 1: 'high', 2: 'medium', 3: 'low' }[Number(alert.severity)] ?? 'medium'
  const names = [members(row.tls).sni, members(row.http).hostname, members(row.dns).rrname]
  return {
    time: row.timestamp,
    severity,
    title: textOf(alert.signature),
    source: 'Suricata',
    entities: [row.src_ip, row.dest_ip, ...names].map(textOf).filter(one => one !== ''),
  }
}
