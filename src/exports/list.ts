import { blockEdlAddresses, blockEdlNames } from './block-edl.ts'
import type { BlockExport } from './block-export.ts'
import { blockIpset } from './block-ipset.ts'
import { blockMisp } from './block-misp.ts'
import { blockNftables } from './block-nftables.ts'
import { blockRpz } from './block-rpz.ts'
import { blockSquid } from './block-squid.ts'
import { blockStix } from './block-stix.ts'
import { blockSuricata } from './block-suricata.ts'
import { graphDot } from './graph-dot.ts'
import type { GraphExport } from './graph-export.ts'
import { graphGraphml } from './graph-graphml.ts'
import { graphJson } from './graph-json.ts'
import { leadCsv } from './lead-csv.ts'
import type { LeadExport } from './lead-export.ts'
import { leadNavigator } from './lead-navigator.ts'
import { leadStix } from './lead-stix.ts'
import { leadSuricata } from './lead-suricata.ts'
import { leadZeek } from './lead-zeek.ts'
import type { TicketExport } from './ticket-export.ts'
import { ticketMarkdown } from './ticket-markdown.ts'

/** Every format of a graph. */
export const graphExports: readonly GraphExport[] = [graphJson, graphDot, graphGraphml]

/** Every format of a finding for people. */
export const ticketExports: readonly TicketExport[] = [ticketMarkdown]

/** Every format that something else blocks by. */
export const blockExports: readonly BlockExport[] = [
  blockRpz,
  blockSuricata,
  blockNftables,
  blockIpset,
  blockSquid,
  blockEdlNames,
  blockEdlAddresses,
  blockStix,
  blockMisp,
]

/** Every format that investigated certificates are handed on in. */
export const leadExports: readonly LeadExport[] = [leadStix, leadZeek, leadSuricata, leadCsv, leadNavigator]
