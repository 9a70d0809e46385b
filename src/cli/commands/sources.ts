import { Command } from 'commander'
import { isMapped } from '../../mapping/index.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { table } from '../output.ts'

export function sourcesCommand(): Command {
  const command = new Command('sources')
    .description('list the log sources that can be read')
    .addHelpText('after', examples('counterseal sources', 'counterseal sources --sources ./my-sources'))
  withStoreOptions(command, 'not used by this command')
  return command.action(
    action(async ({ app, output }) => {
      const sources = app.sources()
      if (output.json)
        for (const { id, title, producer, formats, ...rest } of sources)
          output.record({ type: 'source', id, title, producer, formats, kind: 'kind' in rest ? rest.kind : null })
      else {
        const rows = sources.map(source => [
          source.id,
          isMapped(source) ? source.kind : 'left out on purpose',
          source.formats.join(', '),
          source.title,
        ])
        for (const line of table(['source', 'kind', 'formats', 'what it is'], rows, 80)) output.line(line)
      }
      return 0
    }),
  )
}
