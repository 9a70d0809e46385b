import { shippedCalibration } from './calibration.ts'
import { pivots } from './list.ts'

/** A number of the scorer: what it is when nobody says otherwise, and why. */
export type SettingDefinition = {
  readonly default: number
  readonly unit: string
  /** Why this number, and the reason to touch it. */
  readonly because: string
}

/** Every number of the scorer. Section numbers are those of specification AN1972. */
export const settingDefinitions = {
  owners_few: { default: 30, unit: 'owner groups', because: '§3.2: up to here a value counts fully' },
  owners_some: { default: 120, unit: 'owner groups', because: '§3.2: the upper bound Censeye uses' },
  owners_many: {
    default: 1000,
    unit: 'owner groups',
    because: '§3.2: beyond it a value is not followed, since it leads to strangers',
  },
  factor_some: { default: 0.8, unit: 'factor', because: '§3.2, for values shared by owners_few to owners_some' },
  factor_many: { default: 0.2, unit: 'factor', because: '§3.2, for values shared by owners_some to owners_many' },
  factor_more: { default: 0.02, unit: 'factor', because: '§3.2, for values shared by more than owners_many' },
  thin_below: {
    default: 100_000,
    unit: 'owner groups in the snapshot',
    because: '§3.2: fewer cannot show that a value is common',
  },
  thin_factor: { default: 0.8, unit: 'factor', because: '§3.2, while the snapshot is thin' },
  most_confidence: { default: 0.99, unit: 'probability', because: '§3.2: certificates alone are never certain' },
  most_weak: {
    default: 0.5,
    unit: 'probability',
    because: '§3.2: the most that shapes, times, TLS and HTTP can say together without anything else',
  },
  explained: {
    default: 0.05,
    unit: 'probability',
    because: '§3.4: the most a value is worth that a platform gives out',
  },
  pack_few: { default: 3, unit: 'registrable domains', because: '§3.3: up to here nothing is packed' },
  pack_some: { default: 9, unit: 'registrable domains', because: '§3.3: what one organization still puts together' },
  pack_many: { default: 39, unit: 'registrable domains', because: '§3.3: Akamai recommends at most 40' },
  pack_factor_some: { default: 0.5, unit: 'factor', because: '§3.3, for pack_few to pack_some domains' },
  pack_factor_many: { default: 0.2, unit: 'factor', because: '§3.3, for pack_some to pack_many domains' },
  pack_factor_more: { default: 0, unit: 'factor', because: '§3.3, beyond pack_many' },
  pack_apart: {
    default: 0.95,
    unit: 'factor',
    because: 'at least this where such a certificate is served at few addresses, apart from each other',
  },
  san_containment: {
    default: 0,
    unit: '0–1',
    because: '§2.1 row 14 wants the Jaccard index (0); 1 asks only how much of the smaller certificate is in the other',
  },
  unproven: {
    default: 0.5,
    unit: 'factor',
    because:
      'a public CA checked the names of one certificate, and anybody can write them into the other: a copied name or a victim’s domain',
  },
  claimants_few: {
    default: 3,
    unit: 'keys',
    because: 'up to here those who name a domain on certificates of their own can be its owner, whom a public CA knows',
  },
  claimed_widely: {
    default: 0.15,
    unit: 'factor',
    because: 'a domain that has an owner and that more than claimants_few others name is one that people copy',
  },
  same_hand: {
    default: 0.8,
    unit: 'factor',
    because: 'instead of claimed_widely, where the same extensions and kind of key show one maker of both copies',
  },
  subject_not_self_issued: {
    default: 0.6,
    unit: 'factor',
    because: '§2.1 row 10 gives the full worth to self-signed certificates, where the user typed the name',
  },
  typed_together_days: {
    default: 30,
    unit: 'days',
    because: 'between two certificates of one installation: §3.7 takes as much for one campaign',
  },
  typed_half_life_days: {
    default: 120,
    unit: 'days',
    because: 'between two that bear the same typed words: operators install within weeks, strangers whenever they do',
  },
  typed_least: { default: 0.5, unit: 'factor', because: 'some operators type the same words for years' },
  both_cas: { default: 0.3, unit: 'factor', because: 'of the issuer: a root signs CAs of many organizations' },
  short_serial_octets: { default: 4, unit: 'octets', because: 'serial numbers that people choose: 1, 1000, 146473198' },
  short_serial: {
    default: 0.4,
    unit: 'factor',
    because: '§2.1 row 3: a chosen serial number is a habit, not an identity',
  },
  key_contradiction: {
    default: 0.1,
    unit: 'factor',
    because: '§2.1 row 7: a key identifier whose keys are known and differ was forged or is a constant',
  },
  time_days: {
    default: 730,
    unit: 'days',
    because: 'over which the issuances of one issuer are thought to be spread, for the chance of one second (§3.2)',
  },
  host_half_life_days: { default: 30, unit: 'days', because: '§3.2: a rented server changes hands about monthly' },
  host_known_days: {
    default: 7,
    unit: 'days',
    because: 'a certificate that was met at an address for less tells nothing of how long it was there',
  },
  host_together: {
    default: 0.8,
    unit: '0–1',
    because: 'of all days on which one or the other was met at an address, both: from here they came and went together',
  },
  host_least_together: {
    default: 0.4,
    unit: 'factor',
    because: 'for two that were hardly ever at an address together: the next customer of the same machine',
  },
  tenants_few: {
    default: 3,
    unit: 'owner groups at an address',
    because: '§2.1 row 28: beyond it an address is shared hosting, and says less the more share it',
  },
  addresses_few: {
    default: 10,
    unit: 'addresses',
    because: 'beyond it a certificate is more likely a default that many have than one that its operator copied',
  },
  kit_addresses_few: {
    default: 3,
    unit: 'addresses',
    because: 'instead of addresses_few for the certificate of a known tool: it may be the one that the tool comes with',
  },
  density_few: {
    default: 3,
    unit: 'addresses of a network (/16, /32)',
    because: 'beyond it they are the machines of one host: operators rent in several places',
  },
  served_late: {
    default: 0.4,
    unit: 'factor',
    because:
      'for the addresses of a certificate that came with what was installed there; some operators keep one for years',
  },
  served_late_days: {
    default: 365,
    unit: 'days',
    because:
      'so old a certificate was when the first machine was seen with it: servers get theirs when they are set up',
  },
  served_late_apart_days: {
    default: 30,
    unit: 'days',
    because: 'from the first to the last machine: fewer may be one day on which somebody began to look',
  },
  one_network: {
    default: 0.3,
    unit: 'factor',
    because:
      'for the addresses of a certificate that all lie in one network: hosts serve defaults there, operators spread (right in one claim of twenty on CORPUS-S)',
  },
  host_unknown: { default: 0.5, unit: 'factor', because: 'an address without the times it was seen at' },
  kit_hard: { default: 0.95, unit: 'probability', because: 'one tool, by a trait nothing else has (§4)' },
  kit_soft: { default: 0.5, unit: 'probability', because: 'one tool, by a trait of a library or an example (§4)' },
  hop_decay: {
    default: 1,
    unit: 'factor',
    because:
      'for every hop after the first: .8 in §3.2, where scores are not calibrated; on CORPUS-S two steps are as sure as their product, and less doubts twice',
  },
  hops: { default: 2, unit: 'hops', because: '§3.2: the depth when nobody asks for another' },
  most_hops: { default: 3, unit: 'hops', because: '§3.2: beyond it everything is related to everything' },
  fan_out: { default: 400, unit: 'certificates', because: '§3.2: the most that one certificate leads to' },
  band_strong: { default: 0.85, unit: 'probability', because: '§3.2: from here a strong lead' },
  band_lead: { default: 0.6, unit: 'probability', because: '§3.2: from here a lead' },
  band_weak: {
    default: 0.35,
    unit: 'probability',
    because: '§3.2: from here a weak lead; below it is counted and dropped',
  },
  frontier: {
    default: 400,
    unit: 'certificates',
    because: 'followed in one hop, the surest first: what a person can still look through',
  },
  expand_from: {
    default: 0.44,
    unit: 'probability',
    because: 'what is behind a weaker lead seldom reaches band_weak, and costs most of the time',
  },
  ask_from: {
    default: 0.1,
    unit: 'probability',
    because: 'values worth less never make a lead by themselves; they still count beside others',
  },
  holders: {
    default: 1000,
    unit: 'certificates',
    because: 'read for one value; a value of few owners with more certificates is renewed often',
  },
  addresses: { default: 400, unit: 'addresses', because: 'read for one certificate; more are a CDN' },
} as const satisfies Record<string, SettingDefinition>

