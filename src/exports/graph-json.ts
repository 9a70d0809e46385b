import type { GraphExport } from './graph-export.ts'

/** The graph as one JSON document: what the console draws. */
export const graphJson: GraphExport = {
  name: 'json',
  title: 'one JSON document with nodes and edges',
  mediaType: 'application/json',
  *write(graph) {
    yield `${JSON.stringify(graph, undefined, 1)}\n`
  },
}
