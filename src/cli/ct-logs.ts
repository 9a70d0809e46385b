import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CountersealError } from '../base/index.ts'
import type { CtLog, Log, Transport, Turnstile } from '../ct/index.ts'
import {
  chromeListKey,
  httpTransport,
  isSignedLogList,
  logFromKey,
  mergedLogs,
  rfc6962Log,
  staticLog,
  turnstile,
  unverifiedLog,
  unverifiedLogList,
} from '../ct/index.ts'
import type { Output } from './output.ts'
import { version } from './version.ts'

export type LogOptions = {
  /** Files or https URLs; each may have its signature beside it, with `.sig` for `.json`. */
  readonly logList?: readonly string[]
  readonly contact?: string
}

/** The logs of all given lists, each once. Says on stderr which list nobody signed. Throws `input/unreadable`. */
export async function logsOfLists(
  { logList = [], contact }: LogOptions,
  output: Pick<Output, 'note'>,
): Promise<readonly CtLog[]> {
  const lists: (readonly CtLog[])[] = []
  for (const path of logList) {
    const { content, signature } = /^https?:\/\//.test(path) ? await fetchedList(path, contact) : await savedList(path)
    if (signature === undefined)
      output.note(`${path}: nobody signed it (there is no .sig beside it); its keys are taken as they are.`)
    else if (!isSignedLogList(content, signature, chromeListKey))
      throw new CountersealError('input/unreadable', {
        message: `${path} is not what was signed: its .sig does not fit Chrome's key.`,
        remedy: 'Fetch the list and its signature again, both at once.',
      })
    const { logs, problems } = unverifiedLogList(content.toString('utf8'))
    if (logs.length === 0)
      throw new CountersealError('input/unreadable', { message: `${path} has no log in it that could be read.` })
    if (problems.length > 0) output.note(`${path}: ${problems.length} logs could not be read.`)
    lists.push(logs)
  }
  return mergedLogs(lists)
}

type SignedList = { readonly content: Buffer; readonly signature: Buffer | undefined }

async function savedList(path: string): Promise<SignedList> {
  return {
    content: await contentOf(path),
    signature: await readFile(path.replace(/\.json$/, '.sig')).catch(() => undefined),
  }
}

async function fetchedList(address: string, contact: string | undefined): Promise<SignedList> {
  const url = new URL(address)
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  if (url.protocol !== 'https:' && !isLocal)
    throw new CountersealError('usage/bad-argument', { message: `${address} is not fetched over https.` })
  const options = { version, turnstile: turnstile(), attempts: 3, ...(contact === undefined ? {} : { contact }) }
  const transport = httpTransport(new URL('.', url).href, options)
  const name = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  const content = await transport.read(name, { atMost: longestFile })
  if (content === undefined)
    throw new CountersealError('input/unreadable', { message: `There is nothing at ${address}.` })
  const signature = await transport.read(name.replace(/\.json$/, '.sig'), { atMost: 65_536 })
  return { content: Buffer.from(content), signature: signature && Buffer.from(signature) }
}

/** Logs by name: part of the description or of the URL, or the beginning of the id. Throws `usage/not-found`. */
export function chosenLogs(logs: readonly CtLog[], names: readonly string[]): readonly CtLog[] {
  return names.flatMap(name => {
    const wanted = name.toLowerCase()
    const found = logs.filter(
      ({ description, monitoring_url, log_id }) =>
        description.toLowerCase().includes(wanted) ||
        monitoring_url.toLowerCase().includes(wanted) ||
        log_id.startsWith(wanted),
    )
    if (found.length === 0)
      throw new CountersealError('usage/not-found', {
        message: `No log of the list is called ${JSON.stringify(name.slice(0, 80))}.`,
        remedy: 'Name a part of its description or of its URL; `counterseal ct status --log-list FILE` lists them.',
      })
    return found
  })
}

/** By operator: its logs share machines, and limits. */
export type Turnstiles = Map<string, Turnstile>

/** Logs over HTTP. Those of one operator share a turnstile, also between calls that are given the same ones. */
export function openLogs(
  logs: readonly CtLog[],
  { contact, turnstiles = new Map() }: LogOptions & { readonly turnstiles?: Turnstiles },
): readonly Log[] {
  return logs.map(about => {
    const gate = turnstiles.get(about.operator) ?? turnstile()
    turnstiles.set(about.operator, gate)
    const options = { version, turnstile: gate, ...(contact === undefined ? {} : { contact }) }
    return openLog(about, httpTransport(about.monitoring_url, options))
  })
}

