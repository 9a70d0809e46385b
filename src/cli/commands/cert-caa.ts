import { randomUUID } from 'node:crypto'
import { Resolver } from 'node:dns/promises'
import { Command } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { normalHostName } from '../../hostname/index.ts'
import { climb } from '../../issuance/index.ts'
import type { CaseLogEntry } from '../../model/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import { printable } from '../output.ts'

type CaaOptions = StoreOptions & { readonly server?: readonly string[]; readonly by: string }

export function certCaaCommand(): Command {
  const command = new Command('caa')
    .description(
      'look CAA records up, of names and all above them, and keep how they stand: they count at the time of issuance only',
    )
    .argument('<names...>', 'names of yours, a wildcard without its *.')
    .option(
      '--server <address>',
      'ask this server, as 192.0.2.53 or 192.0.2.53:5353 (repeatable; default: those of the machine)',
      collect,
    )
    .option('--by <name>', 'who looks', 'counterseal cert caa')
    .addHelpText(
      'after',
      examples(
        'counterseal cert caa corp.example www.corp.example',
        'counterseal cert caa corp.example --server 192.0.2.53 --data case   # every six hours, by cron',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<CaaOptions>(
      async ({ app, output, options, args }) => {
        const resolver = new Resolver({ timeout: 5000, tries: 2 })
        setServers(resolver, options.server)
        const names = [...new Set(args.flatMap(text => climb(normalHostName(text).replace(/^\*\./, ''))))].slice(
          0,
          1000,
        )
        const store = await app.cases()
        let failed = 0
        for (const name of names) {
          const entry = { ...(await lookedUp(resolver, name)), observed_at: new Date().toISOString(), by: options.by }
          await store.addToCaseLog('caa', name, entry, randomUUID())
          if (entry.state === 'failed') failed += 1
          if (output.json) output.record({ type: 'caa', name, ...entry })
          else
            output.line(
              `${name}  ${entry.state === 'records' ? entry.records.map(one => printable(`${one.flags} ${one.tag} "${one.value}"`)).join(', ') : entry.state}`,
            )
        }
        return failed > 0 ? 3 : 0
      },
      { data: defaultData },
    ),
  )
}

function setServers(resolver: Resolver, servers: readonly string[] | undefined): void {
  if (servers === undefined) return
  try {
    resolver.setServers(servers)
  } catch (cause) {
    throw new CountersealError('usage/bad-argument', {
      message: `--server ${servers.join(', ').slice(0, 200)} is no address.`,
      cause,
    })
  }
}

/** A name that is not there has no records, and neither has one with others: both say that nothing is forbidden there. */
async function lookedUp(resolver: Resolver, name: string): Promise<Pick<CaseLogEntry<'caa'>, 'state' | 'records'>> {
  try {
    const answers = await resolver.resolveCaa(name)
    const records = answers
      .slice(0, 200)
      .flatMap(({ critical, ...tags }) =>
        Object.entries(tags).flatMap(([tag, value]) =>
          typeof value === 'string' && tag !== 'type'
            ? [{ flags: critical, tag: tag.slice(0, 64), value: value.slice(0, 2000) }]
            : [],
        ),
      )
    return records.length === 0 ? { state: 'none', records: [] } : { state: 'records', records }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    return { state: code === 'ENODATA' || code === 'ENOTFOUND' ? 'none' : 'failed', records: [] }
  }
}
