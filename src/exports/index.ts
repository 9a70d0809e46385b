// Formats of graphs
export { blockExports, graphExports, leadExports, ticketExports } from './list.ts'
export type { GraphExport } from './graph-export.ts'
// Findings for people
export type { CertificateLead, Ticket, TicketExport } from './ticket-export.ts'
// Text that stays text
export { markdownTable, prose, quoted } from './markdown-text.ts'
// Lists of what is to be blocked
export type { BlockEntry, BlockExport, BlockList } from './block-export.ts'
// Certificates that were investigated
export type { ExportedLead, LeadExport, LeadSet } from './lead-export.ts'
