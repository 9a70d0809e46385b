import { Command } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { certificateLeads } from '../certificate-leads.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { printable } from '../output.ts'
import { showFinding } from '../show-finding.ts'
import { ticketText } from '../ticket-file.ts'

type FindingOptions = StoreOptions & { readonly markdown?: boolean }

export function findingCommand(): Command {
  const command = new Command('finding')
    .description('one finding whole: its arithmetic, its records, what joins them, what nobody saw, what to do next')
    .argument('<finding>', '32 hexadecimal digits, as `counterseal findings` shows them')
    .option('--markdown', 'as Markdown, for a ticket')
    .addHelpText(
      'after',
      examples(
        'counterseal finding 5d1f0a7c2b9e4c6f8a3d5e7b9c1f2a40',
        'counterseal finding 5d1f0a7c2b9e4c6f8a3d5e7b9c1f2a40 --markdown > ticket.md',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<FindingOptions>(
      async ({ app, output, options, args }) => {
        const id = (args[0] ?? '').toLowerCase()
        if (!/^[0-9a-f]{32}$/.test(id))
          throw new CountersealError('usage/bad-argument', {
            message: `${printable(id.slice(0, 80))} is no finding: it has 32 hexadecimal digits.`,
          })
        const finding = await (await app.cases()).finding(id)
        if (finding === undefined)
          throw new CountersealError('usage/not-found', {
            message: `No finding ${id} is kept in ${app.data}.`,
            remedy: 'List them with `counterseal findings`; `counterseal hunt` without --data keeps nothing.',
          })
        if (options.markdown === true && !output.json) output.line((await ticketText(app, finding)).trimEnd())
        else {
          const leads = await certificateLeads(app, finding)
          if (output.json) output.record({ type: 'finding', ...finding, leads })
          else showFinding(output, finding, leads)
        }
        return 0
      },
      { data: defaultData },
    ),
  )
}
