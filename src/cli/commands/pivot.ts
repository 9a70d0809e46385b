import { Command, Option } from 'commander'
import { defaultData } from '../../config.ts'
import { graphExports } from '../../exports/index.ts'
import type { PivotResult } from '../../pivots/index.ts'
import { pivotFrom, pivotGraph, ruleCatalogues, seedsOf } from '../../search/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { givenIn } from '../given-certificates.ts'
import type { Output } from '../output.ts'
import { pivotRecords, showPivot } from '../show-pivot.ts'

type PivotCommandOptions = StoreOptions & {
  readonly hops?: number
  readonly graph?: string
  readonly weak?: boolean
  readonly recount?: boolean
  readonly includeUnverified?: boolean
}

export function pivotCommand(): Command {
  const command = new Command('pivot')
    .description('related certificates, names and hosts, ranked and explained; leads, never verdicts')
    .argument('<seed>', 'a fingerprint, key hash, name, address or search; or a PEM or DER file')
    .option('--hops <n>', 'how far to follow: 1 to 3 (default: 2)', positiveInteger)
    .addOption(new Option('--graph <format>', 'print the graph instead').choices(graphExports.map(({ name }) => name)))
    .option('--weak', 'also show weak leads (.35 to .60)')
    .option('--recount', 'count first how common values are, however recently that was done')
    .option('--include-unverified', 'also use reference data nobody has verified')
    .addHelpText(
      'after',
      examples(
        'counterseal pivot 87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c',
        'counterseal pivot suspicious.pem --hops 1',
        'counterseal pivot login.example --graph dot | dot -Tsvg > pivot.svg',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<PivotCommandOptions>(
      async ({ app, output, options, args, signal }) => {
        const [text = ''] = args
        const store = await app.events()
        const given = givenIn(text)
        const seeds =
          given === undefined
            ? await seedsOf(store, text, { signal })
            : { ids: [], understood: `the certificates of ${text}`, more: false }
        const rules = app.intel().catalogues.flatMap(one => (ruleCatalogues.includes(one.catalogue) ? one.entries : []))
        const { hops, recount, includeUnverified } = options
        const result = await pivotFrom(
          store,
          { ids: seeds.ids, ...(given === undefined ? {} : { given }) },
          {
            rules,
            now: new Date(),
            signal,
            onStep: step => output.note(step),
            ...(hops === undefined ? {} : { hops }),
            ...(recount === undefined ? {} : { recount }),
            ...(includeUnverified === undefined ? {} : { includeUnverified }),
          },
        )
        show(output, result, { text, understood: seeds.understood, more: seeds.more }, options)
        return 0
      },
      { data: defaultData },
    ),
  )
}

function show(
  output: Output,
  result: PivotResult,
  asked: { readonly text: string; readonly understood: string; readonly more: boolean },
  { graph, weak = false, json = false }: PivotCommandOptions,
): void {
  const format = graphExports.find(({ name }) => name === graph)
  if (format !== undefined) {
    for (const piece of format.write(pivotGraph(result, `pivot from ${asked.text}`)))
      output.line(piece.replace(/\n$/, ''))
  } else if (json) {
    for (const record of pivotRecords(result, { ...asked, weak })) output.record(record)
  } else {
    showPivot(output, result, { ...asked, weak })
  }
}
