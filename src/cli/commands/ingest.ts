import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import { nextSequence } from '../../trust/index.ts'
import { action, examples, withReadingOptions, withStoreOptions } from '../command.ts'
import { readPaths } from '../read-paths.ts'
import { keepTrust } from '../record-trust.ts'
import { showReadings } from '../show-readings.ts'

export function ingestCommand(): Command {
  const command = new Command('ingest')
    .description('read evidence into the store; what was read before is not read again')
    .argument('<paths...>', 'files, directories, or - for standard input')
    .addHelpText(
      'after',
      examples('counterseal ingest /var/log/zeek', 'counterseal ingest eve.json --data /srv/counterseal'),
    )
  withReadingOptions(command)
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action(
      async ({ app, output, args, signal }) => {
        const first = await nextSequence(await app.events())
        showReadings(output, await readPaths(app, args, signal))
        await keepTrust(app, output, { first, signal })
        return 0
      },
      { data: defaultData },
    ),
  )
}
