import { Command } from 'commander'
import type { App } from '../../app.ts'
import { baselineStates, refreshBaselines } from '../../baseline/index.ts'
import { defaultData, shipped } from '../../config.ts'
import { loadKnownSettings, storeIntel } from '../../detect/index.ts'
import type { HostCoverage } from '../../telemetry/index.ts'
import { coverageOfHosts, loadEvidence, loadNeeds, logReadiness } from '../../telemetry/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import type { Output } from '../output.ts'
import { showBaselines } from '../show-baselines.ts'
import { showCoverage } from '../show-coverage.ts'
import { showReadiness } from '../show-readiness.ts'
import { showSettings } from '../show-settings.ts'

type CoverageOptions = StoreOptions & { readonly host?: string; readonly limit: number }

/** Taken up to now first: what was read since the last hunt counts. */
async function showBaselinesOf(app: App, output: Output, signal: AbortSignal): Promise<void> {
  const store = await app.events()
  const intel = await app.siteIntel()
  const { snapshot: intelSnapshot } = intel
  await storeIntel(store, intel)
  await refreshBaselines(store, app.baselines(), { intelSnapshot, now: new Date(), signal })
  showBaselines(output, await baselineStates(store, app.baselines(), intelSnapshot))
}

export function coverageCommand(): Command {
  const command = new Command('coverage')
    .description(
      'say what logs can answer, of each Windows host and of networks, proxies and servers, what hides, and how to mend it',
    )
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
        if (options.host === undefined)
          showReadiness(output, await logReadiness(await app.events(), loadNeeds(shipped('analytics')), { signal }))
        if (options.host === undefined) await showBaselinesOf(app, output, signal)
        showSettings(output, loadKnownSettings(shipped('analytics'), 'an1246'), app.settings())
        return 0
      },
      { data: defaultData },
    ),
  )
}
