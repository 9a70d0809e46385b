/** A certificate that was investigated, as others take it in. Text is from evidence: whoever made the certificate wrote it. */
export type ExportedLead = {
  /** SHA-256 and SHA-1 over the DER, lower-case hexadecimal; undefined where nobody saw the bytes. */
  readonly sha256?: string
  readonly sha1?: string
  /** Upper-case hexadecimal, two digits a byte. */
  readonly serial: string
  readonly subject: string
  readonly issuer: string
  /** Milliseconds since the epoch. */
  readonly not_before?: number
  readonly not_after?: number
  readonly names: readonly string[]
  readonly addresses: readonly string[]
  /** LEAD, CORROBORATED … */
  readonly state: string
  /** 0 to 1. */
  readonly confidence: number
  readonly because: string
  /** Techniques that were observed here. */
  readonly asserted: readonly string[]
}

export type LeadSet = {
  /** What stands for it in tickets and in comments: letters, digits, `-` and `_`. */
  readonly reference: string
  readonly made_at: Date
  readonly expires_at: Date
  readonly leads: readonly ExportedLead[]
}

/** A format that leads can be handed on in (door 4). A lead is no block list: what it says of confidence and state goes with it. */
export type LeadExport = {
  readonly name: string
  readonly title: string
  readonly file: string
  write(set: LeadSet): Iterable<string>
}

/** From these states on a lead is more than a match. */
export const corroborated: ReadonlySet<string> = new Set(['CORROBORATED', 'ESCALATED'])
