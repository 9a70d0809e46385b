import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { openApp } from '../../app.ts'
import { configFrom, shipped } from '../../config.ts'
import { rowsOf } from '../../model/index.ts'
import type { Judged, Procedure } from '../../validate/index.ts'
import {
  approvalsOfProcedure,
  filesOfProcedure,
  hivesOfProcedure,
  judge,
  loadProcedures,
  logOfProcedure,
} from '../../validate/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { huntThrough } from '../hunt-through.ts'
import { readPaths } from '../read-paths.ts'
import type { SeenOnSite } from '../show-validation.ts'
import { showValidation } from '../show-validation.ts'

type ValidateOptions = StoreOptions & { readonly write?: string }

export function validateCommand(): Command {
  const command = new Command('validate')
    .description('replay what attackers and administrators do, and say whether it is told apart here')
    .argument('<analytic>', 'an1246')
    .option(
      '--write <directory>',
      'also write the event log of each procedure there, to be sent through your own collectors',
    )
    .addHelpText(
      'after',
      examples(
        'counterseal validate an1246',
        'counterseal validate an1246 --data ./counterseal-data',
        'counterseal validate an1246 --write ./replay',
      ),
    )
  withStoreOptions(command, 'say also which of it the telemetry that this directory holds could have shown')
  return command.action(
    action<ValidateOptions>(async ({ app, output, options, args, signal }) => {
      const [folder = ''] = args
      const procedures = loadProcedures(shipped('analytics'), folder)
      const judged = await replay(procedures, folder, options, signal)
      const site = options.data === undefined ? undefined : await seenOnSite()
      showValidation(output, judged, site)
      return judged.every(({ faults, procedure }) => faults.length === 0 || procedure.not_yet !== undefined) ? 0 : 1

      async function seenOnSite(): Promise<SeenOnSite> {
        const rows = await rowsOf(await app.events(), 'events-by-channel', { signal })
        return new Map(rows.map(({ channel, event_id, hosts }) => [`${channel} ${event_id}`, Number(hosts)]))
      }
    }),
  )
}

/** Through the same readers, store, detections and correlation as evidence, in a store of its own that is thrown away. */
async function replay(
  procedures: readonly Procedure[],
  folder: string,
  options: ValidateOptions,
  signal: AbortSignal,
): Promise<readonly Judged[]> {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-validate-'))
  const app = openApp(configFrom({}))
  // Three hours ago: the longest procedure ends before now.
  const start = Math.floor(Date.now() / 1000) * 1000 - 3 * 3_600_000
  try {
    for (const procedure of procedures) {
      const left = await filesOfProcedure(procedure)
      const log = logOfProcedure(procedure, start, left)
      for (const folder of options.write === undefined ? [directory] : [directory, options.write]) {
        mkdirSync(folder, { recursive: true })
        writeFileSync(join(folder, `${procedure.id}.evtx`), log)
        for (const { name, content } of left.files) writeFileSync(join(folder, `${procedure.id}-${name}`), content)
        // In a directory of their own: SYSTEM says whose the hives beside it are.
        for (const { name, content } of hivesOfProcedure(procedure, start)) {
          mkdirSync(join(folder, procedure.id), { recursive: true })
          writeFileSync(join(folder, procedure.id, name), content)
        }
      }
    }
    await readPaths(app, [directory], signal)
    const analytic = app.correlations().find(one => one.analytic.toLowerCase().replace('.', '-') === folder)?.analytic
    const approvals = procedures.flatMap(procedure => approvalsOfProcedure(procedure, start))
    const { cases, answers } = await huntThrough(app, signal, analytic, approvals)
    const findings = [...cases, ...answers].flatMap(one => one.findings)
    return procedures.map(procedure => judge(procedure, findings))
  } finally {
    await app.close()
    rmSync(directory, { recursive: true, force: true })
  }
}
