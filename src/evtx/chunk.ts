import { Buffer } from 'node:buffer'
import type { Problem } from '../base/index.ts'
import { excerpt } from '../base/index.ts'
import {
  chunkSize,
  mostCharactersOfChunk,
  mostNodesOfChunk,
  mostProblemsOfRecord,
  mostTemplateOctets,
} from './bounds.ts'
import type { Definition, FailedDefinition, KnownTemplates, NameReference } from './definition.ts'
import type { Memo } from './memo.ts'
import type { Name } from './names.ts'
import type { ProblemCode } from './problem-codes.ts'

/**
 * A chunk while it is read: its octets, what was already looked up in it, and what may still be unfolded. Every place in
 * the room is an offset into the chunk; whoever makes a problem of it adds where the chunk lies.
 */
export type Chunk = {
  /** Counted from 0. */
  readonly number: number
  /** Where it begins in the file. */
  readonly offset: number
  /** Always 64 KiB: a chunk that was cut off is filled up with zeros. */
  readonly bytes: Uint8Array
  /** The same memory; it has the decoders. */
  readonly buffer: Buffer
  readonly data: DataView
  /** Names by place; undefined where none can be read. */
  readonly names: Map<number, Name | undefined>
  /** Templates by place, or why none can be read there. */
  readonly definitions: Map<number, Definition | FailedDefinition>
  readonly known: KnownTemplates
  readonly memo: Memo
  /** Where problems go: the record's while one is read. */
  problems: Problem[]
  mostProblems: number
  /** Where names are referred to in the template that is being read; absent when nobody needs to know. */
  references: NameReference[] | undefined
  templateOctetsLeft: number
  nodesLeft: number
  charactersLeft: number
  /** Where the part that was read last ends. */
  cursor: number
}

/** @param bytes at most 64 KiB; they must not change while records of the chunk are in use */
export function chunkOver(number: number, offset: number, bytes: Uint8Array, known: KnownTemplates, memo: Memo): Chunk {
  const whole = wholeChunk(bytes)
  const { buffer, byteOffset, byteLength } = whole
  return {
    number,
    offset,
    bytes: whole,
    buffer: Buffer.from(buffer, byteOffset, byteLength),
    data: new DataView(buffer, byteOffset, byteLength),
    names: new Map(),
    definitions: new Map(),
    known,
    memo,
    problems: [],
    mostProblems: mostProblemsOfRecord,
    references: undefined,
    templateOctetsLeft: mostTemplateOctets,
    nodesLeft: mostNodesOfChunk,
    charactersLeft: mostCharactersOfChunk,
    cursor: 0,
  }
}

function wholeChunk(bytes: Uint8Array): Uint8Array {
  // Reading octets out of a Buffer is slower where other arrays are read as well.
  if (bytes.length === chunkSize) return new Uint8Array(bytes.buffer, bytes.byteOffset, chunkSize)
  const whole = new Uint8Array(chunkSize)
  whole.set(bytes.subarray(0, chunkSize))
  return whole
}

/** Notes a problem at octet `at` of the chunk. */
export function note(chunk: Chunk, code: ProblemCode, at: number, expected?: string, found?: string): void {
  const { problems, mostProblems } = chunk
  if (problems.length >= mostProblems) return
  if (problems.length === mostProblems - 1) {
    problems.push({ code: 'evtx/more-problems' satisfies ProblemCode, found: `more than ${mostProblems - 1}` })
    return
  }
  problems.push({
    code,
    where: `chunk ${chunk.number} at byte ${chunk.offset + at}`,
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found: excerpt(found) }),
  })
}

/** Takes what is about to be unfolded off what is left. False, with a problem, when it is too much. */
export function spend(chunk: Chunk, nodes: number, characters: number, at: number): boolean {
  chunk.nodesLeft -= nodes
  chunk.charactersLeft -= characters
  if (chunk.nodesLeft >= 0 && chunk.charactersLeft >= 0) return true
  note(chunk, 'evtx/too-large', at)
  return false
}

/** Notes problems that were found before, with something that is now used again. */
export function noteAgain(chunk: Chunk, problems: readonly Problem[]): void {
  for (const problem of problems) if (chunk.problems.length < chunk.mostProblems) chunk.problems.push(problem)
}
