import { Command } from 'commander'
import { CountersealError, exitCodes } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { normalHostName, watchFor } from '../../hostname/index.ts'
import { loadSiteInputs, noInputs } from '../../inputs/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { ownedDomains, reviewIssued } from '../review-issued.ts'
import { showIssuance } from '../show-issuance.ts'

type ReviewOptions = StoreOptions & { readonly since: string; readonly inputs?: string }

export function certReviewCommand(): Command {
  const command = new Command('review')
    .description('new certificates for our names: sanctioned, unsanctioned or unknown, with reasons (docs/issuance.md)')
    .argument('[domains...]', 'ours (default: those of intel/owned-names.yaml)')
    .requiredOption(
      '--since <day>',
      'certificates that begin on this day or later, as 2026-03-02 or 2026-03-02T09:00:00Z',
    )
    .option('--inputs <dir>', 'directory with inputs.yaml, whose issuance says what may be issued (docs/triage.md)')
    .addHelpText('after', examples('counterseal cert review corp.example --since 2026-03-01 --inputs site'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<ReviewOptions>(
      async ({ app, output, options, args, signal }) => {
        const since = Date.parse(options.since)
        if (Number.isNaN(since))
          throw new CountersealError('usage/bad-argument', {
            message: `--since ${JSON.stringify(options.since.slice(0, 40))} is no day.`,
          })
        const owned = args.length > 0 ? args.map(normalHostName) : ownedDomains(app)
        if (owned.length === 0)
          throw new CountersealError('usage/bad-argument', {
            message: 'No domain was named, and intel/owned-names.yaml has none of yours.',
            remedy: 'Name your domains, or write them into owned-names of a directory of your own (--intel).',
          })
        const watch = watchFor(owned)
        if (watch === undefined)
          throw new CountersealError('usage/bad-argument', {
            message: 'One of the domains is none that somebody could have registered, or a name below one.',
          })
        const inputs = options.inputs === undefined ? noInputs : loadSiteInputs(options.inputs)
        const { reviewed, listMissing } = await reviewIssued(app, { owned, watch, since, inputs, signal })
        showIssuance(output, reviewed, listMissing)
        return reviewed.some(({ state }) => state === 'unsanctioned') ? exitCodes.findings : 0
      },
      { data: defaultData },
    ),
  )
}
