import { Command } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError, exitCodes } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { normalHostName, watchFor } from '../../hostname/index.ts'
import { loadSiteInputs, noInputs, stateOfInput } from '../../inputs/index.ts'
import type { ReviewContext } from '../../issuance/index.ts'
import { caaAt, issuedSince, oncePerIssuance, reviewCertificate } from '../../issuance/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
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
        const owned =
          args.length > 0
            ? args.map(normalHostName)
            : valuesOf(app, 'owned-names', 'domain').filter(one => one !== 'listed.example')
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
        const context = await contextOf(app, options, owned, since)
        const found = oncePerIssuance(await issuedSince(await app.events(), owned, { since, watch, signal }))
        const reviewed = found.map(one => reviewCertificate(one, { ...context, watch }))
        showIssuance(output, reviewed, context.listMissing)
        return reviewed.some(({ state }) => state === 'unsanctioned') ? exitCodes.findings : 0
      },
      { data: defaultData },
    ),
  )
}

async function contextOf(
  app: App,
  { inputs: directory }: ReviewOptions,
  owned: readonly string[],
  since: number,
): Promise<ReviewContext> {
  const inputs = directory === undefined ? noInputs : loadSiteInputs(directory)
  const authorities = app
    .intel()
    .catalogues.flatMap(({ catalogue, entries }) => (catalogue === 'caa-identities' ? entries : []))
  const observed = await (await app.cases()).caseLog('caa')
  return {
    ...{ owned, watch: undefined, issuance: inputs.rows.issuance },
    listMissing: stateOfInput(inputs, 'issuance', since).missing,
    inner: { suffixes: valuesOf(app, 'internal-names', 'suffix'), labels: valuesOf(app, 'internal-names', 'label') },
    identitiesOf: issuer => {
      const parts = issuer.toLowerCase()
      return authorities.flatMap(({ keys, attributes }) =>
        (keys.issuer_rdn ?? []).some(rdn => hasPart(parts, rdn))
          ? (attributes.identities ?? '').split(',').map(one => one.trim())
          : [],
      )
    },
    caaAt: time => caaAt(observed, time),
  }
}

/** A part of a distinguished name, whole: `o=example` is not `o=example ltd`. */
function hasPart(name: string, part: string): boolean {
  return `,${name},`.replaceAll('\\,', ',').includes(`,${part},`)
}

function valuesOf(app: App, wanted: string, key: string): readonly string[] {
  return app
    .intel()
    .catalogues.flatMap(({ catalogue, entries }) =>
      catalogue === wanted ? entries.flatMap(({ keys }) => keys[key] ?? []) : [],
    )
}
