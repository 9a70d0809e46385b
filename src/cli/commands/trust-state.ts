import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { entriesOf, statesOf } from '../../trust/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { showChange } from '../show-trust.ts'
import { momentText } from './trust-history.ts'

type StateOptions = StoreOptions & { readonly host: string; readonly at?: string }

export function trustStateCommand(): Command {
  const command = new Command('state')
    .description('the last known change of everything that the ledger has of a host')
    .requiredOption('--host <name>', 'of this host: its whole name')
    .option('--at <time>', 'as of this time instead of now: ISO 8601', momentText)
    .addHelpText('after', examples('counterseal trust state --host ws01.corp.example --at 2026-05-01'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<StateOptions>(
      async ({ app, output, options, signal }) => {
        const { host, at } = options
        const question = { host, ...(at === undefined ? {} : { until: at }) }
        const states = await statesOf(entriesOf(await app.cases(), question, signal))
        for (const state of states)
          if (output.json) output.record({ type: 'trust_state', ...state })
          else showChange(output, state)
        if (states.length === 0 && !output.json)
          output.line('The ledger tells nothing of this host; what never changed is not in it.')
        return 0
      },
      { data: defaultData },
    ),
  )
}
