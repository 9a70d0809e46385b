import { z } from 'zod'
import { urgencies } from '../model/index.ts'

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
  /** Rules that one observation is enough for. */
  standalone: z.record(
    z.string().regex(/^[A-Z]\d+$/),
    z.strictObject({
      title: z.string().min(1),
      verdict: z.enum(urgencies),
      because: z.string().min(1),
      /** Approvals do not change it. */
      never_approved: z.boolean().default(false),
    }),
  ),
})

export type Correlation = z.infer<typeof correlationFile>

/** Names in a definition that nothing defines. */
export function faultsOfCorrelation({ verdicts, classes }: Correlation): readonly string[] {
  return [
    ...(Object.keys(classes).length === 0 ? ['there are no classes'] : []),
    ...(verdicts.some(({ from, classes: needed, decides_trust }) => from === 0 && needed === 1 && !decides_trust)
      ? []
      : ['no verdict is without conditions']),
  ]
}
