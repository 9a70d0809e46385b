import { graphDot } from './graph-dot.ts'
import type { GraphExport } from './graph-export.ts'
import { graphGraphml } from './graph-graphml.ts'
import { graphJson } from './graph-json.ts'

/** Every format of a graph. */
export const graphExports: readonly GraphExport[] = [graphJson, graphDot, graphGraphml]
