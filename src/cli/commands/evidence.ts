import { Command } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { readRecord } from '../../ingest/index.ts'
import { locate } from '../../search/index.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { printable, printableRecord, styled } from '../output.ts'

export function evidenceCommand(): Command {
  const command = new Command('evidence')
    .description('show the original record behind an event, and whether it is unchanged')
    .argument('<event_uid>', '32 hexadecimal digits, as findings and events show them')
    .addHelpText('after', examples('counterseal evidence 0f2c51d8a3b94e6d8c1b7a2e5f904d36 --data /srv/counterseal'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action(
      async ({ app, output, args }) => {
        const uid = (args[0] ?? '').toLowerCase()
        if (!/^[0-9a-f]{32}$/.test(uid))
          throw new CountersealError('usage/bad-argument', {
            message: `${printable(uid)} is no event_uid: it has 32 hexadecimal digits.`,
          })
        const store = await app.events()
        const location = await locate(store, uid)
        if (location === undefined)
          throw new CountersealError('usage/not-found', { message: `No event ${uid} is stored in ${app.data}.` })
        const { evidence_id, record_number } = location
        const record = await readRecord(store, evidence_id, record_number, uid, {
          spool: app.data,
          sources: app.sources(),
        })
        if (record === undefined)
          throw new CountersealError('input/unreadable', {
            message: `Event ${uid} was read as record ${location.record_number} of evidence ${location.evidence_id}, which is no longer where it was read.`,
            remedy:
              'Put the file back where it was, or ingest it again from its new place; `counterseal hunt` without --data keeps nothing.',
          })
        if (output.json) output.record({ type: 'record', event_uid: uid, ...location, ...record })
        else {
          output.line(
            styled(
              output,
              'dim',
              `${location.kind} by ${location.source}, ${printable(record.path)}, record ${record.record_number}, byte ${record.byte_offset}`,
            ),
          )
          output.line(
            record.intact
              ? styled(output, 'green', 'unchanged since it was read')
              : styled(output, 'red', 'CHANGED since it was read: this is what stands there now'),
          )
          output.line(printableRecord(record.text))
        }
        return 0
      },
      { data: defaultData },
    ),
  )
}
