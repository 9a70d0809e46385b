import { Command, Option } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { Order } from '../../search/index.ts'
import {
  allCertificates,
  certificatePage,
  countCertificates,
  facetsNamed,
  orders,
  parseSearch,
} from '../../search/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { printable } from '../output.ts'
import { certificateRecord, pemOf, showCertificate } from '../show-certificate.ts'
import { showCounts, showNext, summaryRecord, summaryTable } from '../show-search.ts'
import { shownCertificates } from '../shown-certificates.ts'
import { certCaaCommand } from './cert-caa.ts'
import { certReviewCommand } from './cert-review.ts'

export function certCommand(): Command {
  return new Command('cert')
    .description('look at certificates: show one, search all, and which of ours may be')
    .addCommand(showCommand())
    .addCommand(searchCommand())
    .addCommand(certReviewCommand())
    .addCommand(certCaaCommand())
    .addHelpText('after', examples('counterseal cert show 9f2c51d8', 'counterseal cert search "san:*.example.com"'))
}

const dataHelp = `the directory that holds the stores (default: ${defaultData})`

type ShowOptions = StoreOptions & { readonly issuer?: string; readonly pem?: boolean }

function showCommand(): Command {
  const command = new Command('show')
    .description('show everything that is known of a certificate')
    .argument(
      '<certificate>',
      'a SHA-256, SHA-1 or MD5, or its first 8 digits; a PEM or DER file (./name), - for stdin',
    )
    .option('--issuer <name>', 'the certificate is given by its serial number, and this is its issuer')
    .option('--pem', 'print the certificate itself, as PEM')
    .addHelpText(
      'after',
      examples(
        'counterseal cert show 9F:2C:51:D8:A3:B9:4E:6D',
        'counterseal cert show ./server.pem --json',
        'counterseal cert show 03:4f:a1:9c --issuer "CN=Example CA,O=Example,C=DE"',
      ),
    )
  withStoreOptions(command, dataHelp)
  return command.action(
    action<ShowOptions>(
      async ({ app, output, options, args, signal }) => {
        const [text = ''] = args
        const { issuer, pem = false } = options
        let exit = 0
        for await (const shown of shownCertificates(app, text, {
          output,
          signal,
          ...(issuer === undefined ? {} : { issuer }),
        })) {
          if (pem && shown.der === undefined)
            throw new CountersealError('usage/not-found', {
              message: `The bytes of the certificate ${printable(text)} were never seen: there is no PEM to print.`,
              remedy: 'Leave --pem away to see what sensors and lists said of it.',
            })
          if (pem && shown.der !== undefined) output.line(pemOf(shown.der))
          else if (output.json) output.record(certificateRecord(shown))
          else showCertificate(output, shown)
          if (shown.unreadable !== undefined) exit = 3
        }
        return exit
      },
      { data: defaultData },
    ),
  )
}

type SearchOptions = StoreOptions & {
  readonly limit: number
  readonly after?: string
  readonly all?: boolean
  readonly order: Order
  readonly facets?: readonly string[]
}

function searchCommand(): Command {
  const command = new Command('search')
    .description('search certificates by any field and combination (docs/search.md); newest first')
    .argument('[terms...]', 'field:value, field~text, words; AND by default, OR, -not, brackets, "quotes"')
    .option('--limit <n>', 'certificates on a page', positiveInteger, 50)
    .option('--after <cursor>', 'the page behind this place, as the page before printed it')
    .option('--all', 'every certificate, without a limit')
    .addOption(
      new Option('--order <order>', 'newest: by not_before; id: by certificate_id, which holds nothing in memory')
        .choices([...orders])
        .default('newest'),
    )
    .option('--facets [names]', 'count instead, and divide by these: issuer,key,owner,year …', names)
    .addHelpText(
      'after',
      examples(
        'counterseal cert search "san:*.example.com" "not_before:2026-01..2026-03"',
        'counterseal cert search "san~login -issuer.o:\\"Example Trust\\"" --facets issuer,key,year',
        'counterseal cert search "key:rsa-1024 OR validity:>825d" --all --json',
      ),
    )
  withStoreOptions(command, dataHelp)
  return command.action(
    action<SearchOptions>(
      async ({ app, output, options, args, signal }) => {
        const search = parseSearch(args.join(' '))
        const { limit, after, order, all = false } = options
        const wanted = options.facets === undefined ? undefined : facetsNamed(options.facets)
        const store = await app.events()
        const place = after === undefined ? {} : { after }
        if (wanted !== undefined) {
          showCounts(output, await countCertificates(store, search, wanted, { signal }))
          return 0
        }
        if (all) {
          let batch = []
          for await (const summary of allCertificates(store, search, { ...place, order, signal })) {
            if (output.json) output.record(summaryRecord(summary))
            else batch.push(summary)
            if (batch.length === limit) {
              for (const line of summaryTable(batch)) output.line(line)
              batch = []
            }
          }
          if (batch.length > 0) for (const line of summaryTable(batch)) output.line(line)
          return 0
        }
        const page = await certificatePage(store, search, { limit, ...place, order, signal })
        if (output.json) for (const summary of page.certificates) output.record(summaryRecord(summary))
        else if (page.certificates.length === 0) output.line('No certificate in this store is like that.')
        else for (const line of summaryTable(page.certificates)) output.line(line)
        showNext(output, page.next)
        return 0
      },
      { data: defaultData },
    ),
  )
}

/** `--facets` alone counts without dividing. */
function names(text: string): readonly string[] {
  return text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}
