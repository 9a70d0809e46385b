import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { CountersealError } from '../../base/index.ts'
import type { Bundle, Sample } from '../../sandbox/index.ts'
import { manifestOf, mediaTypeOf, password, sealed, submissionOf } from '../../sandbox/index.ts'
import { collect, examples } from '../command.ts'
import { outputFor, printable } from '../output.ts'

type SandboxOptions = {
  readonly url?: readonly string[]
  readonly finding?: readonly string[]
  readonly reference: string
  readonly because: string
  readonly out: string
  readonly json?: boolean
}

export function sandboxCommand(): Command {
  return new Command('sandbox')
    .description('pack files for a sandbox: encrypted, with a manifest and a script for CAPEv2; nothing is run or sent')
    .argument('[files...]', 'files and scripts that were recovered')
    .option('--url <url>', 'an address that the sandbox is to visit (repeatable)', urlNamed)
    .option('--finding <id>', 'a finding they belong to, for the manifest (repeatable)', collect)
    .requiredOption('--reference <text>', 'number of the case or ticket: letters, digits, - and _')
    .requiredOption('--because <text>', 'where they come from and what is suspicious')
    .requiredOption('--out <dir>', 'where the bundle goes; case-<reference> must not be there yet')
    .option('--json', 'one JSON object a line, for machines')
    .addHelpText(
      'after',
      examples(
        'counterseal sandbox ./nvpnsvc.exe ./setup.ps1 --reference CASE-17 --because "from ws-1042" --out bundles',
      ),
    )
    .action(async (files: readonly string[], options: SandboxOptions) => {
      const output = outputFor(options)
      const { reference, because, url: urls = [], finding: findings = [] } = options
      if (!/^[A-Za-z0-9_-]{1,64}$/.test(reference))
        throw new CountersealError('usage/bad-argument', {
          message: '--reference takes 1 to 64 letters, digits, - and _.',
        })
      if (files.length + urls.length === 0)
        throw new CountersealError('usage/bad-argument', { message: 'Neither a file nor an address was named.' })
      if (files.length > mostFiles)
        throw new CountersealError('usage/bad-argument', { message: `At most ${mostFiles} files are packed at once.` })
      const directory = join(options.out, `case-${reference}`)
      if (existsSync(directory))
        throw new CountersealError('usage/bad-argument', {
          message: `${directory} is there already.`,
          remedy: 'Name another directory with --out, or another reference.',
        })
      await mkdir(join(directory, 'samples'), { recursive: true })
      const samples: Sample[] = []
      for (const path of files) {
        const { bytes, sample } = sampleOf(path)
        if (samples.some(({ sha256 }) => sha256 === sample.sha256)) continue
        await writeFile(join(directory, 'samples', `${sample.sha256}.zip`), await sealed(bytes, sample.sha256), {
          flag: 'wx',
          mode: 0o600,
        })
        samples.push(sample)
      }
      const bundle: Bundle = { reference, because, made_at: new Date(), findings, samples, urls }
      await writeFile(join(directory, 'manifest.json'), manifestOf(bundle), { flag: 'wx' })
      await writeFile(join(directory, 'submit.sh'), submissionOf(bundle), { flag: 'wx', mode: 0o755 })
      if (output.json) for (const one of samples) output.record({ type: 'sample', directory, ...one })
      else {
        for (const { sha256, size, media_type, found_as } of samples)
          output.line(`${sha256}  ${size} bytes  ${media_type}  ${printable(found_as)}`)
        output.line(
          `${directory}: ${samples.length} samples (password ${password}), manifest.json, and submit.sh for CAPEv2`,
        )
      }
    })
}

const mostFiles = 1000
const longestFile = 512 << 20

function urlNamed(value: string, before: readonly string[] | undefined): readonly string[] {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || value.length > 2000)
    throw new InvalidArgumentError('It must be an http or https address.')
  return collect(url.href, before)
}

function sampleOf(path: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly sample: Sample } {
  try {
    const { size } = statSync(path)
    if (size > longestFile) throw new Error(`it has ${size} bytes, and at most ${longestFile} are packed`)
    const bytes = new Uint8Array(readFileSync(path))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    return { bytes, sample: { sha256, size, found_as: basename(path), media_type: mediaTypeOf(bytes) } }
  } catch (cause) {
    throw new CountersealError('input/unreadable', {
      message: `${path} cannot be packed: ${cause instanceof Error ? cause.message : String(cause)}.`,
      cause,
    })
  }
}
