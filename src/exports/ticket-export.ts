import type { Finding } from '../model/index.ts'

/** A certificate that a finding names, and how to go on from it. */
export type CertificateLead = {
  /** SHA-256 or SHA-1, lower-case hexadecimal. */
  readonly fingerprint: string
  /**
   * `pivot`: the evidence has the certificate, and `step` is the command. `collect`: only its fingerprint is known, and
   * `step` is a sentence that says what to fetch.
   */
  readonly kind: 'pivot' | 'collect'
  readonly step: string
}

/** A finding as it goes into a ticket, with what its store knows besides. */
export type Ticket = {
  readonly finding: Finding
  readonly leads: readonly CertificateLead[]
}

/** A format a finding can be handed on in, for people (door 4). Text comes in pieces. */
export type TicketExport = {
  readonly name: string
  readonly title: string
  readonly mediaType: string
  write(ticket: Ticket): Iterable<string>
}
