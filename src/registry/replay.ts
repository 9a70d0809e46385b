import { type BaseBlock, readBaseBlock } from './base-block.ts'
import { baseBlockSize, pageSize } from './bounds.ts'
import { dirtyPages } from './dirty-pages.ts'
import { entriesOf, type LogPage } from './log-entry.ts'
import { type Notes, note } from './note.ts'

/** What became of one entry of a transaction log; a log of the old format is one entry. */
export type ReplayedEntry = {
  /** Which of the logs that were given, counted from 0. */
  readonly log: number
  /** Where it begins in its log. */
  readonly offset: number
  readonly sequence: number
  /** Pages that it writes into the hive. */
  readonly page_count: number
  readonly is_applied: boolean
  /** Why it was not applied. */
  readonly refused?: Refusal
}

export type Refusal =
  /** The hive was closed properly: it has everything. */
  | 'hive-is-clean'
  /** It is in the hive already, or is left over from an earlier round of the log. */
  | 'older'
  /** An entry before it is missing. */
  | 'gap'
  /** It, or one before it in its log, is not as it was written. */
  | 'damaged'
  /** A log of the old format that was written at another time than the hive. */
  | 'other-time'

export type Replay = {
  /** Absent when neither the hive nor a log has one. */
  readonly block: BaseBlock | undefined
  /** The hive behind its base block. A copy when something was applied. */
  readonly bins: Uint8Array
  readonly entries: readonly ReplayedEntry[]
}

type Log = { readonly index: number; readonly bytes: Uint8Array; readonly block: BaseBlock }

/** A hive that takes pages. It has room for all of them, so a log makes it grow by its own size at most. */
type Target = { readonly room: Uint8Array; size: number; sequence: number; appliedCount: number }

/**
 * Brings a hive up to date with its transaction logs, as Windows does when it loads one that was not closed: entry after
 * entry in the order of their numbers, up to the first that is missing or damaged.
 *
 * Numbers may be missing before the first entry: Windows then wrote those pages into the hive without saying so in its base
 * block ("Missing log entries for a dirty primary file", M. Suhanov, 2018). This is noted, and the rest is applied.
 */
export function replay(hive: Uint8Array, logs: readonly Uint8Array[], notes: Notes): Replay {
  const own = readBaseBlock(hive)
  const bins = hive.subarray(baseBlockSize)
  const sound = soundLogs(logs, notes)
  const isWhole = own?.isSound === true
  const block = isWhole ? own : (recovered(sound) ?? own)
  if (block === undefined || sound.length === 0) return { block, bins, entries: [] }
  if (isWhole && own.primary_sequence === own.secondary_sequence)
    return { block, bins, entries: sound.flatMap(log => refusedOf(log, 'hive-is-clean')) }

  const target = newTarget(bins, block, logs)
  const oldLogs = sound.filter(log => log.block.type !== newLogType)
  const newLogs = sound.filter(log => log.block.type === newLogType)
  const entries =
    newLogs.length > 0
      ? [...replayEntries(newLogs, target, notes), ...oldLogs.flatMap(log => refusedOf(log, 'other-time'))]
      : replayDirtyPages(oldLogs, block, isWhole, target, notes)
  if (target.appliedCount === 0) return { block, bins, entries }
  const sequences = { primary_sequence: target.sequence, secondary_sequence: target.sequence }
  return {
    block: { ...block, ...sequences, bins_size: target.size, isSound: true },
    bins: target.room.subarray(0, Math.max(target.size, bins.length)),
    entries,
  }
}

const newLogType = 6
const logTypes: ReadonlySet<number> = new Set([1, 2, newLogType])

function soundLogs(logs: readonly Uint8Array[], notes: Notes): Log[] {
  return logs.flatMap((bytes, index) => {
    // Windows makes both logs at once, and may never have used the second.
    if (bytes.length === 0) return []
    const block = readBaseBlock(bytes)
    if (block?.isSound === true && logTypes.has(block.type)) return [{ index, bytes, block }]
    const found = block === undefined ? undefined : block.isSound ? `type ${block.type}` : 'a wrong checksum'
    note(notes, 'registry/log-magic', `log ${index}`, 'a base block of a log', found)
    return []
  })
}

/** The base block out of a log, for a hive whose own is damaged: that of the log that was begun last. */
function recovered(logs: readonly Log[]): BaseBlock | undefined {
  const [latest] = [...logs].sort((a, b) => b.block.primary_sequence - a.block.primary_sequence)
  return latest === undefined ? undefined : { ...latest.block, type: 0 }
}

