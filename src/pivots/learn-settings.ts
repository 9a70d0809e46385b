import type { SettingDefinition } from './settings.ts'

/** Every number by which platforms are learned. None comes from the specification: CORPUS-S and real data set them. */
export const learnSettingDefinitions = {
  least_owners: { default: 5, unit: 'owner groups', because: 'fewer are what one operator has' },
  sure_owners: { default: 60, unit: 'owner groups', because: 'from here breadth alone says as much as it can' },
  sample: {
    default: 24,
    unit: 'certificates',
    because: 'looked at for one value, by id: their ids are hashes, so that nobody chooses which',
  },
  weight_breadth: { default: 3, unit: 'weight', because: 'how many owners share it is the best sign of a platform' },
  weight_networks: { default: 1, unit: 'weight', because: 'strangers sit in different networks' },
  weight_time: { default: 1, unit: 'weight', because: 'strangers do not start in one week' },
  weight_variety: { default: 1, unit: 'weight', because: 'strangers have keys, or subjects, of their own' },
  weight_generated: { default: 1.5, unit: 'weight', because: 'products write serial numbers and defaults into names' },
  sure_density: {
    default: 5,
    unit: 'addresses of a network (/16, /32)',
    because: 'so many machines in one network are a host’s, whoever pays for them',
  },
  crowd: {
    default: 8,
    unit: 'owner groups of a network',
    because: 'an operator has as many domains on one machine; beyond it a host begins to be likelier',
  },
  sure_crowd: {
    default: 20,
    unit: 'owner groups of a network',
    because: 'so many on few machines are a host’s customers',
  },
  threshold: { default: 0.5, unit: '0–1', because: 'from here a value is taken for that of a platform' },
  full_time: {
    default: 365,
    unit: 'days',
    because: 'between first and last not_before, from which time says all it can',
  },
  expires_after: { default: 90, unit: 'days', because: 'what was learned is learned again with the next snapshot' },
} as const satisfies Record<string, SettingDefinition>

export type LearnSettings = Readonly<Record<keyof typeof learnSettingDefinitions, number>>

export const defaultLearnSettings = Object.fromEntries(
  Object.entries(learnSettingDefinitions).map(([name, { default: value }]) => [name, value]),
) as LearnSettings // names of the literal above
