import { Command, Option } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { examples } from '../command.ts'
import type { DumpOptions } from '../dump-log.ts'
import { outputFor, printable } from '../output.ts'

export function evtxCommand(): Command {
  return new Command('evtx')
    .description('look into Windows event logs: print their events')
    .addCommand(dumpCommand())
    .addHelpText('after', examples('counterseal evtx dump Security.evtx | jq .Event.EventData'))
}

type Options = {
  readonly xml?: boolean
  readonly recover?: boolean
  readonly problems?: boolean
}

function dumpCommand(): Command {
  return new Command('dump')
    .description('print the events of Windows event logs, one JSON object a line; no store is needed')
    .argument('<paths...>', 'event logs, directories and archives with some, or - for standard input')
    .addOption(new Option('--json', 'one JSON object a line (the default)').conflicts('xml'))
    .option('--xml', 'XML, as the event viewer shows it')
    .option('--recover', 'also what was deleted or overwritten in part; such events are marked')
    .option('--problems', 'what is wrong with the logs, and the closing line, as JSON on standard error')
    .addHelpText(
      'after',
      examples(
        'counterseal evtx dump Security.evtx > security.ndjson',
        'counterseal evtx dump /evidence/winevt/Logs --recover --xml',
        'zcat Sysmon.evtx.gz | counterseal evtx dump - | jq "select(.Event.System.EventID == 13)"',
      ),
    )
    .action(async (paths: readonly string[], { xml = false, recover = false, problems = false }: Options) => {
      const { dumpPaths } = await import('../dump-paths.ts')
      const options: DumpOptions = { form: xml ? 'xml' : 'json', recover }
      const read = await dumpPaths(paths, { ...options, output: outputFor({}), problemsAsJson: problems })
      if (read.logs === 0 && !read.isCutOff)
        throw new CountersealError('input/nothing-readable', {
          message: `There is no event log under ${printable(paths.join(', '))}.`,
          remedy: 'Check the paths and their permissions; what begins with ElfFile or ElfChnk is an event log.',
        })
      process.exitCode = 0
    })
}
