import { Command } from 'commander'
import { defaultData, shipped } from '../../config.ts'
import { loadKnownSettings } from '../../detect/index.ts'
import type { HostCoverage } from '../../telemetry/index.ts'
import { coverageOfHosts, loadEvidence } from '../../telemetry/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { showCoverage } from '../show-coverage.ts'
import { showSettings } from '../show-settings.ts'

type CoverageOptions = StoreOptions & { readonly host?: string; readonly limit: number }

export function coverageCommand(): Command {
  const command = new Command('coverage')
    .description('say what the logs of each Windows host can answer, what hides, and how to mend it')
    .option('--host <name>', 'only this host: its name, whole or up to a dot')
    .option('--limit <n>', 'show at most this many hosts, the worst first; --json has all', positiveInteger, 10)
    .addHelpText(
      'after',
      examples('counterseal coverage', 'counterseal coverage --host ws01', 'counterseal coverage --json'),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<CoverageOptions>(
      async ({ app, output, options, signal }) => {
        const evidence = loadEvidence(shipped('analytics'))
        const hosts: HostCoverage[] = []
        const only = options.host === undefined ? {} : { host: options.host }
        for await (const host of coverageOfHosts(await app.events(), evidence, { ...only, signal })) hosts.push(host)
        showCoverage(output, hosts, evidence, options)
        showSettings(output, loadKnownSettings(shipped('analytics'), 'an1246'), app.settings())
        return 0
      },
      { data: defaultData },
    ),
  )
}
