import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Problem } from '../../base/index.ts'
import { excerpt } from '../../base/index.ts'
import { longestPage, longestTile } from '../../ct/index.ts'
import { evidenceUnder } from '../evidence-file.ts'
import { linesOf } from './saved-lines.ts'
import type { SavedEntry, SavedRun } from './saved-runs.ts'
import { RunWriter } from './saved-runs.ts'

/** What lay in archives and files that somebody fetched from logs, laid out in a directory of ours. */
export type SavedLogs = {
  /** Directories with the tiles of a static-ct log each, as it has them. */
  readonly tiles: readonly string[]
  /** Answers of get-sth. */
  readonly heads: readonly string[]
  /** Entries that get-entries gave, without order. */
  readonly runs: readonly SavedRun[]
}

/** Logs are large, and whoever names an archive of one wants all of it: 10 million tiles are 2.5 billion entries. */
const limits = {
  nesting: 4,
  entries: 10_000_000,
  ratio: 200,
  ratioFromBytes: 2 ** 30,
  bytes: 2 ** 44,
  spoolBytes: 2 ** 40,
  windowBytes: 128 << 20,
}

const mostLogs = 1000
const mostHeads = 10_000

/** What a file of a static-ct log is called, and what stands before it. Nothing else of a name is ever used. */
const fileOfLog =
  /^(?<before>.*?)(?<file>checkpoint|log\.v3\.json|issuer\/[0-9a-f]{64}|tile\/(?:[0-5]|data)\/(?:x\d{3}\/){0,5}\d{3}(?:\.p\/\d{1,3})?)$/

type Layout = {
  readonly directory: string
  /** Where the tiles of a log go, by what stood before their names. */
  readonly roots: Map<string, string>
  readonly heads: string[]
  readonly writer: RunWriter
  readonly problems: Problem[]
}

/**
 * Takes out of archives, and out of files that lie loose, what is of logs: tiles by their names, answers of get-sth and get-entries, and lines
 * `{"log_id":…,"index":…,"leaf_input":…,"extra_data":…}`, by what is in them. Everything else is passed over and told. Names in archives
 * are read and never opened.
 */
export async function layOutSavedLogs(
  path: string,
  directory: string,
  problems: Problem[],
  signal?: AbortSignal,
): Promise<SavedLogs> {
  const layout: Layout = { directory, roots: new Map(), heads: [], writer: new RunWriter(directory), problems }
  for await (const evidence of evidenceUnder([path], problems, { limits, spool: directory, signal })) {
    signal?.throwIfAborted()
    const stream = await evidence.open()
    const name = evidence.path.slice(evidence.path.lastIndexOf('!') + 1).replaceAll('\\', '/')
    const taken = await takeTile(layout, name, stream.bytes)
    if (taken === undefined) await takeAnswer(layout, evidence.path, stream.bytes)
    problems.push(...stream.problems)
  }
  await layout.writer.close()
  return { tiles: [...layout.roots.values()], heads: layout.heads, runs: layout.writer.runs }
}

