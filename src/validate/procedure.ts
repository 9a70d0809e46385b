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

/** A program that the procedure leaves behind, as it would be collected. Names of signers are those of certificates too. */
const left = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]+[.](?:exe|dll|sys)$/),
  /** Default: it has no signature. */
  signed_by: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** Default: the signer signed its own certificate. */
  issued_by: z
    .string()
    .regex(/^[a-z0-9-]+$/)
    .optional(),
  /** Octets behind the signature, which nothing signs. */
  padding: z.number().int().min(0).max(65_536).multipleOf(8).default(0),
  /** One octet was changed after it was signed. */
  changed: z.boolean().default(false),
})

/** A value that stands in the registry of the host, as a hive that is collected afterwards shows it. */
const standing = z.strictObject({
  /** Seconds after the procedure began: when the key was last written. */
  at: z.number(),
  key: z.string().regex(/^HKLM\\SOFTWARE\\/i),
  value: z.string(),
  data: z.string(),
})

/** What somebody allowed beforehand; times in seconds after the procedure began. */
const allowed = z.strictObject({
  ticket: z.string().min(1),
  kind: z.enum(['change', 'baseline']).default('change'),
  /** Default: the procedure's own. */
  hosts: z.array(z.string()).optional(),
  from: z.number(),
  until: z.number(),
  expires: z.number(),
  object: z.record(z.string(), z.array(z.string())),
  writers: z.array(z.string()).default([]),
  exercise: z.boolean().default(false),
})

const procedure = z.strictObject({
  id: z.string().regex(/^[TB]-\d{2}[a-z]?$/),
  title: z.string().min(1),
  source: z.string().min(1),
  expect: z.strictObject({
    /** The most urgent verdict; of something benign, at most this. */
    verdict: z.enum([...urgencies, 'approved']),
    classes: z.array(z.string()).default([]),
    rules: z.array(z.string()).default([]),
  }),
  /** Why Counterseal does not say this yet: then it is run and told, and no failure. */
  not_yet: z.string().optional(),
  /** Events may say `{file <name> sha256}` (sha1, md5) and `{certificate <name> sha1}` (sha256, tbs_sha1, tbs_sha256). */
  files: z.array(left).max(20).default([]),
  events: z.array(logged).min(1).max(200),
  registry: z.array(standing).max(100).default([]),
  approvals: z.array(allowed).max(10).default([]),
})

const proceduresFile = z.strictObject({
  analytic: z.enum(['AN1246', 'AN1972', 'T1596.003']),
  procedures: z.array(procedure).min(1),
})

export type LoggedEvent = z.infer<typeof logged>
export type StandingValue = z.infer<typeof standing>
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
