import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { quarantine } from '../../search/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { styled, table } from '../output.ts'
import { shortPath } from '../show-readings.ts'

export function quarantineCommand(): Command {
  const command = new Command('quarantine')
    .description('list what could not be read: file, place, reason, and the bytes')
    .option('--limit <n>', 'at most this many records', positiveInteger, 100)
    .addHelpText('after', examples('counterseal quarantine', 'counterseal quarantine --json --limit 100000'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<StoreOptions & { readonly limit: number }>(
      async ({ app, output, options }) => {
        const rows: string[][] = []
        for await (const row of quarantine(await app.events(), options.limit)) {
          if (output.json) output.record({ type: 'malformed', ...row })
          else
            rows.push([
              shortPath(String(row.path)),
              String(row.record_number),
              String(row.byte_offset),
              [row.reason, row.field].filter(part => part !== '').join(' '),
              String(row.excerpt),
            ])
        }
        if (output.json) return 0
        if (rows.length === 0) output.line('Nothing is in quarantine: every record was stored or left out on purpose.')
        else for (const line of table(['file', 'record', 'byte', 'reason', 'beginning'], rows)) output.line(line)
        if (rows.length === options.limit)
          output.line(styled(output, 'dim', `There may be more: --limit is ${options.limit}.`))
        return 0
      },
      { data: defaultData },
    ),
  )
}
