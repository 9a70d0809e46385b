import type { Graph } from '../model/index.ts'

/** A format a graph can be written in (door 4). Text comes in pieces, so that a large graph is never one string. */
export type GraphExport = {
  readonly name: string
  readonly title: string
  readonly mediaType: string
  write(graph: Graph): Iterable<string>
}
