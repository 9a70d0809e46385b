import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import type { KeptEntry } from '../../model/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import type { Output } from '../output.ts'
import { printable, table } from '../output.ts'

export function leadsCommand(): Command {
  const command = new Command('leads')
    .description('certificates that were investigated and kept: what each became, when, and who said so')
    .option('--history', 'every state of each, in order')
    .addHelpText('after', examples('counterseal leads', 'counterseal leads --history --json'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<StoreOptions & { readonly history?: boolean }>(
      async ({ app, output, options }) => {
        const kept = await (await app.cases()).caseLog('lead')
        const last = new Map(kept.map(one => [one.subject, one]))
        const wanted = options.history === true ? kept : [...last.values()]
        if (output.json)
          for (const { subject: certificate_id, recorded_at, entry } of wanted)
            output.record({ type: 'lead', certificate_id, recorded_at: recorded_at.toISOString(), ...entry })
        else show(output, wanted)
        return 0
      },
      { data: defaultData },
    ),
  )
}

function show(output: Output, kept: readonly KeptEntry<'lead'>[]): void {
  if (kept.length === 0) {
    output.line('Nothing was kept yet: counterseal investigate SEED --by NAME.')
    return
  }
  const rows = kept.map(({ subject, recorded_at, entry }) => [
    subject.slice(0, 16),
    entry.ready_to_escalate ? `${entry.state} (ready)` : entry.state,
    entry.confidence.toFixed(2),
    `${recorded_at.toISOString().slice(0, 16)}Z`,
    entry.by,
    printable(entry.subject),
  ])
  for (const line of table(['certificate', 'state', 'sure', 'since', 'by', 'subject'], rows, 60)) output.line(line)
}
