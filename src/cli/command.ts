import { type Command, InvalidArgumentError } from 'commander'
import type { App } from '../app.ts'
import type { ConfigOptions } from '../config.ts'
import type { Output } from './output.ts'
import { outputFor } from './output.ts'

/** Options every command that opens a store has. */
export type StoreOptions = ConfigOptions & { readonly json?: boolean }

export type Run<Options> = (context: {
  readonly app: App
  readonly output: Output
  readonly options: Options
  readonly args: readonly string[]
  readonly signal: AbortSignal
}) => Promise<number>

/**
 * A command's action: opens the house for it, lets Ctrl-C stop the work in order, closes the house, and leaves the exit
 * code where the process finds it. Heavy modules load only now, so that `--help` is quick.
 */
export function action<Options extends StoreOptions>(run: Run<Options>, defaults: ConfigOptions = {}) {
  return async (...received: unknown[]): Promise<void> => {
    const command = received.at(-1) as Command // commander passes the command last
    const options = command.opts<Options>()
    const args = command.processedArgs.flat().filter((arg): arg is string => typeof arg === 'string')
    const [{ openApp }, { configFrom }] = await Promise.all([import('../app.ts'), import('../config.ts')])
    const app = openApp(configFrom({ ...defaults, ...options }))
    const abort = new AbortController()
    const onSignal = () => abort.abort()
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
    try {
      process.exitCode = await run({ app, output: outputFor(options), options, args, signal: abort.signal })
    } finally {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
      await app.close()
    }
  }
}

/** `--data` and the directories of one's own, alike for all commands. */
export function withStoreOptions(command: Command, dataHelp: string): Command {
  return command
    .option('--data <dir>', dataHelp)
    .option('--sources <dir>', 'also read log sources from this directory (repeatable)', collect)
    .option('--detections <dir>', 'also run detections from this directory (repeatable)', collect)
    .option('--intel <dir>', 'also use reference data from this directory (repeatable)', collect)
    .option('--settings <file>', 'settings of the published analytics, docs/settings.md (repeatable)', collect)
    .option('--allow-partial', 'on a cluster: answer although a shard does not, and say so')
    .option('--json', 'one JSON object a line, for machines')
}

/** What evidence does not tell about itself, for the commands that read it. */
export function withReadingOptions(command: Command): Command {
  return command
    .option('--local-network <cidr>', 'count this network as ours, beside the private ones (repeatable)', collect)
    .option(
      '--log-format <source=format>',
      'read the logs of a source in this format, as the producer’s configuration has it (repeatable)',
      collect,
    )
    .option('--log-time-zone <name>', 'the zone of times that logs tell without one (default: UTC)')
    .option(
      '--log-until <day>',
      'nothing in the logs happened after this day: tells years that are left out (default: when a file was last changed)',
    )
}

export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value]
}

/** A whole number from 1 on. */
export function positiveInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.')
  return value
}

/** A whole number from 0 on. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('It must be a whole number from 0 on.')
  return value
}

export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map(line => `  $ ${line}`).join('\n')}\n`
}
