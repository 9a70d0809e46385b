import {
  type Calibration,
  defaultSettings,
  type LearnSettings,
  pivots,
  type Settings,
  settingsWith,
} from '../../src/pivots/index.ts'

/** The settings under trial: what differs from the product's own. */
export type Variant = {
  readonly settings: Partial<Record<ScalarName, number>>
  readonly learning: Partial<LearnSettings>
  /** Factor on the reliability of all attributes of a correlation group, or of one attribute. */
  readonly scale: Readonly<Record<string, number>>
  readonly calibration: Calibration
}

type ScalarName = Exclude<keyof Settings, 'reliability' | 'calibration'>

export const shipped: Variant = { settings: {}, learning: {}, scale: {}, calibration: defaultSettings.calibration }

/** Never so sure that nothing could add to it. */
const mostReliability = 0.98

export function settingsOf({ settings, scale, calibration }: Variant): Settings {
  const reliability: Record<string, number> = {}
  for (const { name, group } of pivots) {
    const factor = scale[name] ?? scale[group] ?? 1
    const shippedValue = defaultSettings.reliability[name] ?? 0
    reliability[name] = factor === 1 ? shippedValue : Math.min(mostReliability, shippedValue * factor)
  }
  return settingsWith({ ...settings, reliability, calibration })
}

/** A number that may be turned, and the values it is tried at. The first is the product's own. */
export type Knob = {
  readonly name: string
  readonly values: readonly [number, ...number[]]
  turn(variant: Variant, value: number): Variant
}

function setting(name: ScalarName, ...others: readonly number[]): Knob {
  return {
    name,
    values: [defaultSettings[name], ...others.filter(value => value !== defaultSettings[name])],
    turn: (variant, value) => ({ ...variant, settings: { ...variant.settings, [name]: value } }),
  }
}

function scaled(of: string, ...others: readonly number[]): Knob {
  return {
    name: `reliability × (${of})`,
    values: [1, ...others],
    turn: (variant, value) => ({ ...variant, scale: { ...variant.scale, [of]: value } }),
  }
}

function learning(name: keyof LearnSettings, ownValue: number, ...others: readonly number[]): Knob {
  return {
    name: `learning ${name}`,
    values: [ownValue, ...others.filter(value => value !== ownValue)],
    turn: (variant, value) => ({ ...variant, learning: { ...variant.learning, [name]: value } }),
  }
}

/** The whole grid. What is likely to matter comes first: a search that runs out of time has tried that. */
export function knobs(learned: LearnSettings): readonly Knob[] {
  return [
    learning('threshold', learned.threshold, 0.45, 0.6),
    scaled('host', 0.7, 1.2),
    setting('one_network', 0.5),
    setting('tenants_few', 2, 4),
    scaled('name', 0.9, 1.1),
    setting('claimed_widely', 0.05, 0.3),
    setting('same_hand', 0.5, 1),
    setting('pack_apart', 0.8, 1),
    setting('served_late', 0.2, 0.7),
    setting('typed_least', 0.3, 0.7),
    setting('host_least_together', 0.2, 0.7),
    setting('addresses_few', 7, 15),
    setting('density_few', 2, 4),
    learning('least_owners', learned.least_owners, 4, 8),
    learning('sure_density', learned.sure_density, 4, 8),
    setting('thin_factor', 1),
    setting('owners_few', 10),
    setting('unproven', 0.25),
    scaled('issuer', 0.8),
    scaled('san', 1.1),
    scaled('artefact', 0.8),
  ]
}

/** Thresholds from which a lead is a claim. */
export const thresholds: readonly number[] = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9]
