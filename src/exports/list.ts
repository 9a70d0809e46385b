import { graphDot } from './graph-dot.ts'
import type { GraphExport } from './graph-export.ts'
import { graphGraphml } from './graph-graphml.ts'
import { graphJson } from './graph-json.ts'
import type { TicketExport } from './ticket-export.ts'
import { ticketMarkdown } from './ticket-markdown.ts'

/** Every format of a graph. */
export const graphExports: readonly GraphExport[] = [graphJson, graphDot, graphGraphml]

/** Every format of a finding for people. */
export const ticketExports: readonly TicketExport[] = [ticketMarkdown]
