import { createHash, randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import type { Source } from '../mapping/index.ts'
import type { Hive } from '../registry/index.ts'
import { openHive } from '../registry/index.ts'
import type { IngestContext } from './context.ts'
import { worldFailure } from './context.ts'
import type { HiveOwner } from './registry-hive-reader.ts'
import { HiveReader } from './registry-hive-reader.ts'
import { comparedName, folderOf, hiveOfLog, isTransactionLog, systemFolderOf } from './registry-labels.ts'
import { lastPart, mountOf } from './registry-mount.ts'

/** Longest hive, and longest transaction log, that is read. Windows has no hive of more than 2 GiB; most have less than 200 MiB. */
export const longestHive = 512 << 20

/** A hive or a transaction log, kept aside until all that lies beside it was met. */
export type KeptHive = {
  /** Of the file, or the label of the member of an archive. */
  readonly path: string
  /** Where its bytes lie meanwhile. */
  readonly file: string
  readonly isLog: boolean
  readonly candidates: readonly Source[]
  readonly damage: Problem[]
}

/** A hive with what lies beside it, ready to be read. */
export type OpenedHive = {
  readonly kept: KeptHive
  readonly content: Uint8Array
  readonly evidence_id: string
  readonly reader: HiveReader
  /** That it was read with. */
  readonly logs: readonly KeptHive[]
}

/** By the name of the hive, as names are compared. */
type LogsByHive = ReadonlyMap<string, readonly KeptHive[]>

/** Windows has two. An archive may have more members of one name. */
const mostLogs = 6

/**
 * The hives of a run. A hive is read with its transaction logs, and with the name of the machine, which only its SYSTEM hive
 * knows. In an archive they may come in any order, so hives are kept aside until all evidence was met.
 */
export class HiveShelf {
  readonly #directory: string
  readonly #kept: KeptHive[] = []

  constructor({ tmp }: Pick<IngestContext, 'tmp'>) {
    this.#directory = tmp
  }

  async keep(
    path: string,
    head: Uint8Array,
    bytes: AsyncIterable<Uint8Array>,
    candidates: readonly Source[],
    damage: Problem[],
  ): Promise<void> {
    const file = join(this.#directory, `hive-${randomUUID()}`)
    try {
      await pipeline(Readable.from(bounded(bytes, path, damage)), createWriteStream(file))
    } catch (cause) {
      await rm(file, { force: true })
      if (cause instanceof CountersealError) throw cause
      throw worldFailure(`The hive ${path} could not be kept at ${file}`, cause)
    }
    this.#kept.push({ path, file, isLog: isTransactionLog(head), candidates, damage })
  }

  /** Logs whose hive is not there. */
  get lonelyLogs(): readonly KeptHive[] {
    const hives = new Set(this.#kept.filter(({ isLog }) => !isLog).map(({ path }) => comparedName(path)))
    return this.#kept.filter(({ isLog, path }) => isLog && !hives.has(hiveOfLog(path) ?? ''))
  }

  /** Each hive with its logs and its machine, one at a time: only one is in memory. */
  async *hives(): AsyncGenerator<OpenedHive> {
    const hives = this.#kept.filter(({ isLog }) => !isLog)
    const allLogs = this.#logsByHive()
    const hosts = await this.#hostsOf(hives, allLogs)
    for (const kept of hives) {
      const logs = allLogs.get(comparedName(kept.path)) ?? []
      const content = await readFile(kept.file)
      const beside = await Promise.all(logs.map(({ file }) => readFile(file)))
      // An empty folder is one too: that of a bare name. It holds nothing of a hive that lies elsewhere.
      const folders = [systemFolderOf(kept.path), folderOf(kept.path)].filter(folder => folder !== undefined)
      const host = folders.map(folder => hosts.get(folder.toLowerCase())).find(name => name !== undefined) ?? ''
      yield {
        kept,
        content,
        ...openWith(content, beside, kept.path, host),
        logs,
      }
    }
  }

  #logsByHive(): LogsByHive {
    const logs = new Map<string, KeptHive[]>()
    for (const kept of this.#kept) {
      const hive = kept.isLog ? hiveOfLog(kept.path) : undefined
      if (hive === undefined) continue
      const beside = logs.get(hive) ?? []
      if (beside.length < mostLogs) logs.set(hive, [...beside, kept])
    }
    return logs
  }

  async close(): Promise<void> {
    await Promise.all(this.#kept.splice(0).map(({ file }) => rm(file, { force: true })))
  }

  /** By folder in lower case. A folder with hives of two machines has none. */
  async #hostsOf(hives: readonly KeptHive[], allLogs: LogsByHive): Promise<ReadonlyMap<string, string>> {
    const hosts = new Map<string, string>()
    for (const { path, file } of hives) {
      if (!mayBeSystem(path)) continue
      const logs = allLogs.get(comparedName(path)) ?? []
      const beside = await Promise.all(logs.map(one => readFile(one.file)))
      const { host } = mountOf(openHive(await readFile(file), { logs: beside }), path)
      const folder = folderOf(path).toLowerCase()
      if (host !== undefined) hosts.set(folder, (hosts.get(folder) ?? host) === host ? host : '')
    }
    return hosts
  }
}

/** By its name on the disk: opening every hive twice to find a renamed one is not worth it. */
function mayBeSystem(path: string): boolean {
  return /^system\b/i.test(lastPart(path))
}

/** What a hive says with these logs, on this machine; a SYSTEM hive knows its own. */
function openWith(
  content: Uint8Array,
  logs: readonly Uint8Array[],
  path: string,
  hostBeside: string,
): Pick<OpenedHive, 'evidence_id' | 'reader'> {
  const hive = openHive(content, { logs })
  const { prefix, control_set, host = hostBeside } = mountOf(hive, path)
  return hiveReader(hive, content, logs, { mount: prefix, control_set, host })
}

/**
 * The id of a hive is over its bytes, over those of its logs where they changed what it says, and over whose it was taken to
 * be: the same bytes with another answer to one of these give other lines.
 */
export function hiveReader(
  hive: Hive,
  content: Uint8Array,
  logs: readonly Uint8Array[],
  owner: HiveOwner,
): Pick<OpenedHive, 'evidence_id' | 'reader'> {
  const applied = hive.log_entries.some(({ is_applied }) => is_applied) ? logs.map(sha256Of).sort() : []
  const said = [sha256Of(content), ...applied, owner.mount, owner.host]
  const evidence_id = createHash('sha256').update(said.join('\n')).digest('hex')
  return { evidence_id, reader: new HiveReader(hive, owner, evidence_id, content.length) }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function* bounded(bytes: AsyncIterable<Uint8Array>, path: string, damage: Problem[]): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const piece of bytes) {
    const kept = piece.subarray(0, longestHive - length)
    length += kept.length
    if (kept.length > 0) yield kept
    if (kept.length === piece.length) continue
    damage.push({ code: 'registry/too-large', where: path, expected: `a hive of at most ${longestHive} bytes` })
    return
  }
}
