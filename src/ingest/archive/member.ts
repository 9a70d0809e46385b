import type { Problem } from '../../base/index.ts'
import type { ByteReader } from './byte-reader.ts'
import type { RandomAccess } from './disk-file.ts'
import type { Meter } from './limits.ts'

/** Something that holds bytes: a file, a member of an archive, or what either was compressed from. */
export type Member = {
  /** For people; see {@link memberLabel}. */
  readonly label: string
  /** Decompressed bytes, if the container tells. It may lie. */
  readonly size: number | undefined
  readonly mayGrow: boolean
  /** Archives it lies in. */
  readonly depth: number
  /** It came out of a compression, so a tar in it is part of the same archive. */
  readonly unpacked: boolean
  readonly reader: ByteReader
  /** Filled while it is read. */
  readonly problems: Problem[]
  /** Where the bytes lie on a disk as they are. */
  readonly random?: RandomAccess
}

/** What reading one file on the disk needs, in all its layers. */
export type Unfolding = {
  readonly meter: Meter
  /** Takes what is wrong with archives, as against what is wrong within a piece of evidence. */
  report(problem: Problem): void
  /** Directory for ZIP archives that lie in other archives. Without it only those that fit into memory are read. */
  readonly spool: string | undefined
  /** When the file on the disk was last changed. */
  readonly modified?: Date | undefined
  /** False for what nobody wants: it is passed over unread, with everything in it. */
  wants(label: string): boolean
}

/** A kind of container: everything that is told from bytes and holds other bytes. */
export type Container = {
  readonly name: string
  /** Whether what begins with these bytes (at least 512, or all there are) is one. */
  recognises(head: Uint8Array): boolean
  /** How many archives deeper its members lie. */
  deepens(archive: Member): number
  /** Its members in their order; each is done with before the next is asked for. */
  members(archive: Member, unfolding: Unfolding): AsyncGenerator<Member>
}

/** Reports what went wrong with something that nobody read as a piece of evidence: there is no other place for it. */
export function surrender(member: Member, unfolding: Unfolding): void {
  for (const problem of member.problems.splice(0)) unfolding.report(problem)
}
