import { Command } from 'commander'
import { action, examples, withStoreOptions } from '../command.ts'
import { table } from '../output.ts'

export function detectionsCommand(): Command {
  const command = new Command('detections')
    .description('list the detections that a hunt runs')
    .addHelpText('after', examples('counterseal detections', 'counterseal detections --detections ./my-detections'))
  withStoreOptions(command, 'not used by this command')
  return command.action(
    action(async ({ app, output }) => {
      const detections = app.detections()
      if (output.json)
        for (const { id, uuid, version, title, analytic, techniques, description } of detections)
          output.record({ type: 'detection', id, uuid, version, title, analytic, techniques, description })
      else
        for (const line of table(
          ['detection', 'analytic', 'techniques', 'title'],
          detections.map(one => [one.id, one.analytic, one.techniques.map(({ id }) => id).join(', '), one.title]),
          80,
        ))
          output.line(line)
      return 0
    }),
  )
}
