// Formats of graphs
export { graphExports } from './list.ts'
export type { GraphExport } from './graph-export.ts'
