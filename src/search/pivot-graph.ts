import type { Graph, GraphEdge, GraphNode } from '../model/index.ts'
import type { IndexedCertificate, PivotResult } from '../pivots/index.ts'

/** Addresses drawn for one certificate; a default certificate of a host has thousands. */
const mostHosts = 20

/** What a pivot found as a graph: certificates and the addresses they were met at. */
export function pivotGraph({ seeds, leads, related }: PivotResult, title: string): Graph {
  const nodes = new Map<string, GraphNode>()
  const edges: GraphEdge[] = []
  for (const { certificate } of seeds)
    nodes.set(certificate.certificate_id, { id: certificate.certificate_id, kind: 'seed', label: labelOf(certificate) })
  for (const { certificate, confidence, hop, edge } of [...leads, ...related]) {
    const id = certificate.certificate_id
    if (!nodes.has(id)) nodes.set(id, { id, kind: 'certificate', label: labelOf(certificate), confidence, hop })
    const { from, relation, explanation } = edge
    edges.push({ from, to: id, relation, confidence: edge.confidence, because: explanation })
  }
  for (const { certificate, hosts } of [...seeds, ...leads])
    for (const { ip, edge } of hosts.slice(0, mostHosts)) {
      if (!nodes.has(ip)) nodes.set(ip, { id: ip, kind: 'host', label: ip })
      edges.push({ from: certificate.certificate_id, to: ip, relation: 'met_at', because: edge.explanation })
    }
  return { title, nodes: [...nodes.values()], edges }
}

/** A name somebody would say: the first host name, else the subject, else the beginning of the hash. */
export function labelOf({ names, subject, certificate_id }: IndexedCertificate): string {
  return names[0] ?? (subject === '' ? certificate_id.slice(0, 16) : subject)
}
