import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { loadSiteInputs, noInputs } from '../../inputs/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { investigateSeed, keepTransitions } from '../investigate-seed.ts'
import { printable } from '../output.ts'

type RetrohuntOptions = StoreOptions & { readonly inputs?: string; readonly by: string }

export function retrohuntCommand(): Command {
  const command = new Command('retrohunt')
    .description(
      'ask again for everything that was investigated and kept: new certificates against old logs, and new logs against old leads',
    )
    .option('--inputs <dir>', 'directory with inputs.yaml: alerts, threat feeds, inventory (docs/triage.md)')
    .option('--by <name>', 'who is named for what changed', 'counterseal retrohunt')
    .addHelpText('after', examples('counterseal retrohunt --inputs site   # every week, by cron'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<RetrohuntOptions>(
      async ({ app, output, options, signal }) => {
        const inputs = options.inputs === undefined ? noInputs : loadSiteInputs(options.inputs)
        const kept = await (await app.cases()).caseLog('lead')
        const seeds = [...new Set(kept.map(({ entry }) => entry.seed))].sort()
        let changed = 0
        for (const seed of seeds) {
          const { result, reports } = await investigateSeed(app, seed, { inputs, output, signal })
          // A seed that is gone, such as a file, ends nothing: its leads stay as they were.
          if (result.seeds.length === 0) output.note(`${printable(seed)}: no certificate of it is there any more`)
          else changed += await keepTransitions(app, reports, { by: options.by, seed }, output)
        }
        if (output.json) output.record({ type: 'retrohunt', seeds: seeds.length, changed })
        else output.line(`${seeds.length} seeds asked again, ${changed} leads changed`)
        return 0
      },
      { data: defaultData },
    ),
  )
}
