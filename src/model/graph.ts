/** What a pivot found, as a picture needs it. Ids are unique in a graph; orders are those of the result. */
export type Graph = {
  readonly title: string
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

export type GraphNode = {
  readonly id: string
  readonly kind: 'seed' | 'certificate' | 'host' | 'domain'
  /** Text from evidence: whoever made the certificate wrote it. */
  readonly label: string
  /** 0–1; absent for seeds, and for what only belongs to a certificate. */
  readonly confidence?: number
  readonly hop?: number
}

export type GraphEdge = {
  readonly from: string
  readonly to: string
  /** SAME_KEY, SAME_PLATFORM …; `names` and `met_at` for what belongs to a certificate. */
  readonly relation: string
  readonly confidence?: number
  /** One sentence. */
  readonly because?: string
}
