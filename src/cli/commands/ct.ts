import { Command } from 'commander'
import { examples } from '../command.ts'
import { ctBackfillCommand } from './ct-backfill.ts'
import { ctImportCommand } from './ct-import.ts'
import { ctStatusCommand } from './ct-status.ts'
import { ctTailCommand, ctWatchCommand } from './ct-tail.ts'
import { ctVerifyCommand } from './ct-verify.ts'

export function ctCommand(): Command {
  return new Command('ct')
    .description('read logs of Certificate Transparency, every entry held against what the log signed')
    .addCommand(ctTailCommand())
    .addCommand(ctWatchCommand())
    .addCommand(ctBackfillCommand())
    .addCommand(ctImportCommand())
    .addCommand(ctStatusCommand())
    .addCommand(ctVerifyCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal ct tail --log-list log_list.json --contact soc@example.org',
        'counterseal ct import /media/tiles --log-list log_list.json',
      ),
    )
}
