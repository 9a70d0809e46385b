import type { Problem } from '../base/index.ts'
import { CountersealError } from '../base/index.ts'
import { ByteReader } from './archive/byte-reader.ts'
import type { Tally } from './archive/disk-file.ts'
import { DiskFile } from './archive/disk-file.ts'
import type { ArchiveLimits } from './archive/limits.ts'
import { defaultArchiveLimits, Meter } from './archive/limits.ts'
import type { Unfolding } from './archive/member.ts'
import { unfold } from './archive/unfold.ts'
import type { EvidenceFile } from './files-under.ts'
import { filesUnder, unreadable } from './files-under.ts'

export type { ArchiveLimits, EvidenceFile, Tally }
export { filesUnder, unreadable }

/** A piece of evidence: a file, or a member of an archive. Identity is never in its name. */
export type Evidence = {
  /** For people: a path, or `/data/a.zip!logs/conn.log` for a member. Never opened as a path; see `memberLabel`. */
  readonly path: string
  /** Decompressed bytes, if the container tells. It may lie: for progress only. */
  readonly size: number | undefined
  /** False for what cannot be appended to any more: its last line is whole even without a newline. */
  readonly mayGrow: boolean
  /** When the file it came from was last changed, if there is one. */
  readonly modified?: Date | undefined
  /** Once, and before the next piece is asked for. */
  open(): Promise<EvidenceStream>
}

/** Bytes as they come out of all containers, and what went wrong with it. */
export type EvidenceStream = {
  /** Once. Stopping early is allowed. */
  readonly bytes: AsyncIterable<Uint8Array>
  /** Filled while the bytes are read: what is truncated, damaged or too large ends early and leaves its problem here. */
  readonly problems: Problem[]
}

export type EvidenceOptions = {
  readonly limits?: ArchiveLimits | undefined
  /** Kept up to date while evidence is read. */
  readonly tally?: Tally | undefined
  readonly signal?: AbortSignal | undefined
  /** Directory for ZIP archives that lie in other archives; what is there has no name and is gone with the process. */
  readonly spool?: string | undefined
  /** Called for each label; members that are not wanted are passed over unread. Default: all are. */
  readonly wants?: ((label: string) => boolean) | undefined
}

/** Problems with the archives of one file that are told one by one. The rest is counted: an attacker can make millions. */
const longestReport = 1000

/**
 * Everything under the paths, in a stable order; archives are opened, members come in the order they stand in. What
 * cannot be opened, is refused or encrypted becomes a problem. Throws `work/aborted`.
 */
export async function* evidenceUnder(
  paths: readonly string[],
  problems: Problem[],
  options: EvidenceOptions = {},
): AsyncGenerator<Evidence> {
  for await (const { path } of filesUnder(paths, problems)) {
    try {
      yield* evidenceIn(path, problems, options)
    } catch (cause) {
      if (!(cause instanceof CountersealError) || cause.code !== 'input/unreadable') throw cause
      problems.push({ code: 'file/unreadable', where: path, expected: 'a readable file', found: cause.message })
    }
  }
}

/** The same of a stream, once: one piece of evidence, or what is in an archive. `name` is what stands in labels. */
export async function* evidenceInStream(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  problems: Problem[],
  options: Pick<EvidenceOptions, 'limits' | 'spool'> = {},
): AsyncGenerator<Evidence> {
  const { limits = defaultArchiveLimits, spool } = options
  const reader = new ByteReader(stream)
  const report = (problem: Problem) => {
    if (problems.length < longestReport) problems.push(problem)
  }
  const unfolding = { meter: new Meter(limits, () => reader.position), report, spool, wants: () => true }
  const root = { label: name, size: undefined, mayGrow: false, depth: 0, unpacked: false, problems: [], reader }
  try {
    yield* unfold(root, unfolding)
  } finally {
    await reader.close()
  }
}

async function* evidenceIn(path: string, problems: Problem[], options: EvidenceOptions): AsyncGenerator<Evidence> {
  const { tally, signal, limits = defaultArchiveLimits, wants = () => true, spool } = options
  let file: DiskFile
  try {
    file = await DiskFile.open(path, { tally, signal })
  } catch (cause) {
    problems.push(unreadable(path, cause))
    return
  }
  const before = tally?.diskBytes ?? 0
  const reader = new ByteReader(file.bytes())
  let reported = 0
  const unfolding: Unfolding = {
    meter: new Meter(limits, () => Math.max(file.size, reader.position)),
    report: problem => {
      reported += 1
      if (reported <= longestReport) problems.push(problem)
    },
    spool,
    wants,
    modified: file.modified,
  }
  const root = { label: path, size: file.size, mayGrow: file.isRegular, depth: 0, unpacked: false, problems: [] }
  try {
    yield* unfold(file.isRegular ? { ...root, reader, random: file.random } : { ...root, reader }, unfolding)
  } finally {
    await reader.close()
    await file.close()
    if (tally !== undefined) tally.diskBytes = Math.max(tally.diskBytes, before + file.size) // what was passed over counts as done
    if (reported > longestReport)
      problems.push({ code: 'archive/more-problems', where: path, found: `${reported - longestReport} more` })
  }
}
