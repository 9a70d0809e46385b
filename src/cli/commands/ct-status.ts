import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import type { CtLog, FaultCode } from '../../ct/index.ts'
import { faultCodes } from '../../ct/index.ts'
import type { LogStatus } from '../../ingest/index.ts'
import { coverageWatermark, logStatus } from '../../ingest/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { logsOfLists } from '../ct-logs.ts'
import { table } from '../output.ts'

export function ctStatusCommand(): Command {
  const command = new Command('status')
    .description(
      'show how far logs were read, what is behind, the last head that was verified, and what logs did wrong',
    )
    .option('--log-list <file>', 'also name the logs, and show those that were never read (repeatable)', collect)
    .addHelpText('after', examples('counterseal ct status', 'counterseal ct status --log-list log_list.json --json'))
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<StoreOptions & LogOptions>(
      async ({ app, output, options }) => {
        const listed = await logsOfLists(options, output)
        const now = Date.now()
        const status = await logStatus(
          await app.cases(),
          listed.map(({ log_id }) => log_id),
        )
        const followed = status.filter(({ positions }) => positions.length > 0)
        const watermark = coverageWatermark(followed)
        const logs = new Set(followed.map(({ log_id }) => log_id)).size
        const nameOf = (log_id: string) => listed.find(one => one.log_id === log_id)?.description
        if (output.json) {
          for (const one of status)
            output.record(recordOf(one, { about: listed.find(({ log_id }) => log_id === one.log_id), now }))
          output.record({ type: 'ct_coverage', logs, complete_until: timeOf(watermark) })
          return 0
        }
        if (status.length === 0) {
          output.line('No log was read yet. `counterseal ct tail --log-list FILE` follows logs from now on.')
          return 0
        }
        const rows = status.map(one => [
          `${nameOf(one.log_id) ?? one.log_id}${one.scope === '' ? '' : `, near ${one.scope}`}`,
          listed.find(({ log_id }) => log_id === one.log_id)?.state ?? '',
          one.positions.map(({ first_index, size }) => `${first_index}–${size}`).join(', '),
          one.tree_size === undefined ? '' : String(one.tree_size),
          timeOf(one.head_timestamp) ?? '',
          one.backlog === undefined ? '' : String(one.backlog),
          timeOf(one.complete_until) ?? '',
          String(one.faults.length),
        ])
        const heads = [
          'log',
          'state',
          'entries read',
          'tree',
          'verified head of',
          'backlog',
          'complete until',
          'faults',
        ]
        for (const line of table(heads, rows, 44)) output.line(line)
        for (const { log_id, faults } of status)
          for (const { code, key, seen_at } of faults) {
            const means = code in faultCodes ? faultCodes[code as FaultCode].means : ''
            output.line(
              `${seen_at.toISOString()}  ${nameOf(log_id) ?? log_id.slice(0, 16)}  ${code} (${key}): ${means}`,
            )
          }
        output.line(
          watermark === undefined
            ? 'Nothing can be said of all logs together: of one or more there is no time up to which all entries were read.'
            : `All entries of the ${logs} logs that were read, or those that are watched for, are here up to ${timeOf(watermark)}, ${ago(now - watermark)}.`,
        )
        return 0
      },
      { data: defaultData },
    ),
  )
}

function recordOf(
  { log_id, scope, positions, tree_size, head_timestamp, head_seen_at, backlog, complete_until, faults }: LogStatus,
  { about, now }: { readonly about: CtLog | undefined; readonly now: number },
): Record<string, unknown> {
  return {
    type: 'ct_log',
    log: about?.description ?? log_id,
    log_id,
    state: about?.state ?? null,
    mmd_seconds: about?.mmd_seconds ?? null,
    watched: scope === '' ? null : scope.split(' '),
    stretches: positions.map(({ first_index, size, updated_at }) => ({
      first_index,
      size,
      updated_at: updated_at.toISOString(),
    })),
    tree_size: tree_size ?? null,
    head_timestamp: timeOf(head_timestamp),
    head_seen_at: timeOf(head_seen_at),
    backlog: backlog ?? null,
    complete_until: timeOf(complete_until),
    backlog_seconds: complete_until === undefined ? null : Math.max(0, Math.round((now - complete_until) / 1000)),
    faults: faults.map(({ code, seen_at, proof }) => ({ code, seen_at: seen_at.toISOString(), proof })),
  }
}

function timeOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString()
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  return minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`
}
