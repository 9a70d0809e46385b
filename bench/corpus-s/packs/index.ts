import type { Scope } from '../world.ts'
import { acmeBurst } from './acme-burst.ts'
import { backdating } from './backdating.ts'
import { cdn } from './cdn.ts'
import { factoryKey } from './factory-key.ts'
import { forgedSki } from './forged-ski.ts'
import { hopDecay } from './hop-decay.ts'
import { hostingDefault } from './hosting-default.ts'
import { kitCollision } from './kit-collision.ts'
import { mimic } from './mimic.ts'
import { ordinary } from './ordinary.ts'
import { ownerFrequency } from './owner-frequency.ts'
import { poison } from './poison.ts'
import { sanPacking } from './san-packing.ts'
import { serialFormat } from './serial-format.ts'

/** Each makes one kind of trouble: operators with true pairs, strangers who look like them, and operators unseen. */
export const packMakers = {
  'acme-burst': acmeBurst,
  backdating,
  cdn,
  'factory-key': factoryKey,
  'forged-ski': forgedSki,
  'hop-decay': hopDecay,
  'hosting-default': hostingDefault,
  'kit-collision': kitCollision,
  mimic,
  ordinary,
  'owner-frequency': ownerFrequency,
  poison,
  'san-packing': sanPacking,
  'serial-format': serialFormat,
} as const satisfies Readonly<Record<string, (scope: Scope) => void>>

export type PackName = keyof typeof packMakers

export const packs = Object.keys(packMakers) as readonly PackName[] // the keys are just those