function newTarget(bins: Uint8Array, block: BaseBlock, logs: readonly Uint8Array[]): Target {
  const most = logs.reduce((sum, log) => sum + log.length, bins.length)
  const room = new Uint8Array(Math.ceil(most / pageSize) * pageSize)
  room.set(bins)
  return { room, size: block.bins_size, sequence: block.secondary_sequence, appliedCount: 0 }
}

function replayEntries(logs: readonly Log[], target: Target, notes: Notes): readonly ReplayedEntry[] {
  const readings = logs
    .map(log => ({ log, entries: [...entriesOf(log.bytes)] }))
    .sort((a, b) => (a.entries[0]?.sequence ?? 0) - (b.entries[0]?.sequence ?? 0))
  const replayed: ReplayedEntry[] = []
  let stopped: Refusal | undefined
  // What is damaged ends its log. Another one may go on with the very next number: then nothing is missing.
  let isOneDamaged = false
  for (const { log, entries } of readings)
    for (const { at, sequence, ...reading } of entries) {
      const where = `log ${log.index} at byte ${at}`
      const page_count = reading.entry?.pages.length ?? 0
      const add = (refused?: Refusal) =>
        replayed.push({
          log: log.index,
          offset: at,
          sequence,
          page_count,
          is_applied: refused === undefined,
          ...(refused === undefined ? {} : { refused }),
        })
      if (reading.entry === undefined) {
        note(notes, 'registry/log-entry', where, undefined, reading.fault)
        isOneDamaged = true
        add('damaged')
        continue
      }
      const expected = target.appliedCount === 0 ? target.sequence : target.sequence + 1
      if (sequence < expected) add('older')
      else if (stopped !== undefined) add(stopped)
      else {
        if (sequence > expected) note(notes, 'registry/log-gap', where, `entry ${expected}`, `entry ${sequence}`)
        if (sequence > expected && (target.appliedCount > 0 || isOneDamaged)) stopped = 'gap'
        else if (!write(target, log.bytes, reading.entry.bins_size, reading.entry.pages)) {
          note(notes, 'registry/log-entry', where, 'a hive that grows by no more than its logs', 'more')
          stopped = 'damaged'
        } else target.sequence = sequence
        add(stopped)
      }
    }
  return replayed
}

/** The old format: one log is enough, and it must be of the same moment as the hive. */
function replayDirtyPages(
  logs: readonly Log[],
  block: BaseBlock,
  isWhole: boolean,
  target: Target,
  notes: Notes,
): readonly ReplayedEntry[] {
  return logs.map(log => {
    const pages = dirtyPages(log.bytes, log.block.bins_size)
    const { primary_sequence: sequence } = log.block
    const entry = { log: log.index, offset: 512, sequence, page_count: pages?.length ?? 0 }
    const isOfHive = !isWhole || log.block.last_written === block.last_written
    if (pages === undefined || log.block.secondary_sequence !== sequence) {
      note(notes, 'registry/log-entry', `log ${log.index} at byte 512`, 'DIRT, and all of its pages')
      return { ...entry, is_applied: false, refused: 'damaged' }
    }
    if (!isOfHive) note(notes, 'registry/log-other', `log ${log.index} at byte 12`)
    if (!isOfHive || target.appliedCount > 0)
      return { ...entry, is_applied: false, refused: isOfHive ? 'older' : 'other-time' }
    if (!write(target, log.bytes, log.block.bins_size, pages))
      return { ...entry, is_applied: false, refused: 'damaged' }
    target.sequence = Math.max(sequence, block.primary_sequence)
    return { ...entry, is_applied: true }
  })
}

/** False when the hive would be longer than there is room: a log holds all that it makes a hive grow by. */
function write(target: Target, log: Uint8Array, size: number, pages: readonly LogPage[]): boolean {
  if (size > target.room.length) return false
  for (const page of pages) target.room.set(log.subarray(page.from, page.from + page.size), page.to)
  target.size = size
  target.appliedCount += 1
  return true
}

function refusedOf(log: Log, refused: Refusal): ReplayedEntry[] {
  if (log.block.type !== newLogType)
    return [
      { log: log.index, offset: 512, sequence: log.block.primary_sequence, page_count: 0, is_applied: false, refused },
    ]
  return [...entriesOf(log.bytes)].map(({ at, sequence, entry }) => ({
    log: log.index,
    offset: at,
    sequence,
    page_count: entry?.pages.length ?? 0,
    is_applied: false,
    refused: entry === undefined ? 'damaged' : refused,
  }))
}
