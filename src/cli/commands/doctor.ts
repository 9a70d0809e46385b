import { statfs } from 'node:fs/promises'
import { Command } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { styled } from '../output.ts'
import { version } from '../version.ts'

type Check = { readonly name: string; readonly ok: boolean; readonly says: string; readonly remedy?: string }

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('check this installation: program, engine, stores, definitions, disk')
    .addHelpText('after', examples('counterseal doctor', 'counterseal doctor --data /srv/counterseal --json'))
  withStoreOptions(command, 'check the stores in this directory (default: temporary ones)')
  return command.action(
    action(async ({ app, output }) => {
      const checks = await examine(app)
      for (const check of checks) {
        if (output.json) output.record({ type: 'check', ...check })
        else {
          output.line(
            `${check.ok ? styled(output, 'green', 'ok  ') : styled(output, 'red', 'FAIL')}  ${check.name}: ${check.says}`,
          )
          if (check.remedy !== undefined) output.line(`      ${check.remedy}`)
        }
      }
      return checks.every(({ ok }) => ok) ? 0 : 3
    }),
  )
}

async function examine(app: App): Promise<readonly Check[]> {
  return [
    await checked(
      'program',
      async () => `Counterseal ${version} on Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
    ),
    await checked('event store', async () => {
      const { engine, version: engineVersion, location, migrations } = await (await app.events()).describe()
      return `${engine} ${engineVersion} at ${location}, schema ${migrations.at(-1) ?? 'empty'}`
    }),
    await checked(
      'case store',
      async () => `opens at ${app.data}, ${(await (await app.cases()).hunts({ limit: 1000 })).length} hunts`,
    ),
    await checked('sources', async () => `${app.sources().length} load`),
    await checked('detections', async () => `${app.detections().length} load`),
    await checked(
      'reference data',
      async () => `${app.intel().catalogues.length} catalogues load, snapshot ${app.intel().snapshot}`,
    ),
    await checked('disk', async () => {
      const { bavail, bsize } = await statfs(app.data)
      const free = bavail * bsize
      if (free < 1e9)
        throw new CountersealError('store/full', {
          message: `only ${Math.round(free / 1e6)} MB are free under ${app.data}`,
        })
      return `${(free / 1e9).toFixed(1)} GB are free under ${app.data}`
    }),
  ]
}

async function checked(name: string, examination: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, says: await examination() }
  } catch (cause) {
    if (cause instanceof CountersealError) return { name, ok: false, says: cause.message, remedy: cause.remedy }
    return { name, ok: false, says: cause instanceof Error ? cause.message : String(cause) }
  }
}
