import { Command, InvalidArgumentError } from 'commander'
import { CountersealError, exitCodes } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import { verifyLedger } from '../../trust/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, examples, withStoreOptions } from '../command.ts'
import { grouped } from '../output.ts'
import { recordTrust } from '../record-trust.ts'
import { trustDiffCommand } from './trust-diff.ts'
import { trustHistoryCommand } from './trust-history.ts'
import { trustStateCommand } from './trust-state.ts'

export function trustCommand(): Command {
  return new Command('trust')
    .description('who changed what machines trust, and when: the trust ledger (docs/trust-ledger.md)')
    .addCommand(trustHistoryCommand())
    .addCommand(trustStateCommand())
    .addCommand(trustDiffCommand())
    .addCommand(recordCommand())
    .addCommand(verifyCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal trust history --slot cryptsipdllverifyindirectdata',
        'counterseal trust diff monday/SOFTWARE tuesday/SOFTWARE',
        'counterseal trust verify',
      ),
    )
}

const dataHelp = `the directory that holds the stores (default: ${defaultData})`
const defaults = { data: defaultData }

function recordCommand(): Command {
  const command = new Command('record')
    .description('write what the evidence tells into the ledger; ingest and hunt do so by themselves')
    .option('--all', 'look through all evidence again, not only what is new; adds nothing twice')
    .addHelpText('after', examples('counterseal trust record --data /srv/counterseal'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions & { readonly all?: boolean }>(async ({ app, output, options, signal }) => {
      const recorded = await recordTrust(app, { ...(options.all === true ? { first: 0 } : {}), signal })
      if (recorded === undefined)
        throw new CountersealError('store/unreachable', {
          message: 'The trust ledger was not brought up to date: a shard does not answer.',
        })
      const head = await (await app.cases()).trustHead()
      if (output.json)
        output.record({ type: 'trust_recorded', ...recorded, entries: head?.sequence ?? 0, head: head?.hash })
      else
        output.line(
          `${grouped(recorded.told)} changes told, ${grouped(recorded.added)} of them new; the ledger has ${grouped(head?.sequence ?? 0)} entries`,
        )
      return 0
    }, defaults),
  )
}

/** `SEQUENCE:HASH` as `trust verify` prints it. */
function keptHead(text: string): { readonly sequence: number; readonly hash: string } {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.toLowerCase()) ?? []
  if (sequence === undefined || hash === undefined) throw new InvalidArgumentError('It must be SEQUENCE:HASH.')
  return { sequence: Number(sequence), hash }
}

type VerifyOptions = StoreOptions & { readonly expect?: ReturnType<typeof keptHead> }

function verifyCommand(): Command {
  const command = new Command('verify')
    .description('check the chain of hashes of the ledger; exit 1 when it is broken')
    .option('--expect <head>', 'SEQUENCE:HASH, as an earlier run said and you kept elsewhere', keptHead)
    .addHelpText('after', examples('counterseal trust verify', 'counterseal trust verify --json'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<VerifyOptions>(async ({ app, output, options, signal }) => {
      const { good, hash, fault } = await verifyLedger(await app.cases(), options.expect, signal)
      if (output.json)
        output.record({ type: 'trust_verification', good, head: hash, ...(fault === undefined ? {} : { fault }) })
      else if (fault === undefined) output.line(`${grouped(good)} entries, every hash is right`)
      else output.line(`The ledger is broken: ${fault}; the ${grouped(good)} entries before are right.`)
      if (!output.json && hash !== undefined && fault === undefined)
        output.line(`keep this elsewhere, and give it to --expect: ${good}:${hash}`)
      return fault === undefined ? 0 : exitCodes.findings
    }, defaults),
  )
}
