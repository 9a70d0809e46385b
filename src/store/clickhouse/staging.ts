import { randomUUID } from 'node:crypto'
import { createReadStream, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { Readable } from 'node:stream'
import { CountersealError, isAlive } from '../../base/index.ts'
import type { StagedChunk } from '../../model/index.ts'
import { quoteLiteral } from './param.ts'
import { ServerFailure } from './server-failure.ts'
import type { ServerNode } from './server-node.ts'

/**
 * A chunk on a server: a table of its own in memory, with the columns `line` and `row`. Uploading 64 MiB takes 0.04 s on
 * loopback, into MergeTree 0.15 s; a Memory table is read in pieces of the size it was written in, in parallel.
 *
 * A server that is started again has the table and none of its rows (seen in 26.7), and a table older than
 * {@link forgottenAfterS} is taken for a killed client's. Neither can lose evidence: every statement over the chunk
 * counts its lines first and fails when they are not all there, and the file stays until release, to be staged again.
 */
export type ServerChunk = StagedChunk & {
  /** Stands for `{{chunk}}`. */
  relation(): string
  /** True for the failure of a statement whose chunk is not on the server any more. */
  isGone(cause: unknown): boolean
  /** Uploads it anew, once for all who found the same relation gone. The relation changes. */
  restage(relation: string): Promise<void>
}

/** The table, and how many lines it was given. */
type Upload = { readonly table: string; readonly lines: number }

/** In seconds. A chunk is in use for some of them; this is for an engine that is stopped in a debugger and the like. */
const forgottenAfterS = 3600

const prefix = 'staged_'

/**
 * One reader, one writer, no parallel parsing: then the row number counts lines. 8,192 lines a block, since a block is
 * what one thread later reads at a time.
 */
const inOrder = [
  'max_threads = 1',
  'max_insert_threads = 1',
  'input_format_parallel_parsing = 0',
  'max_block_size = 8192',
  'max_insert_block_size = 8192',
  'min_insert_block_size_rows = 8192',
  'min_insert_block_size_bytes = 0',
].join(', ')

/** Throws what the upload throws; what is left behind then, the next {@link sweepStaged} finds. */
export async function stageOnServer(node: ServerNode, path: string): Promise<ServerChunk> {
  statSync(path) // a file that is not there would look like a connection that breaks
  let upload = await uploaded(node, path)
  let restaging: Promise<void> | undefined
  const restage = async () => {
    const gone = upload
    upload = await uploaded(node, path)
    await drop(node, gone.table)
  }
  return {
    id: path,
    relation: () => relationOf(upload),
    isGone: cause => isGone(upload.table, cause),
    async restage(relation) {
      if (relation !== relationOf(upload)) return
      restaging ??= restage().finally(() => {
        restaging = undefined
      })
      await restaging
    },
    async release() {
      rmSync(path, { force: true })
      await drop(node, upload.table)
    },
  }
}

/** Does the work again over a chunk that is staged anew, when the server has lost it. */
export async function overChunk<T>(chunk: ServerChunk | undefined, work: () => Promise<T>): Promise<T> {
  if (chunk === undefined) return await work()
  const relation = chunk.relation()
  try {
    return await work()
  } catch (cause) {
    if (!chunk.isGone(cause)) throw cause
    await chunk.restage(relation)
    return await work()
  }
}

/** The scalar subquery is evaluated before the first row is read, also when there is none. */
function relationOf({ table, lines }: Upload): string {
  const check = `SELECT throwIf(count() != ${lines}, '${table} has lost its lines') FROM ${table}`
  return `(SELECT line, row FROM ${table} WHERE (${check}) = 0)`
}

/** 60: the engine knows no such table; 395: its lines are not all there. Both name the table. */
function isGone(table: string, cause: unknown): boolean {
  if (!(cause instanceof CountersealError) || !(cause.cause instanceof ServerFailure)) return false
  const { code, said } = cause.cause
  return (code === 60 || code === 395) && said.includes(table)
}

async function uploaded(node: ServerNode, path: string): Promise<Upload> {
  return await node.patiently({ name: 'stage/upload' }, () => uploadOnce(node, path))
}

/** A table per try: a repetition after a lost answer or a cut body begins with an empty one. */
async function uploadOnce(node: ServerNode, path: string): Promise<Upload> {
  const table = `${prefix}${randomUUID().replaceAll('-', '')}`
  const create = `CREATE TABLE ${table} (line String, row UInt64) ENGINE = Memory COMMENT ${quoteLiteral(owner())}`
  await node.once({ name: 'stage/create', text: create })
  const text = `INSERT INTO ${table} SELECT line, rowNumberInAllBlocks() FROM input('line String') SETTINGS ${inOrder} FORMAT LineAsString`
  let lines = 0
  const body = () =>
    Readable.from(
      countingLines(path, counted => {
        lines = counted
      }),
    )
  try {
    await node.once({ name: 'stage/upload', text, body })
  } catch (cause) {
    await drop(node, table).catch(() => undefined) // the error above says more
    throw cause
  }
  return { table, lines }
}

/** The bytes of a file, and at their end how many lines they were; the last one may lack its newline. */
async function* countingLines(path: string, onEnd: (lines: number) => void): AsyncGenerator<Buffer, void, undefined> {
  let lines = 0
  let last = 0x0a
  // An error of the file would reach the client as one of the connection: the file is ours, so it is not expected.
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    for (let at = piece.indexOf(0x0a); at !== -1; at = piece.indexOf(0x0a, at + 1)) lines += 1
    last = piece[piece.length - 1] ?? last
    yield piece
  }
  onEnd(last === 0x0a ? lines : lines + 1)
}

async function drop(node: ServerNode, table: string): Promise<void> {
  await node.run({ name: 'stage/drop', text: `DROP TABLE IF EXISTS ${table} SYNC` })
}

/** Says which process a table belongs to: host and process id. */
function owner(pid = process.pid): string {
  return `${hostname()} ${pid}`
}

/**
 * Drops what clients that were killed have left on the server: of this host those whose process is no more, of others
 * those that are old.
 */
export async function sweepStaged(node: ServerNode, afterS = forgottenAfterS): Promise<void> {
  const text = `SELECT name, comment, dateDiff('second', metadata_modification_time, now()) >= {after:UInt32} AS old
FROM system.tables
WHERE database = currentDatabase() AND engine = 'Memory' AND match(name, '^${prefix}[0-9a-f]{32}$')`
  for (const { name, comment, old } of await node.all({ name: 'stage/sweep', text, params: { after: afterS } })) {
    const pid = Number(/ (\d+)$/.exec(String(comment))?.[1] ?? 0)
    const orphan = comment === owner(pid) && !isAlive(pid)
    if (orphan || Number(old) === 1) await drop(node, String(name))
  }
}
