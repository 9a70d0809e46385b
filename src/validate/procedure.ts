import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CountersealError } from '../base/index.ts'
import { parseDefinition, readDefinitionText } from '../definitions/index.ts'
import { urgencies } from '../model/index.ts'
import { logs } from './logs.ts'

/**
 * A procedure: what somebody does, attacker or administrator, as the events that Windows logs of it, and what Counterseal
 * is to say. analytics/<id>/procedures.yaml holds those of an analytic.
 */
const logged = z.strictObject({
  /** Seconds after the procedure began. */
  at: z.number(),
  log: z.enum(Object.keys(logs) as [keyof typeof logs, ...(keyof typeof logs)[]]), // there are some
  id: z.number().int().positive(),
  /** Names of processes within the procedure: each has a ProcessGuid and a ProcessId of its own. */
  process: z.string().optional(),
  parent: z.string().optional(),
  /** Another host than the procedure's own. */
  host: z.string().optional(),
  /** So many times, so many seconds apart; `{n}` in a text or a name is the number of the time, four digits. */
  times: z.number().int().min(1).max(500).default(1),
  every: z.number().min(0).default(0),
  data: z.record(z.string(), z.string()).default({}),
})

const procedure = z.strictObject({
  id: z.string().regex(/^[TB]-\d{2}[a-z]?$/),
  title: z.string().min(1),
  source: z.string().min(1),
  expect: z.strictObject({
    /** The most urgent verdict; of something benign, at most this. */
    verdict: z.enum(urgencies),
    classes: z.array(z.string()).default([]),
    rules: z.array(z.string()).default([]),
  }),
  /** Why Counterseal does not say this yet: then it is run and told, and no failure. */
  not_yet: z.string().optional(),
  events: z.array(logged).min(1).max(200),
})

const proceduresFile = z.strictObject({
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  procedures: z.array(procedure).min(1),
})

export type LoggedEvent = z.infer<typeof logged>
export type Procedure = z.infer<typeof procedure>

/** An attack is to be said to be one; everything else is not to be. */
export function isAttack({ id }: Procedure): boolean {
  return id.startsWith('T-')
}

/** The procedures of an analytic by its folder. Throws `data/bad-definition`, and `usage/bad-argument` where there are none. */
export function loadProcedures(directory: string, folder: string): readonly Procedure[] {
  const file = join(directory, folder, 'procedures.yaml')
  if (!/^[a-z0-9-]+$/.test(folder) || !existsSync(file))
    throw new CountersealError('usage/bad-argument', { message: `There are no procedures for ${folder}.` })
  const { procedures } = parseDefinition('list of procedures', file, readDefinitionText(file), proceduresFile)
  const twice = procedures.map(({ id }) => id).filter((id, nth, all) => all.indexOf(id) !== nth)
  if (twice.length > 0)
    throw new CountersealError('data/bad-definition', { message: `${file}: ${twice.join(', ')} stand twice.` })
  return procedures
}
