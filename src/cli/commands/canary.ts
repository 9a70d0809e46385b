import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { Command, InvalidArgumentError } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import type { Canary } from '../../canary/index.ts'
import { canariesOf, canaryLabel, hitsOf, lures } from '../../canary/index.ts'
import { defaultData } from '../../config.ts'
import { normalHostName, registrableDomain } from '../../hostname/index.ts'
import type { CaseLogEntry } from '../../model/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, positiveInteger, withStoreOptions } from '../command.ts'
import { showCanaries, showCreated, showHits } from '../show-canaries.ts'
import { shownCertificates } from '../shown-certificates.ts'

export function canaryCommand(): Command {
  return new Command('canary')
    .description(
      'names that stand nowhere but in a logged certificate: who asks for one, reads the logs (docs/canaries.md)',
    )
    .addCommand(createCommand())
    .addCommand(publishedCommand())
    .addCommand(listCommand())
    .addCommand(hitsCommand())
    .addCommand(retireCommand())
    .addHelpText(
      'after',
      examples(
        'counterseal canary create corp.example --sensor 192.0.2.10 --by e.berg',
        'counterseal canary published 1f3d38f2 ./vpn-canary.pem --by e.berg',
        'counterseal canary hits',
      ),
    )
}

const dataHelp = `the directory that holds the stores (default: ${defaultData})`
const defaults = { data: defaultData }

type CreateOptions = StoreOptions & {
  readonly lure?: readonly string[]
  readonly count: number
  readonly sensor: readonly string[]
  readonly allow?: readonly string[]
  readonly by: string
  readonly because?: string
}

function createCommand(): Command {
  const command = new Command('create')
    .description('lay out canaries, each with its twin, and print what to do in the zone and at the authority')
    .argument('<domain>', 'one of yours, whose zone only your own servers answer and nobody may copy')
    .requiredOption(
      '--sensor <address>',
      'where the names resolve to: something that logs names (repeatable)',
      addressNamed,
    )
    .requiredOption('--by <name>', 'who lays them out')
    .option(
      '--lure <word>',
      `first part of the name, such as ${lures.join(', ')} (repeatable; default: by turns)`,
      lureNamed,
    )
    .option('--count <n>', 'how many; at least three of a domain should be alive', positiveInteger, 3)
    .option('--allow <text>', 'who may come: an address or network, or words of a User-Agent (repeatable)', collect)
    .option('--because <text>', 'why')
    .addHelpText(
      'after',
      examples('counterseal canary create corp.example --sensor 192.0.2.10 --lure vpn --lure sso --by e.berg'),
    )
  withStoreOptions(command, dataHelp)
  return command.action(
    action<CreateOptions>(async ({ app, output, options, args }) => {
      const apex = normalHostName(args[0] ?? '')
      if (registrableDomain(apex) === undefined || apex.includes('*') || apex.length > 200)
        throw new CountersealError('usage/bad-argument', {
          message: `${JSON.stringify(apex.slice(0, 80))} is no domain that somebody could have registered, or a name below one.`,
        })
      if (options.count > 50)
        throw new CountersealError('usage/bad-argument', {
          message: 'At most 50 are laid out at once: authorities limit what they issue.',
        })
      const store = await app.cases()
      const made: Canary[] = []
      for (let nth = 0; nth < options.count; nth += 1) {
        const id = randomUUID()
        const words = options.lure ?? lures
        const lure = words[nth % words.length] ?? 'vpn'
        const entry: CaseLogEntry<'canary'> = {
          ...{ action: 'created', by: options.by, because: options.because ?? '', lure },
          fqdn: `${canaryLabel(lure, id)}.${apex}`,
          control_fqdn: `${canaryLabel(lure, `${id} twin`)}.${apex}`,
          sensor_addresses: [...options.sensor],
          allowed: [...usualAllowed, ...(options.allow ?? [])],
        }
        await store.addToCaseLog('canary', id, entry, randomUUID())
        made.push(...canariesOf([{ entry_id: id, recorded_at: new Date(), subject: id, entry }]))
      }
      showCreated(output, apex, made)
      return 0
    }, defaults),
  )
}

/** Validators of authorities name themselves so. */
const usualAllowed = ["Let's Encrypt validation server"]

function addressNamed(value: string, before: readonly string[] | undefined): readonly string[] {
  if (isIP(value) === 0) throw new InvalidArgumentError('It must be an address.')
  return collect(value, before)
}

function lureNamed(value: string, before: readonly string[] | undefined): readonly string[] {
  if (!/^[a-z0-9]{1,20}$/.test(value))
    throw new InvalidArgumentError('It must be a word of at most 20 letters and digits, in lower case.')
  return collect(value, before)
}

type NamedOptions = StoreOptions & { readonly by: string; readonly because?: string }

