import { z } from 'zod'
import { urgencies, verdicts } from '../model/index.ts'

/**
 * How observations of an analytic become cases: analytics/<id>/correlation.yaml. Weights, windows and verdicts are data;
 * what they mean is written here, and what they do in the files beside this one.
 */
const name = z.string().regex(/^[a-z0-9_]+$/)
const seconds = z.number().int().nonnegative()

export const correlationFile = z.strictObject({
  uuid: z.uuid(),
  version: z.number().int().positive(),
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  title: z.string().min(1),
  /** In the order in which an attack goes through them. */
  classes: z.record(
    name,
    z.strictObject({
      title: z.string().min(1),
      /** Events this far apart may belong together. */
      reach: seconds,
      /** Counts for nothing until something of another class is joined to it. */
      needs_company: z.boolean().default(false),
      /** A state is joinable for so long after it ended. */
      lingers: seconds.default(0),
      /** It is told by what the host itself says of signatures, which is in doubt while its trust is not that of Windows. */
      hosts_word: z.boolean().default(false),
      /**
       * No evidence of the thing itself and no class that counts: it belongs to every case of its host that has an
       * observation of one of these classes, of at least so many points, so few seconds before or after it.
       */
      beside: z
        .strictObject({ classes: z.array(name).min(1), from: z.number().min(0).default(0), window: seconds })
        .optional(),
    }),
  ),
  joins: z.record(
    name,
    z.strictObject({
      strength: z.number().min(0).max(1),
      because: z.string().min(1),
      /** How far apart in time: `any`, as far as the classes reach, or so many seconds. */
      window: z.union([z.enum(['any', 'class']), seconds]),
      /** What so many have that it joins nothing. */
      common: z.array(z.string()).default([]),
    }),
  ),
  /** A case is what is connected by joins of at least this strength. */
  strength: z.number().min(0).max(1),
  /** Weaker joins connect too, where so many classes come together in so short a time. */
  loose: z.strictObject({ strength: z.number().min(0).max(1), classes: z.number().int().min(2), window: seconds }),
  score: z.strictObject({
    /** No class gives more points than this. */
    class_cap: z.number().positive(),
    /** What an observation counts that is not the heaviest of its class. */
    others: z.number().min(0).max(1),
    order: z.strictObject({ points: z.number(), classes: z.number().int().min(2), because: z.string().min(1) }),
  }),
  rarity: z.strictObject({
    /** Below this many hosts, or days of history, nothing is rare. */
    hosts: z.number().int().positive(),
    days: z.number().positive(),
    first: z.number().positive(),
    common: z.strictObject({
      share: z.number().min(0).max(1),
      days: z.number().positive(),
      factor: z.number().positive(),
    }),
  }),
  /** The most urgent whose conditions hold. */
  verdicts: z
    .array(
      z.strictObject({
        verdict: z.enum(urgencies),
        from: z.number().min(0).default(0),
        classes: z.number().int().min(1).default(1),
        /** Only with an observation that decides trust. */
        decides_trust: z.boolean().default(false),
      }),
    )
    .min(1),
  approvals: z.strictObject({
    /** Fields that name one and the same object: one that is there and right is enough. */
    same_object: z.array(z.array(name).min(2)).default([]),
    /** Fields that only together name an object: who names one has to name the others that are in the evidence. */
    together: z.array(z.array(name).min(2)).default([]),
    /** Fields that tell what something is, wherever and by whomever it was done: baselines are learned by them. */
    content: z.array(name).min(1),
    /** What a change adds that is nearly one that was approved. */
    mismatch: z.strictObject({ points: z.number().min(0), because: z.string().min(1) }),
  }),
  /** The same on so many hosts is one finding, where the verdict is one of these. */
  campaigns: z.strictObject({ hosts: z.number().int().min(2), verdicts: z.array(z.enum(verdicts)) }),
  /** Rules that one observation is enough for. */
  standalone: z.record(
    z.string().regex(/^[A-Z]\d+$/),
    z.strictObject({
      title: z.string().min(1),
      verdict: z.enum(urgencies),
      because: z.string().min(1),
      /** Approvals do not change it. */
      never_approved: z.boolean().default(false),
      /** Only an approval that names these fields reaches it, of an observation that has them. */
      pinned_by: z.array(name).default([]),
    }),
  ),
})

export type Correlation = z.infer<typeof correlationFile>

/** Names in a definition that nothing defines. */
export function faultsOfCorrelation({ verdicts, classes }: Correlation): readonly string[] {
  const companions = Object.values(classes).flatMap(({ beside }) => beside?.classes ?? [])
  return [
    ...(Object.keys(classes).length === 0 ? ['there are no classes'] : []),
    ...companions
      .filter(one => classes[one]?.beside !== undefined || !(one in classes))
      .map(one => `${one} has no case to stand beside`),
    ...(verdicts.some(({ from, classes: needed, decides_trust }) => from === 0 && needed === 1 && !decides_trust)
      ? []
      : ['no verdict is without conditions']),
  ]
}
