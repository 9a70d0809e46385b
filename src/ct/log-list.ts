import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import { logKeyOf } from './log-key.ts'

/** A log as a log list describes it (v3, the shape that Chrome's and Apple's lists share), with a key that was read. */
export type CtLog = {
  /** SHA-256 of its key, lower-case hex. Recomputed: a list whose log_id is another is wrong in this entry. */
  readonly log_id: string
  readonly description: string
  readonly operator: string
  /** SubjectPublicKeyInfo, base64. */
  readonly key: string
  /** Maximum merge delay: how long a promised entry may take to be there. */
  readonly mmd_seconds: number
  /** Where it is read, with a slash at its end. */
  readonly monitoring_url: string
  readonly protocol: 'rfc6962' | 'static-ct-api'
  /** Of a static-ct log the name that its checkpoints begin with: its submission prefix without scheme and last slash. */
  readonly origin: string
  readonly state: LogState
  /** Of a log that is read-only: where it ends. */
  readonly final_size?: number
  readonly final_root?: Uint8Array
  /** Certificates whose notAfter lies within are logged here: from, and up to but not with. ISO 8601. */
  readonly not_after_from?: string
  readonly not_after_until?: string
  readonly is_test: boolean
}

export type LogState = 'pending' | 'qualified' | 'usable' | 'readonly' | 'retired' | 'rejected' | 'unknown'

export type LogListReading = { readonly logs: readonly CtLog[]; readonly problems: readonly Problem[] }

const mostLogs = 10_000

const logText = z.object({
  description: z.string().max(500).optional(),
  log_id: z.base64(),
  key: z.base64().max(4096),
  mmd: z.number().int().min(1).max(31_536_000).optional(),
  url: z.string().max(500).optional(),
  submission_url: z.string().max(500).optional(),
  monitoring_url: z.string().max(500).optional(),
  log_type: z.string().optional(),
  state: z.record(z.string(), z.looseObject({ final_tree_head: z.unknown().optional() })).optional(),
  temporal_interval: z.object({ start_inclusive: z.iso.datetime(), end_exclusive: z.iso.datetime() }).optional(),
})

const finalHead = z.object({ tree_size: z.number().int().nonnegative(), sha256_root_hash: z.base64() })

const listText = z.looseObject({
  operators: z
    .array(
      z.looseObject({
        name: z.string().max(200),
        logs: z.array(z.unknown()).max(mostLogs).optional(),
        tiled_logs: z.array(z.unknown()).max(mostLogs).optional(),
      }),
    )
    .max(mostLogs),
})

/** All logs of a list that can be read; an entry that cannot be is a problem and costs no other. The list itself is not verified here. */
export function unverifiedLogList(text: string): LogListReading {
  const parsed = listText.safeParse(jsonIn(text))
  if (!parsed.success)
    return { logs: [], problems: [{ code: 'ct/log-list', expected: 'a log list v3', found: excerpt(text) }] }
  const logs: CtLog[] = []
  const problems: Problem[] = []
  for (const { name, logs: plain = [], tiled_logs: tiled = [] } of parsed.data.operators)
    for (const [protocol, raw] of [
      ...plain.map(one => ['rfc6962', one] as const),
      ...tiled.map(one => ['static-ct-api', one] as const),
    ]) {
      const log = logOf(name, protocol, raw)
      if (log === undefined)
        problems.push({
          code: 'ct/log',
          where: `operator ${name}`,
          expected: 'a log with its key and its URL',
          found: excerpt(JSON.stringify(raw)),
        })
      else logs.push(log)
    }
  return { logs, problems }
}

/** One log by itself, as static-ct logs publish it beside their tiles (`log.v3.json` of Sunlight). Nobody vouches for it. */
export function unverifiedLog(text: string): CtLog | undefined {
  return logOf('', 'static-ct-api', jsonIn(text))
}

/** A log of which no more is known than its key, and the name that its checkpoints begin with. Undefined for no key. */
export function logFromKey(spki: Uint8Array, origin: string): CtLog | undefined {
  const key = logKeyOf(spki)
  if (key === undefined) return undefined
  return {
    log_id: key.log_id,
    description: origin,
    operator: '',
    key: Buffer.from(spki).toString('base64'),
    mmd_seconds: 86_400,
    monitoring_url: `https://${origin}/`,
    protocol: 'static-ct-api',
    origin,
    state: 'unknown',
    is_test: false,
  }
}

/**
 * Several lists as one, by log id: the first list that has a log describes it. Chrome's and Apple's lists differ in what
 * they let in; a log that is in one of them alone is watched too.
 */
export function mergedLogs(lists: readonly (readonly CtLog[])[]): readonly CtLog[] {
  const merged = new Map<string, CtLog>()
  for (const log of lists.flat()) if (!merged.has(log.log_id)) merged.set(log.log_id, log)
  return [...merged.values()]
}

/** Whether the publisher of the list signed these bytes: RSA with SHA-256, as Google's `log_list.sig` (a bare signature). */
export function isSignedLogList(list: Uint8Array, signature: Uint8Array, publicKeyPem: string): boolean {
  try {
    return verify('sha256', list, createPublicKey(publicKeyPem), signature)
  } catch {
    return false
  }
}

function logOf(operator: string, protocol: CtLog['protocol'], raw: unknown): CtLog | undefined {
  const parsed = logText.safeParse(raw)
  if (!parsed.success) return undefined
  const { data } = parsed
  const key = logKeyOf(Buffer.from(data.key, 'base64'))
  const submission = urlOf(data.submission_url ?? data.url)
  const monitoring_url = protocol === 'rfc6962' ? submission : urlOf(data.monitoring_url)
  if (key === undefined || submission === undefined || monitoring_url === undefined) return undefined
  if (Buffer.from(data.log_id, 'base64').toString('hex') !== key.log_id) return undefined
  const [state = 'unknown', about] = Object.entries(data.state ?? {})[0] ?? []
  const final = finalHead.safeParse(about?.final_tree_head)
  return {
    log_id: key.log_id,
    description: data.description ?? monitoring_url,
    operator,
    key: data.key,
    mmd_seconds: data.mmd ?? 86_400,
    monitoring_url,
    protocol,
    origin: submission.replace(/^https?:\/\//, '').replace(/\/$/, ''),
    state: isState(state) ? state : 'unknown',
    ...(final.success
      ? { final_size: final.data.tree_size, final_root: Buffer.from(final.data.sha256_root_hash, 'base64') }
      : {}),
    ...(data.temporal_interval === undefined
      ? {}
      : {
          not_after_from: data.temporal_interval.start_inclusive,
          not_after_until: data.temporal_interval.end_exclusive,
        }),
    is_test: data.log_type === 'test',
  }
}

const states = ['pending', 'qualified', 'usable', 'readonly', 'retired', 'rejected'] as const

function isState(text: string): text is (typeof states)[number] {
  return (states as readonly string[]).includes(text)
}

/** https, or http on this very machine, with a slash at its end. Old lists have no scheme. */
function urlOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const withScheme = /^[a-z]+:\/\//.test(text) ? text : `https://${text}`
  if (!URL.canParse(withScheme)) return undefined
  const url = new URL(withScheme)
  if (url.username !== '' || url.search !== '' || url.hash !== '') return undefined
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) return undefined
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
