import { randomUUID } from 'node:crypto'
import { Command, Option } from 'commander'
import { exitCodes } from '../../base/index.ts'
import type { Finding, Urgency } from '../../model/index.ts'
import { urgency } from '../../model/index.ts'
import { approvalsInForce } from '../approvals-in-force.ts'
import { certificateLeads } from '../certificate-leads.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withReadingOptions, withStoreOptions } from '../command.ts'
import { huntThrough } from '../hunt-through.ts'
import { styled } from '../output.ts'
import { readPaths } from '../read-paths.ts'
import { keepTrust } from '../record-trust.ts'
import { showAnswers } from '../show-answers.ts'
import { showReadings } from '../show-readings.ts'
import { refuseToOverwrite, writeTickets } from '../ticket-file.ts'
import { version } from '../version.ts'

type HuntOptions = StoreOptions & {
  readonly failOn?: Urgency
  readonly approvals?: readonly string[]
  readonly markdown?: string
  readonly force?: boolean
}

export function huntCommand(): Command {
  const command = new Command('hunt')
    .description('read evidence, run every detection, print the findings with what they stand on')
    .argument('[paths...]', 'files, directories, or - for standard input; none: hunt through what --data holds')
    .addOption(
      new Option('--fail-on <verdict>', 'exit 1 when a finding is at least this').choices([
        'review',
        'alert',
        'incident',
      ]),
    )
    .option(
      '--approvals <file>',
      'also go by the approvals in this CSV or JSON, docs/approvals.md (repeatable)',
      collect,
    )
    .option('--markdown <file>', 'also write what AN1246 found, from review on, into this file, for tickets')
    .option('--force', 'replace the file of --markdown when it is there')
    .addHelpText(
      'after',
      examples(
        'counterseal hunt examples/',
        'counterseal hunt /var/log/zeek /evidence/windows --json | jq \'select(.type == "finding")\'',
        'zcat eve.json.gz | counterseal hunt - --fail-on review',
      ),
    )
  withReadingOptions(command)
  withStoreOptions(command, 'keep what is read in this directory (default: a temporary one)')
  return command.action(
    action<HuntOptions>(async ({ app, output, options, args, signal }) => {
      const started_at = new Date()
      if (args.length === 0 && options.data === undefined)
        command.error('error: name paths to read, or --data with what was read before', { exitCode: exitCodes.usage })
      const { markdown, force = false } = options
      if (markdown !== undefined) refuseToOverwrite(markdown, force)
      if (args.length > 0) showReadings(output, await readPaths(app, args, signal))
      const intel = await app.siteIntel()
      const approvals = await approvalsInForce(app, output, options.approvals)
      const { answers, cases } = await huntThrough(app, signal, undefined, approvals)
      const findings = [...cases, ...answers].flatMap(one => one.findings)
      const asking = findings.filter(isAsking)
      const leads = new Map<string, Awaited<ReturnType<typeof certificateLeads>>>()
      if (!output.json)
        for (const one of asking.slice(0, mostWithLeads)) leads.set(one.finding_id, await certificateLeads(app, one))
      showAnswers(output, answers, cases, leads)
      if (options.data !== undefined) {
        const hunt = {
          hunt_id: randomUUID(),
          started_at,
          finished_at: new Date(),
          paths: args,
          version,
          intel_snapshot: intel.snapshot,
        }
        await (await app.cases()).recordHunt(hunt, findings)
        await keepTrust(app, output, { signal })
      }
      if (markdown !== undefined) await writeTickets(app, markdown, asking, { force })
      if (!output.json && options.data === undefined && findings.length > 0)
        output.line(
          styled(
            output,
            'dim',
            '\nNothing was kept. Add --data DIR to keep it and to open records with `counterseal evidence EVENT_UID --data DIR`.',
          ),
        )
      const limit = options.failOn
      return limit !== undefined && findings.some(({ verdict }) => urgency(verdict) >= urgency(limit))
        ? exitCodes.findings
        : 0
    }),
  )
}

/** No more are shown of one analytic; each costs a few questions to the store. */
const mostWithLeads = 10

/** Somebody has to decide about it. */
function isAsking({ analytic, verdict }: Finding): boolean {
  return analytic === 'AN1246' && urgency(verdict) >= urgency('review')
}