function publishedCommand(): Command {
  const command = new Command('published')
    .description('tell which certificate published a canary; the promises of logs in it tell when')
    .argument('<canary>', 'its id, or the first 8 digits of it')
    .argument('<certificate>', 'a PEM or DER file (./name), or a SHA-256 of one in the store')
    .requiredOption('--by <name>', 'who says so')
    .addHelpText('after', examples('counterseal canary published 1f3d38f2 ./vpn-canary.pem --by e.berg'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<NamedOptions>(async ({ app, output, options, args, signal }) => {
      const canary = await canaryNamed(app, args[0] ?? '')
      for await (const { decoded } of shownCertificates(app, args[1] ?? '', { output, signal })) {
        if (decoded === undefined) continue
        const { certificate, fingerprints } = decoded
        const times = (certificate.extensions.signed_certificate_timestamps ?? []).map(({ timestamp }) => timestamp)
        const names =
          certificate.extensions.subject_alt_name?.flatMap(one =>
            one.type === 'dns' ? [normalHostName(one.value)] : [],
          ) ?? []
        if (!names.includes(canary.fqdn)) continue
        if (times.length === 0)
          throw new CountersealError('usage/bad-argument', {
            message: 'The certificate has no promises of logs in it: nobody can say when it was published.',
            remedy:
              'Take the certificate that the authority issued, not the precertificate; or follow the logs with `counterseal ct watch`.',
          })
        const published_at = new Date(Math.min(...times)).toISOString()
        await keep(app, canary, {
          action: 'published',
          ...options,
          certificate_sha256: fingerprints.sha256,
          published_at,
        })
        if (output.json)
          output.record({
            type: 'canary_published',
            id: canary.id,
            certificate_sha256: fingerprints.sha256,
            published_at,
          })
        else output.line(`kept: ${canary.fqdn} was published at ${published_at}`)
        return 0
      }
      throw new CountersealError('usage/not-found', { message: `No certificate there names ${canary.fqdn}.` })
    }, defaults),
  )
}

function retireCommand(): Command {
  const command = new Command('retire')
    .description('say that a canary is no longer looked after; who still asks for it is told all the same')
    .argument('<canary>', 'its id, or the first 8 digits of it')
    .requiredOption('--by <name>', 'who says so')
    .option('--because <text>', 'why')
    .addHelpText('after', examples('counterseal canary retire 1f3d38f2 --by e.berg'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<NamedOptions>(async ({ app, output, options, args }) => {
      const canary = await canaryNamed(app, args[0] ?? '')
      await keep(app, canary, { action: 'retired', ...options })
      if (output.json) output.record({ type: 'canary_retired', id: canary.id })
      else output.line(`kept: ${canary.fqdn} is retired`)
      return 0
    }, defaults),
  )
}

async function keep(
  app: App,
  canary: Canary,
  what: Pick<CaseLogEntry<'canary'>, 'action' | 'by' | 'certificate_sha256' | 'published_at'> & {
    readonly because?: string
  },
): Promise<void> {
  const { fqdn, control_fqdn, lure, sensor_addresses, allowed, id } = canary
  const { action: done, by, because = '', certificate_sha256, published_at } = what
  const more = {
    ...(certificate_sha256 === undefined ? {} : { certificate_sha256 }),
    ...(published_at === undefined ? {} : { published_at }),
  }
  const entry = {
    action: done,
    by,
    because,
    fqdn,
    control_fqdn,
    lure,
    sensor_addresses: [...sensor_addresses],
    allowed: [...allowed],
    ...more,
  }
  await (await app.cases()).addToCaseLog('canary', id, entry, randomUUID())
}

/** Throws `usage/not-found`. */
async function canaryNamed(app: App, text: string): Promise<Canary> {
  const all = canariesOf(await (await app.cases()).caseLog('canary'))
  const found =
    text.length < 8
      ? []
      : all.filter(({ id, fqdn }) => id.startsWith(text.toLowerCase()) || fqdn === text.toLowerCase())
  if (found.length === 1 && found[0] !== undefined) return found[0]
  throw new CountersealError('usage/not-found', {
    message:
      found.length > 1
        ? `More than one canary begins with ${text}.`
        : `There is no canary ${JSON.stringify(text.slice(0, 80))}.`,
    remedy: '`counterseal canary list` shows them.',
  })
}

function listCommand(): Command {
  const command = new Command('list')
    .description('the canaries, what is known of their publication, and what to do')
    .addHelpText('after', examples('counterseal canary list'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions>(async ({ app, output }) => {
      showCanaries(output, canariesOf(await (await app.cases()).caseLog('canary')), new Date())
      return 0
    }, defaults),
  )
}

function hitsCommand(): Command {
  const command = new Command('hits')
    .description('who asked for canaries and twins, what it says of them, and how surely they read the logs')
    .addHelpText('after', examples('counterseal canary hits', 'counterseal canary hits --json'))
  withStoreOptions(command, dataHelp)
  return command.action(
    action<StoreOptions>(async ({ app, output, signal }) => {
      const canaries = canariesOf(await (await app.cases()).caseLog('canary'))
      showHits(output, canaries, await hitsOf(await app.events(), canaries, signal))
      return 0
    }, defaults),
  )
}
