/** When people work, and how much history is looked at. The same for every baseline. */
export type SiteHours = {
  /** Name in the IANA time zone database. */
  readonly timeZone: string
  /** 1 is Monday, 7 Sunday. */
  readonly workDays: readonly number[]
  /** Full hours: from the first, up to and without the second. */
  readonly workFrom: number
  readonly workTo: number
}

export const defaultHours: SiteHours = { timeZone: 'UTC', workDays: [1, 2, 3, 4, 5], workFrom: 7, workTo: 19 }

/** Of what is compared with: specification T1596.003 §2.1.1. */
export const historyDays = 28

/** A group of peers with fewer members is everybody instead: specification T1596.003 §2.1.1. */
export const leastPeers = 8

/** Days that one run judges, the newest first. Only days with a count that reaches a floor are among them. */
export const mostDays = 400
