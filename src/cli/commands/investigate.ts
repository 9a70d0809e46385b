import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { loadSiteInputs, noInputs } from '../../inputs/index.ts'
import { investigate, subjectsOf } from '../../investigate/index.ts'
import { pivotFrom, ruleCatalogues, seedsOf } from '../../search/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { givenIn } from '../given-certificates.ts'
import { ownedDomains } from '../review-issued.ts'
import { investigationRecords, showInvestigation } from '../show-investigation.ts'

type InvestigateCommandOptions = StoreOptions & {
  readonly hops?: number
  readonly inputs?: string
  readonly reviewer?: string
}

export function investigateCommand(): Command {
  const command = new Command('investigate')
    .description(
      'from a certificate to related ones, and whether machines of ours had to do with them: states, and what nobody can say',
    )
    .argument('<seed>', 'a fingerprint, key hash, name, address or search; or a PEM or DER file')
    .option('--hops <n>', 'how far to follow: 1 to 3 (default: 2)', positiveInteger)
    .option('--inputs <dir>', 'directory with inputs.yaml: alerts, threat feeds, inventory (docs/triage.md)')
    .option('--reviewer <name>', 'who looked at it and agrees: nothing is escalated without one')
    .addHelpText(
      'after',
      examples(
        'counterseal investigate 87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c',
        'counterseal investigate suspicious.pem --inputs site --json',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<InvestigateCommandOptions>(
      async ({ app, output, options, args, signal }) => {
        const [text = ''] = args
        const store = await app.events()
        const given = givenIn(text)
        const seeds = given === undefined ? await seedsOf(store, text, { signal }) : { ids: [] }
        const catalogues = app.intel().catalogues
        const rules = catalogues.flatMap(one => (ruleCatalogues.includes(one.catalogue) ? one.entries : []))
        const { hops, reviewer, inputs } = options
        const result = await pivotFrom(
          store,
          { ids: seeds.ids, ...(given === undefined ? {} : { given }) },
          {
            rules,
            now: new Date(),
            signal,
            onStep: step => output.note(step),
            ...(hops === undefined ? {} : { hops }),
          },
        )
        const shared = rules.flatMap(({ keys }) => keys.network ?? [])
        const reports = await investigate(store, subjectsOf(result), {
          inputs: inputs === undefined ? noInputs : loadSiteInputs(inputs),
          ...{ owned: ownedDomains(app), shared, signal },
          ...(reviewer === undefined ? {} : { reviewer }),
        })
        if (output.json) for (const record of investigationRecords(result, reports)) output.record(record)
        else showInvestigation(output, result, reports)
        return 0
      },
      { data: defaultData },
    ),
  )
}
