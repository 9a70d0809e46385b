/**
 * Whether a contact at a time can have to do with a lead (specification AN1972 §6.3). All times are milliseconds since the epoch.
 */
export type LeadTimes = {
  /** notBefore and notAfter of the certificate. */
  readonly validity?: { readonly from: number; readonly until: number }
  /** The first promise of a log, or its first entry. */
  readonly logged?: number
  /** When the certificate was seen at the address, or the name resolved to it. */
  readonly sighted?: { readonly from: number; readonly until: number }
  /** When the domain was registered. */
  readonly registered?: number
}

export const timeClasses = [
  'PRE_REGISTRATION',
  'PRE_CERT',
  'IN_SIGHTING',
  'IN_VALIDITY_UNSIGHTED',
  'POST_SIGHTING',
  'POST_EXPIRY',
  'UNKNOWN_TIME',
] as const
export type TimeClass = (typeof timeClasses)[number]

export type TimeJudgement = {
  readonly class: TimeClass
  /** 0 to 1: how much a contact at that time says of whoever the lead is about. */
  readonly weight: number
  /** A sentence. */
  readonly because: string
}

export type TimeSettings = {
  /** How far the clocks of sensors may be apart. */
  readonly skew_seconds: number
  /** After so many days an address that was left says e⁻¹ of what it said: by how fast such addresses change hands. */
  readonly half_life_days: number
}

export const usualTimes: TimeSettings = { skew_seconds: 300, half_life_days: 30 }

const day = 86_400_000

/** A contact at `time`. A fingerprint that was seen in the contact itself outlives the certificate: self-signed servers often run on after it. */
export function timeClassOf(
  time: number,
  lead: LeadTimes,
  { skew_seconds, half_life_days }: TimeSettings = usualTimes,
): TimeJudgement {
  const skew = skew_seconds * 1000
  const { validity, logged, sighted, registered } = lead
  const begins = [validity?.from, logged].filter(one => one !== undefined)
  const begin = begins.length === 0 ? undefined : Math.min(...begins)
  if (registered !== undefined && time < registered - skew)
    return {
      class: 'PRE_REGISTRATION',
      weight: 0,
      because: `the domain was registered only ${textOf(registered)}: it was somebody else's`,
    }
  if (begin !== undefined && time < begin - skew)
    return {
      class: 'PRE_CERT',
      weight: 0,
      because: `the certificate exists only since ${textOf(begin)}: names and addresses may be the same, whose they were is not shown`,
    }
  if (sighted !== undefined && time >= sighted.from - skew && time <= sighted.until + skew)
    return {
      class: 'IN_SIGHTING',
      weight: 1,
      because: `it was there from ${textOf(sighted.from)} to ${textOf(sighted.until)}`,
    }
  if (validity !== undefined && time > validity.until + skew)
    return {
      class: 'POST_EXPIRY',
      weight: faded(time, sighted?.until ?? validity.until, half_life_days),
      because: `the certificate ran out ${textOf(validity.until)}`,
    }
  if (sighted !== undefined && time > sighted.until + skew)
    return {
      class: 'POST_SIGHTING',
      weight: faded(time, sighted.until, half_life_days),
      because: `it was last seen there ${textOf(sighted.until)}`,
    }
  if (validity !== undefined)
    return {
      class: 'IN_VALIDITY_UNSIGHTED',
      weight: 0.7,
      because: 'the certificate was valid, and nobody is known to have seen it there at that time',
    }
  return {
    class: 'UNKNOWN_TIME',
    weight: 0,
    because: 'neither the validity of the certificate nor a sighting is known',
  }
}

function faded(time: number, last: number, half_life_days: number): number {
  return Math.round(1000 * Math.exp(-Math.max(0, time - last) / (half_life_days * day))) / 1000
}

function textOf(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`
}