/** Undefined when it has no name of a tile. */
async function takeTile(
  { directory, roots, problems }: Layout,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<true | undefined> {
  const { before, file } = fileOfLog.exec(name)?.groups ?? {}
  if (before === undefined || file === undefined || !/(?:^|\/)$/.test(before)) return undefined
  const root = roots.get(before) ?? join(directory, `log-${roots.size}`)
  if (!roots.has(before) && roots.size >= mostLogs) {
    problems.push({ code: 'ct/saved', where: excerpt(name), expected: `at most ${mostLogs} logs in one archive` })
    return true
  }
  roots.set(before, root)
  const content = await wholeOf(bytes, longestTile)
  if (content === undefined) {
    problems.push({ code: 'ct/saved', where: excerpt(name), expected: `at most ${longestTile} bytes` })
    return true
  }
  const target = join(root, file)
  await mkdir(dirname(target), { recursive: true })
  try {
    await writeFile(target, content, { flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    problems.push({ code: 'ct/saved', where: excerpt(name), expected: 'each name once; the first is taken' })
  }
  return true
}

/** The first number in a name tells where a page of get-entries begins: `get-entries?start=1024&end=2047`, `entries-1024.json`. */
function firstIndexIn(label: string): number | undefined {
  const digits = /\d{1,15}/.exec(label.slice(Math.max(label.lastIndexOf('/'), label.lastIndexOf('!')) + 1))?.[0]
  return digits === undefined ? undefined : Number(digits)
}

async function takeAnswer(layout: Layout, label: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const lines = linesOf(bytes)
  const first = await lines.next()
  if (first.done === true) return
  if (entryIn(jsonIn(first.value))?.index === undefined) await takeDocument(layout, label, first.value, lines)
  else await takeLines(layout, label, first.value, lines)
}

async function takeLines(
  { writer, problems }: Layout,
  label: string,
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): Promise<void> {
  let others = 0
  const take = async (line: Buffer) => {
    const entry = entryIn(jsonIn(line))
    const isTaken = entry?.index !== undefined && (await writer.add(entry.log_id, entry.index, entry))
    if (!isTaken && line.length > 0) others += 1
  }
  await take(first)
  for await (const line of rest) await take(line)
  if (others > 0)
    problems.push({
      code: 'ct/saved',
      where: label,
      expected: 'an entry with its index on each line',
      found: `${others} lines without`,
    })
}

/** An answer of get-sth or of get-entries. */
async function takeDocument(
  { heads, writer, problems }: Layout,
  label: string,
  first: Buffer,
  rest: AsyncIterable<Buffer>,
): Promise<void> {
  const parts = [first]
  let length = first.length
  for await (const line of rest) {
    length += line.length
    if (length <= longestPage) parts.push(line)
  }
  const text = Buffer.concat(parts)
  const value = length <= longestPage ? jsonIn(text) : undefined
  if (isObject(value) && 'sha256_root_hash' in value) {
    if (heads.length < mostHeads) heads.push(text.toString('utf8'))
    return
  }
  const entries = isObject(value) && Array.isArray(value.entries) ? value.entries.map(entryIn) : []
  const index = firstIndexIn(label)
  if (index === undefined || entries.length === 0 || entries.includes(undefined)) {
    const expected = 'tiles, answers of get-sth or get-entries with their first index in the name, or lines of entries'
    problems.push({ code: 'ct/saved', where: label, expected, found: excerpt(text.subarray(0, 200).toString('utf8')) })
    return
  }
  for (const [nth, entry] of entries.entries())
    if (entry !== undefined) await writer.add(entry.log_id, index + nth, entry)
}

type EntryRead = SavedEntry & { readonly log_id: string; readonly index: number | undefined }

function entryIn(value: unknown): EntryRead | undefined {
  if (!isObject(value)) return undefined
  const { leaf_input, extra_data, log_id, index = value.leaf_index } = value
  if (typeof leaf_input !== 'string' || typeof extra_data !== 'string') return undefined
  const isIndex = typeof index === 'number' && Number.isSafeInteger(index) && index >= 0
  return { leaf_input, extra_data, log_id: logIdIn(log_id), index: isIndex ? index : undefined }
}

/** Base64, as RFC 6962 has it, or hex. */
function logIdIn(value: unknown): string {
  if (typeof value !== 'string') return ''
  if (/^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase()
  const bytes = Buffer.from(value, 'base64')
  return bytes.length === 32 ? bytes.toString('hex') : ''
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function jsonIn(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'))
  } catch {
    return undefined
  }
}

async function wholeOf(bytes: AsyncIterable<Uint8Array>, atMost: number): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of bytes) {
    length += part.length
    if (length > atMost) return undefined
    parts.push(Buffer.from(part))
  }
  return Buffer.concat(parts)
}
