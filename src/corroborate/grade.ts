/** Kinds of telemetry that do not stand for one another. */
export const families = ['dns', 'web', 'flow', 'tls', 'endpoint'] as const
export type Family = (typeof families)[number]

/** One record that has to do with a lead, as far as it can be told. */
export type LocalItem = {
  readonly event_uid: string
  readonly family: Family
  /** The machine of ours: address or name. */
  readonly asset: string
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Name or address of the lead that it has to do with. */
  readonly entity: string
  /**
   * What it shares with the lead. `certificate`: the fingerprint or key that was served. `name`: SNI, Host or URL. `address`: of the other side.
   * `question`: a DNS question. `answered`: a DNS answer of the lead with a connection to it soon after.
   */
  readonly shares: ReadonlySet<'certificate' | 'name' | 'address' | 'question' | 'answered'>
  /** Sensor and connection: what two logs tell of the same packets counts once; empty where no log says it. */
  readonly packet: string
}

/** 1 to 5, E1 to E5 of specification AN1972 §6.2. */
export type Grade = 1 | 2 | 3 | 4 | 5

export type EntityFacts = {
  /** It is on a network that many strangers share: a content delivery network, a platform, shared hosting. */
  readonly is_shared: boolean
  /** The contact lies in the time in which the address was the lead's. */
  readonly in_interval: boolean
}

/** How much one record says of a contact with the lead. A certificate that was served says all; an address on a shared network says next to nothing. */
export function gradeOf({ shares }: LocalItem, { is_shared, in_interval }: EntityFacts): Grade {
  if (shares.has('certificate')) return 5
  if (shares.has('name') && shares.has('address') && in_interval) return 4
  if (shares.has('name')) return 3
  if (shares.has('address') && !is_shared && in_interval) return 3
  if (shares.has('answered')) return 2
  return 1
}