export type SettingName = keyof typeof settingDefinitions

/** Score and probability, both rising: between two points a straight line. Empty: the score is the probability. */
export type Calibration = readonly (readonly [score: number, probability: number])[]

export type Settings = Readonly<Record<SettingName, number>> & {
  /** r0 by attribute. */
  readonly reliability: Readonly<Record<string, number>>
  readonly calibration: Calibration
}

export const defaultSettings: Settings = {
  ...(Object.fromEntries(
    Object.entries(settingDefinitions).map(([name, { default: value }]) => [name, value]),
  ) as Record<SettingName, number>), // names of the literal above
  reliability: Object.fromEntries(pivots.map(({ name, reliability }) => [name, reliability])),
  calibration: shippedCalibration,
}

/** The defaults with some of them replaced. */
export function settingsWith(changes: Partial<Settings>): Settings {
  const reliability = { ...defaultSettings.reliability, ...changes.reliability }
  return { ...defaultSettings, ...changes, reliability }
}

/** A score as a probability. */
export function calibrated(score: number, calibration: Calibration): number {
  let [belowScore, belowValue] = [0, 0]
  for (const [at, value] of calibration) {
    if (score <= at) {
      if (at === belowScore) return value
      return belowValue + ((score - belowScore) / (at - belowScore)) * (value - belowValue)
    }
    belowScore = at
    belowValue = value
  }
  if (calibration.length === 0) return score
  // Beyond the last point: on to (1, 1).
  return belowScore >= 1 ? belowValue : belowValue + ((score - belowScore) / (1 - belowScore)) * (1 - belowValue)
}

/** What a value is worth by how many owner groups share it. */
export function frequencyFactor(owners: number, settings: Settings): number {
  if (owners <= settings.owners_few) return 1
  if (owners <= settings.owners_some) return settings.factor_some
  return owners <= settings.owners_many ? settings.factor_many : settings.factor_more
}

/** What names are worth by how many registrable domains stand together (§3.3). */
export function packFactor(apexes: number, settings: Settings): number {
  if (apexes <= settings.pack_few) return 1
  if (apexes <= settings.pack_some) return settings.pack_factor_some
  return apexes <= settings.pack_many ? settings.pack_factor_many : settings.pack_factor_more
}
