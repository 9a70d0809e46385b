/**
 * Prints intel/certificate-log-endpoints.yaml: where logs of Certificate Transparency are read and submitted to. The same
 * lists always give the same text.
 *
 *   tsx scripts/make-ct-log-endpoints.ts LIST.json… > intel/certificate-log-endpoints.yaml
 *   tsx scripts/make-ct-log-endpoints.ts LIST.json… --signature LIST.sig --key KEY.pem
 *
 * LIST is a log list of version 3 (https://www.gstatic.com/ct/log_list/v3/all_logs_list.json). Of several the newest speaks
 * for a log that more than one names; older ones keep logs that a newer one dropped. A signature is of the first list.
 * Ends when a list or its signature is not sound. Nothing is fetched.
 */
import assert from 'node:assert/strict'
import { createHash, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

/** The largest list that was seen has 230 kB and fewer than 300 logs. */
const greatestList = 4 * 1024 * 1024
const mostLogs = 2000
const keptMonths = 24
const daysUntilExpiry = 365

/** Hosts that the hand-written catalogue of lookup services tells by path. */
const toldElsewhere = ['storage.googleapis.com']
/** Operators without a log of the old kind have an invented one in the list, so that old readers find some. RFC 2606. */
const invented = /(?:^|\.)(?:example\.(?:com|net|org)|example|invalid|test|localhost)$/

const time = z.iso.datetime({ precision: null })
const stateNames = ['pending', 'qualified', 'usable', 'readonly', 'retired', 'rejected'] as const
const common = {
  description: z.string().max(200).default(''),
  log_id: z.base64().length(44),
  mmd: z
    .number()
    .int()
    .min(1)
    .max(7 * 86_400)
    .optional(),
  state: z.partialRecord(z.enum(stateNames), z.looseObject({ timestamp: time })).optional(),
  temporal_interval: z.looseObject({ end_exclusive: time }).optional(),
}
const url = z.url({ protocol: /^https$/ }).max(300)
const listFile = z.looseObject({
  version: z.string().max(40),
  log_list_timestamp: time,
  operators: z
    .array(
      z.looseObject({
        name: z.string().min(1).max(100),
        logs: z.array(z.looseObject({ ...common, url })).default([]),
        tiled_logs: z.array(z.looseObject({ ...common, submission_url: url, monitoring_url: url })).default([]),
      }),
    )
    .max(200),
})

export type LogList = z.infer<typeof listFile>

type Place = { readonly host: string; readonly prefix: string }
type Log = {
  readonly name: string
  readonly operator: string
  readonly log_id: string
  readonly state: string
  /** Day on which the state began; empty where the list does not say. */
  readonly since: string
  readonly mmd: number | undefined
  /** First day for which the log takes no certificate; empty where it takes all. */
  readonly until: string
  readonly submit: Place
  readonly read: Place
  /** RFC 6962: one interface for both. */
  readonly rfc6962: boolean
}

export function readLogList(text: string): LogList {
  assert(text.length <= greatestList, `a log list of ${text.length} characters; at most ${greatestList} are read`)
  const list = listFile.parse(JSON.parse(text))
  const count = list.operators.reduce((sum, { logs, tiled_logs }) => sum + logs.length + tiled_logs.length, 0)
  assert(count <= mostLogs, `a log list of ${count} logs; at most ${mostLogs} are read`)
  return list
}

/** RSA PKCS#1 v1.5 or ECDSA over SHA-256 of the list's bytes, as Chrome's list is signed. */
export function isSignedBy(list: Uint8Array, signature: Uint8Array, pem: string): boolean {
  return verify('sha256', list, pem, signature)
}

function placeOf(address: string): Place {
  const { hostname, pathname, port, username, search, hash } = new URL(address)
  const plain = [port, username, search, hash].every(part => part === '') && /^[a-z0-9.-]+$/.test(hostname)
  assert(plain && /^[A-Za-z0-9._~/-]*$/.test(pathname), `${address}: not the address of a log`)
  return { host: hostname, prefix: pathname.endsWith('/') ? pathname : `${pathname}/` }
}

const dayOf = (text: string | undefined) => (text === undefined ? '' : text.slice(0, 10))

function logsIn({ operators }: LogList): readonly Log[] {
  return operators.flatMap(({ name: operator, logs, tiled_logs }) =>
    [
      ...logs.map(log => ({ log, submit: log.url, read: log.url, rfc6962: true })),
      ...tiled_logs.map(log => ({ log, submit: log.submission_url, read: log.monitoring_url, rfc6962: false })),
    ].map(({ log, submit, read, rfc6962 }): Log => {
      const [state, since] = Object.entries(log.state ?? {})[0] ?? ['unknown', undefined]
      return {
        name: log.description === '' ? log.log_id : log.description,
        operator,
        log_id: log.log_id,
        state,
        since: dayOf(since?.timestamp),
        mmd: log.mmd,
        until: dayOf(log.temporal_interval?.end_exclusive),
        submit: placeOf(submit),
        read: placeOf(read),
        rfc6962,
      }
    }),
  )
}

/** The logs of all lists, each as the newest list has it, without those that ended more than 24 months before that list. */
export function logsOf(lists: readonly LogList[]): readonly Log[] {
  const newest = lists.toSorted((a, b) => (a.log_list_timestamp < b.log_list_timestamp ? 1 : -1))
  const today = newest[0]?.log_list_timestamp
  assert(today !== undefined, 'no log list')
  const oldest = new Date(today)
  oldest.setUTCMonth(oldest.getUTCMonth() - keptMonths)
  const kept = oldest.toISOString().slice(0, 10)
  const logs = new Map<string, Log>()
  for (const log of newest.flatMap(logsIn)) if (!logs.has(log.log_id)) logs.set(log.log_id, log)
  return [...logs.values()]
    .filter(({ submit, read }) => !invented.test(submit.host) && !invented.test(read.host))
    .filter(({ state, since }) => !(['retired', 'rejected'].includes(state) && since !== '' && since < kept))
    .filter(({ until }) => until === '' || until >= kept)
    .toSorted((a, b) => (addressOf(a.read) < addressOf(b.read) ? -1 : 1))
}

const addressOf = ({ host, prefix }: Place) => `${host}${prefix}`.toLowerCase()
const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const escaped = (text: string) => text.replace(/[.+*?()[\]{}|^$\\]/g, '\\$&')

const readPaths = '(?:checkpoint|tile/|issuer/|ct/v1/get-)'
const submitPaths = 'ct/v1/(?:add-(?:pre-)?chain|get-roots)'

type Role = 'submit' | 'read'
type Host = { readonly host: string; readonly logs: readonly Log[] }

function hostsOf(logs: readonly Log[], role: Role): readonly Host[] {
  const hosts = [...new Set(logs.map(log => log[role].host))].filter(host => !toldElsewhere.includes(host)).toSorted()
  return hosts.map(host => ({ host, logs: logs.filter(log => log[role].host === host) }))
}

/**
 * `*.rest` where at least two hosts of one operator differ only in their first label and the rest has three: next year's
 * logs are called so too.
 */
function familiesOf(hosts: readonly Host[]): readonly Host[] {
  const restOf = (host: string) => host.split('.').slice(1).join('.')
  const rests = [...new Set(hosts.map(({ host }) => restOf(host)))].toSorted()
  return rests.flatMap(rest => {
    const members = hosts.filter(({ host }) => restOf(host) === rest)
    const logs = members.flatMap(member => member.logs)
    const alone = members.length < 2 || rest.split('.').length < 3
    return alone || new Set(logs.map(log => log.operator)).size > 1 ? [] : [{ host: `*.${rest}`, logs }]
  })
}

/** An alternation of the path prefixes of a host's logs; any, where the host is of the future. */
function pathOf({ host, logs }: Host, role: Role): string {
  const rest = role === 'read' ? readPaths : submitPaths
  const prefixes = [...new Set(logs.map(log => log[role].prefix))].toSorted()
  return host.startsWith('*.') ? `^/(?:[^?#]*/)?${rest}` : `^(?:${prefixes.map(escaped).join('|')})${rest}`
}

const idOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

type Dates = { readonly source: string; readonly verified: string }

function entryOf(id: string, keys: Record<string, string>, attributes: Record<string, string>, dates: Dates): string {
  const expires = new Date(Date.parse(dates.verified) + daysUntilExpiry * 86_400_000).toISOString().slice(0, 10)
  const told = Object.entries(attributes).filter(([, value]) => value !== '')
  return [
    `  - id: ${quoted(id)}`,
    `    keys: { ${Object.entries(keys)
      .map(([key, value]) => `${key}: [${quoted(value)}]`)
      .join(', ')} }`,
    '    attributes:',
    ...told.map(([name, value]) => `      ${name}: ${quoted(value)}`),
    `    source: ${quoted(dates.source)}`,
    '    verified: true',
    `    first_verified: ${dates.verified}`,
    `    last_verified: ${dates.verified}`,
    `    expires: ${expires}`,
  ].join('\n')
}

function hostEntry(one: Host, role: Role, readers: ReadonlySet<string>, dates: Dates): string {
  const operators = [...new Set(one.logs.map(log => log.operator))].toSorted().join(', ')
  const both = role === 'submit' && readers.has(one.host)
  const attributes = {
    category: role === 'read' ? 'CT_LOG_READ' : 'CT_LOG_SUBMIT',
    name: `${operators}, ${role === 'read' ? 'reading' : 'submission'}`,
    operator: operators,
    role: one.logs.some(log => log.rfc6962) ? 'rfc6962' : role === 'read' ? 'monitor' : 'submit',
    evidence_weight: role === 'read' ? '0.5' : '0',
    shared_host: both ? 'true' : '',
    family: one.host.startsWith('*.') ? 'true' : '',
    path: pathOf(one, role),
    ...(role === 'read' ? { automation: `/${readPaths}` } : {}),
    benign: role === 'read' ? 'cert_monitor, ca_operator' : 'ca_operator',
  }
  const name = one.host.startsWith('*.') ? `below ${one.host.slice(2)}` : one.host
  return entryOf(idOf(`${role} ${name}`), { [role === 'read' ? 'read_host' : 'host']: one.host }, attributes, dates)
}

function logEntry(log: Log, dates: Dates): string {
  const keys: Record<string, string> = log.rfc6962
    ? { log_url: addressOf(log.read) }
    : { monitoring_url: addressOf(log.read), submission_url: addressOf(log.submit) }
  const attributes = {
    name: log.name,
    operator: log.operator,
    role: log.rfc6962 ? 'rfc6962' : 'monitor, submit',
    state: log.state,
    state_since: log.since,
    mmd_seconds: log.mmd === undefined ? '' : String(log.mmd),
    until: log.until,
    log_id: log.log_id,
  }
  const digest = createHash('sha256').update(log.log_id).digest('hex').slice(0, 8)
  return entryOf(`${idOf(log.name).slice(0, 60)}-${digest}`, keys, attributes, dates)
}

/** The whole catalogue. `source` names the lists, `signature` what is known of it. */
export function catalogueOf(lists: readonly LogList[], source: string, signature: string): string {
  const logs = logsOf(lists)
  assert(logs.length > 0, 'no log is left of the lists')
  const verified = dayOf(
    lists
      .map(list => list.log_list_timestamp)
      .toSorted()
      .at(-1),
  )
  const versions = lists.map(({ version }) => version).join(' and ')
  const dates = { source: `log list ${versions}, named at the head of this file`, verified }
  const [reading, submitting] = [hostsOf(logs, 'read'), hostsOf(logs, 'submit')]
  const all = [...reading, ...familiesOf(reading)]
  const readers = new Set(all.map(({ host }) => host))
  return `# Where logs of Certificate Transparency are read and submitted to, as the log lists stood on ${verified}. Written by
# scripts/make-ct-log-endpoints.ts; a change made here is lost. Make it anew every week from a fresh list.
#
# Lists: ${source}. ${signature}
#
# read_host: a host from which entries of a log are read, category CT_LOG_READ. host: one that takes certificates, category
#   CT_LOG_SUBMIT. *.suffix (family) matches the logs of other years below it. A log of RFC 6962 has one host for both: by its
#   name alone a contact counts as reading, and as submission only by its path.
# path: RE2, matched against the request target without scheme and authority; where a request shows its target and that does
#   not match, it is no contact. shared_host: only a request whose target matches counts.
# log_url, monitoring_url, submission_url: host and path prefix of one log, with its operator, state, MMD and log id.
# Logs that ended or were rejected stay for ${keptMonths} months. The reading of Google's tiled logs on ${toldElsewhere.join(', ')} is in
# certificate-lookup-services.yaml, since that host holds everybody's files.
catalogue: certificate-log-endpoints
title: Hosts and paths of logs of Certificate Transparency
entries:
${[
  ...all.map(one => hostEntry(one, 'read', readers, dates)),
  ...[...submitting, ...familiesOf(submitting)].map(one => hostEntry(one, 'submit', readers, dates)),
  ...logs.map(log => logEntry(log, dates)),
].join('\n')}
`
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { signature: { type: 'string' }, key: { type: 'string' }, source: { type: 'string' } },
  })
  const [first] = positionals
  assert(
    first !== undefined,
    'usage: tsx scripts/make-ct-log-endpoints.ts LIST.json… [--signature SIG --key PEM] [--source TEXT]',
  )
  assert((values.signature === undefined) === (values.key === undefined), '--signature and --key come together')
  const signed = values.signature !== undefined && values.key !== undefined
  if (signed) {
    const sound = isSignedBy(
      readFileSync(first),
      readFileSync(values.signature ?? ''),
      readFileSync(values.key ?? '', 'utf8'),
    )
    assert(sound, `${first} is not signed by ${values.key}`)
  }
  const lists = positionals.map(file => readLogList(readFileSync(file, 'utf8')))
  const named = lists.map(
    ({ version, log_list_timestamp }, index) =>
      `${basename(positionals[index] ?? '')} version ${version} of ${dayOf(log_list_timestamp)}`,
  )
  const source = [...named, ...(values.source === undefined ? [] : [values.source])].join('; ')
  const signature = signed
    ? 'The signature of the first was checked.'
    : 'No signature was at hand, so none was checked.'
  process.stdout.write(catalogueOf(lists, source, signature))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