export function openLog(about: CtLog, transport: Transport): Log {
  return about.protocol === 'rfc6962' ? rfc6962Log(about, transport) : staticLog(about, transport)
}

/** What is known of the log whose tiles lie in a directory. */
export type LogOfTiles = {
  readonly about: CtLog
  readonly hasCheckpoint: boolean
}

/**
 * Which log a directory of tiles is of: that of the list whose name its checkpoint begins with, else the one that `log.v3.json` beside the tiles tells, else the one
 * of --key and --origin. Throws `usage/not-found`.
 */
export async function logOfTiles(
  directory: string,
  logs: readonly CtLog[],
  { key, origin }: { readonly key?: string; readonly origin?: string },
): Promise<LogOfTiles> {
  const checkpoint = await readFile(join(directory, 'checkpoint'), 'utf8').catch(() => undefined)
  const hasCheckpoint = checkpoint !== undefined
  const name = origin ?? checkpoint?.slice(0, 1000).split('\n', 1)[0]
  const listed = logs.find(one => one.origin === name)
  if (listed !== undefined) return { about: listed, hasCheckpoint }
  if (key !== undefined && name !== undefined) {
    const about = logFromKey(spkiOf(await contentOf(key)), name)
    if (about === undefined)
      throw new CountersealError('input/unreadable', {
        message: `${key} is no key of a log: ECDSA on P-256, or RSA of 2048 bits at least.`,
      })
    return { about, hasCheckpoint }
  }
  const beside = await readFile(join(directory, 'log.v3.json'), 'utf8').catch(() => undefined)
  const own = beside === undefined ? undefined : unverifiedLog(beside)
  if (own !== undefined) return { about: own, hasCheckpoint }
  throw new CountersealError('usage/not-found', {
    message: `Nothing tells whose tiles lie in ${directory}.`,
    remedy:
      'Name a list that has the log with --log-list, or its key and the name of its checkpoints with --key and --origin.',
  })
}

/** Whether tiles lie there as a log has them: then they are read in place. */
export async function holdsTiles(path: string): Promise<boolean> {
  const names = await readdir(path).catch((): string[] => [])
  return names.includes('tile') || names.includes('checkpoint')
}

/**
 * Which log saved answers are of: the one whose id stands with the entries, else the one that was named, else the one of the key. Throws `usage/not-found`, and
 * `usage/bad-argument` for a name that several logs have.
 */
export async function logOfAnswers(
  log_id: string,
  logs: readonly CtLog[],
  { log, key, origin }: { readonly log?: string; readonly key?: string; readonly origin?: string },
): Promise<CtLog> {
  const listed = logs.find(one => one.log_id === log_id)
  if (listed !== undefined) return listed
  const named = log === undefined ? [] : chosenLogs(logs, [log])
  if (named.length > 1)
    throw new CountersealError('usage/bad-argument', {
      message: `${JSON.stringify(log)} is part of the names of ${named.length} logs.`,
      remedy: `Name one: ${named
        .map(({ description }) => description)
        .join(', ')
        .slice(0, 300)}.`,
    })
  const [own] = named
  const about =
    own ?? (key === undefined ? undefined : logFromKey(spkiOf(await contentOf(key)), origin ?? 'a log without a name'))
  if (about !== undefined && (log_id === '' || about.log_id === log_id)) return { ...about, protocol: 'rfc6962' }
  throw new CountersealError('usage/not-found', {
    message:
      log_id === ''
        ? 'Nothing tells which log the entries are of.'
        : `No list has the log ${log_id}, which the entries are of.`,
    remedy: 'Name a list that has the log with --log-list, and the log with --log; or its key with --key.',
  })
}

/** PEM, base64 or DER. */
function spkiOf(content: Buffer): Uint8Array {
  const text = content.toString('latin1')
  const body = /-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----/.exec(text)?.[1] ?? text
  return /^[A-Za-z0-9+/=\s]+$/.test(body) ? Buffer.from(body, 'base64') : content
}

/** More than any list or key is. */
const longestFile = 16 << 20

async function contentOf(path: string): Promise<Buffer> {
  try {
    const content = await readFile(path)
    if (content.length <= longestFile) return content
  } catch (cause) {
    throw new CountersealError('input/unreadable', { message: `${path} cannot be read.`, cause })
  }
  throw new CountersealError('input/unreadable', { message: `${path} has more than ${longestFile} bytes.` })
}
