import { Command, Option } from 'commander'
import { defaultData } from '../../config.ts'
import type { EventKind, Row } from '../../model/index.ts'
import { eventKindNames } from '../../model/index.ts'
import { events } from '../../search/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { table } from '../output.ts'

type EventsOptions = StoreOptions & { readonly kind: EventKind; readonly limit: number }

/** Not shown in tables, which are for reading; `--json` has them. */
const plumbing = new Set([
  'source',
  'source_ip',
  'destination_ip',
  'source_port',
  'network_transport',
  'record_key',
  'evidence_id',
  'record_number',
  'ingest_sequence',
  'extra',
  'fields',
  'certificate_der',
  'message',
  'connection_id',
])
const mostColumns = 8

export function eventsCommand(): Command {
  const command = new Command('events')
    .description('list stored events of one kind, newest first')
    .addOption(new Option('--kind <kind>', 'the kind of event').choices([...eventKindNames]).makeOptionMandatory())
    .option('--limit <n>', 'at most this many events', positiveInteger, 100)
    .addHelpText(
      'after',
      examples('counterseal events --kind tls_session', 'counterseal events --kind windows_event --json --limit 5'),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<EventsOptions>(
      async ({ app, output, options, signal }) => {
        const rows: Row[] = []
        for await (const row of events(await app.events(), options.kind, { limit: options.limit, signal })) {
          if (output.json) output.record(row)
          else rows.push(row)
        }
        if (!output.json) showTable(rows, options.kind, line => output.line(line))
        return 0
      },
      { data: defaultData },
    ),
  )
}

function showTable(rows: readonly Row[], kind: EventKind, line: (text: string) => void): void {
  if (rows.length === 0) {
    line(`There are no ${kind} events in this store.`)
    return
  }
  const filled = [...new Set(rows.flatMap(row => Object.keys(row)))].filter(
    name => !plumbing.has(name) && name !== 'event_uid',
  )
  const often = (name: string) => rows.filter(row => row[name] !== undefined).length
  const columns = filled.filter(name => often(name) * 2 >= rows.length).slice(0, mostColumns)
  const header = ['event_uid', ...columns]
  for (const text of table(
    header,
    rows.map(row => header.map(name => String(row[name] ?? ''))),
    40,
  ))
    line(text)
}
