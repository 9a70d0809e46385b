import { Command } from 'commander'
import { defaultData } from '../../config.ts'
import type { FaultCode } from '../../ct/index.ts'
import { faultCodes } from '../../ct/index.ts'
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
        const ledger = await app.cases()
        const listed = await logsOfLists(options, output)
        const positions = await ledger.ctPositions()
        const faults = await ledger.ctFaults()
        const ids = [...new Set([...positions, ...faults, ...listed].map(({ log_id }) => log_id))]
        const rows: string[][] = []
        for (const log_id of ids) {
          const about = listed.find(one => one.log_id === log_id)
          const [head] = await ledger.ctHeads(log_id, { limit: 1 })
          const own = positions.filter(one => one.log_id === log_id)
          const ofLog = faults.filter(one => one.log_id === log_id)
          const reached = Math.max(0, ...own.map(({ size }) => size))
          const told = {
            log: about?.description ?? log_id,
            log_id,
            state: about?.state ?? null,
            mmd_seconds: about?.mmd_seconds ?? null,
            stretches: own.map(({ first_index, size, updated_at }) => ({
              first_index,
              size,
              updated_at: updated_at.toISOString(),
            })),
            tree_size: head?.size ?? null,
            head_timestamp: head === undefined ? null : new Date(head.timestamp).toISOString(),
            backlog: head === undefined || own.length === 0 ? null : head.size - reached,
            faults: ofLog.map(({ code, seen_at, proof }) => ({ code, seen_at: seen_at.toISOString(), proof })),
          }
          if (output.json) output.record({ type: 'ct_log', ...told })
          rows.push([
            told.log,
            told.state ?? '',
            own.map(({ first_index, size }) => `${first_index}–${size}`).join(', '),
            told.tree_size === null ? '' : String(told.tree_size),
            told.head_timestamp ?? '',
            told.backlog === null ? '' : String(told.backlog),
            String(ofLog.length),
          ])
        }
        if (output.json) return 0
        if (rows.length === 0)
          output.line('No log was read yet. `counterseal ct tail --log-list FILE` follows logs from now on.')
        else
          for (const line of table(['log', 'state', 'entries read', 'tree', 'head of', 'backlog', 'faults'], rows, 44))
            output.line(line)
        for (const { log_id, code, key, seen_at } of faults) {
          const name = listed.find(one => one.log_id === log_id)?.description ?? log_id.slice(0, 16)
          const means = code in faultCodes ? faultCodes[code as FaultCode].means : ''
          output.line(`${seen_at.toISOString()}  ${name}  ${code} (${key}): ${means}`)
        }
        return 0
      },
      { data: defaultData },
    ),
  )
}
