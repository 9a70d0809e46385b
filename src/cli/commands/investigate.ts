import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { ExportedLead } from '../../exports/index.ts'
import { leadExports } from '../../exports/index.ts'
import { loadSiteInputs, noInputs } from '../../inputs/index.ts'
import type { LeadReport } from '../../investigate/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { investigateSeed, keepTransitions } from '../investigate-seed.ts'
import type { Output } from '../output.ts'
import { investigationRecords, showInvestigation } from '../show-investigation.ts'

type InvestigateCommandOptions = StoreOptions & {
  readonly hops?: number
  readonly inputs?: string
  readonly reviewer?: string
  readonly by?: string
  readonly export?: readonly string[]
  readonly out?: string
  readonly reference: string
  readonly days: number
}

const formatNames = leadExports.map(({ name }) => name).join(', ')

function formatNamed(value: string, before: readonly string[] | undefined): readonly string[] {
  if (!leadExports.some(({ name }) => name === value))
    throw new InvalidArgumentError(`It must be one of ${formatNames}.`)
  return collect(value, before)
}

export function investigateCommand(): Command {
  const command = new Command('investigate')
    .description(
      'from a certificate to related ones, and whether machines of ours had to do with them: states, and what nobody can say',
    )
    .argument('<seed>', 'a fingerprint, key hash, name, address or search; or a PEM or DER file')
    .option('--hops <n>', 'how far to follow: 1 to 3 (default: 2)', positiveInteger)
    .option('--inputs <dir>', 'directory with inputs.yaml: alerts, threat feeds, inventory (docs/triage.md)')
    .option('--reviewer <name>', 'who looked at it and agrees: nothing is escalated without one')
    .option(
      '--export <name>',
      `write it for others, one of ${formatNames} (repeatable; default with --out: all)`,
      formatNamed,
    )
    .option('--out <dir>', 'where the files go')
    .option('--reference <text>', 'number of the case for the files: letters, digits, - and _', 'investigation')
    .option('--days <number>', 'for how long what is written holds', positiveInteger, 90)
    .option('--by <name>', 'keep what became of each, with this name: who investigates')
    .addHelpText(
      'after',
      examples(
        'counterseal investigate 87f2085c32b6a2cc709b365f55873e207a9caa10bffecf2fd16d3cf9d94d390c',
        'counterseal investigate suspicious.pem --inputs site --json',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<InvestigateCommandOptions>(
      async ({ app, output, options, args, signal }) => {
        const [text = ''] = args
        const { hops, reviewer, inputs } = options
        const { result, reports } = await investigateSeed(app, text, {
          ...{ output, signal, inputs: inputs === undefined ? noInputs : loadSiteInputs(inputs) },
          ...(hops === undefined ? {} : { hops }),
          ...(reviewer === undefined ? {} : { reviewer }),
        })
        if (options.by !== undefined) await keepTransitions(app, reports, { by: options.by, seed: text }, output)
        if (options.out !== undefined) await writeLeads(reports, options, options.out, output)
        if (output.json) for (const record of investigationRecords(result, reports)) output.record(record)
        else showInvestigation(output, result, reports)
        return 0
      },
      { data: defaultData },
    ),
  )
}

/** Nothing that is there is written over. */
async function writeLeads(
  reports: readonly LeadReport[],
  { reference, days, export: wanted }: InvestigateCommandOptions,
  directory: string,
  output: Output,
): Promise<void> {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(reference))
    throw new CountersealError('usage/bad-argument', { message: '--reference takes 1 to 64 letters, digits, - and _.' })
  const made_at = new Date(Math.floor(Date.now() / 1000) * 1000)
  const expires_at = new Date(made_at.getTime() + Math.min(days, 3650) * 86_400_000)
  const set = { reference, made_at, expires_at, leads: reports.map(exportedLead) }
  const formats = leadExports.filter(({ name }) => wanted === undefined || wanted.includes(name))
  await mkdir(directory, { recursive: true })
  for (const one of formats) {
    const file = join(directory, one.file)
    if (existsSync(file))
      throw new CountersealError('usage/bad-argument', {
        message: `${file} is there already.`,
        remedy: 'Name another directory with --out.',
      })
    await writeFile(file, [...one.write(set)].join(''), { flag: 'wx' })
    if (output.json) output.record({ type: 'lead_file', format: one.name, file })
    else output.note(`wrote ${file}`)
  }
}

function exportedLead({ subject, decision, assertions }: LeadReport): ExportedLead {
  const { hashes, validity } = subject
  const [sha256, sha1] = [hashes.find(one => one.length === 64), hashes.find(one => one.length === 40)]
  return {
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(sha1 === undefined ? {} : { sha1 }),
    ...(validity === undefined ? {} : { not_before: validity.from, not_after: validity.until }),
    ...{ serial: subject.serial, subject: subject.subject, issuer: subject.issuer, names: subject.names },
    addresses: subject.addresses.map(({ ip }) => ip),
    ...{ state: decision.state, confidence: subject.confidence },
    because: [subject.because, ...decision.because].filter(one => one !== '').join('; '),
    asserted: assertions.filter(({ state }) => state === 'observed').map(({ technique }) => technique),
  }
}
