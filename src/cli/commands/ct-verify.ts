import { Command } from 'commander'
import type { App } from '../../app.ts'
import { CountersealError } from '../../base/index.ts'
import { defaultData } from '../../config.ts'
import type { CtLog, EmbeddedPromise, Inclusion, TreeHead } from '../../ct/index.ts'
import { embeddedPromises, inclusionOf } from '../../ct/index.ts'
import type { LogContext } from '../../ingest/index.ts'
import { checkHead, keepBrokenPromise } from '../../ingest/index.ts'
import type { Certificate } from '../../x509/index.ts'
import type { StoreOptions } from '../command.ts'
import { action, collect, examples, withStoreOptions } from '../command.ts'
import type { LogOptions } from '../ct-logs.ts'
import { logsOfLists, openLogs } from '../ct-logs.ts'
import { possibleIssuers } from '../issuers-known.ts'
import { withLogContext } from '../log-context.ts'
import type { Output } from '../output.ts'
import type { ShownPromise } from '../show-promises.ts'
import { showPromises } from '../show-promises.ts'
import type { ShownCertificate } from '../shown-certificates.ts'
import { shownCertificates } from '../shown-certificates.ts'

type VerifyOptions = StoreOptions & LogOptions & { readonly issuer?: string; readonly prove?: boolean }

export function ctVerifyCommand(): Command {
  const command = new Command('verify')
    .description('verify the promises of logs (SCTs) in a certificate, and with --prove that the logs kept them')
    .argument(
      '<certificate>',
      'a SHA-256, SHA-1 or MD5, or its first 8 digits; a PEM or DER file (./name) with its issuer behind it, - for stdin',
    )
    .requiredOption(
      '--log-list <file>',
      'a log list v3, a file or an https URL, with its .sig beside it (repeatable)',
      collect,
    )
    .option('--issuer <file>', 'the certificate above it, when it is neither in the file nor in the store')
    .option('--prove', 'ask each log for a proof that it has the entry, and verify that')
    .option('--contact <address>', 'where operators can complain; logs treat those better who name one')
    .addHelpText(
      'after',
      examples(
        'counterseal ct verify ./chain.pem --log-list log_list.json',
        'counterseal ct verify 9f2c51d8 --log-list log_list.json --prove --contact soc@example.org --json',
      ),
    )
  withStoreOptions(command, `the directory that holds the stores (default: ${defaultData})`)
  return command.action(
    action<VerifyOptions>(
      async ({ app, output, options, args, signal }) => {
        const [text = ''] = args
        const logs = await logsOfLists(options, output)
        const shown = await allShown(app, text, { output, signal })
        const beside = [
          ...shown,
          ...(options.issuer === undefined ? [] : await allShown(app, options.issuer, { output, signal })),
        ].flatMap(({ decoded }) => (decoded === undefined ? [] : [decoded.certificate]))
        const promising = shown.flatMap(({ decoded }) =>
          decoded?.certificate.extensions.signed_certificate_timestamps === undefined ? [] : [decoded],
        )
        if (promising.length === 0)
          throw new CountersealError('usage/not-found', {
            message: 'No certificate there has promises of logs in it.',
            remedy: 'Private CAs do without them; a precertificate has none yet.',
          })
        let exit = 0
        const proofs = new Proofs(options)
        await withLogContext(app, { signal }, async context => {
          for (const { certificate, fingerprints } of promising) {
            const issuers = await possibleIssuers(app, certificate, beside, signal)
            const promises = bestOf(certificate, issuers, logs)
            const judged: ShownPromise[] = []
            for (const promise of promises)
              judged.push({ promise, ...(options.prove === true ? await proofs.of(context, promise) : {}) })
            showPromises(output, { sha256: fingerprints.sha256, hasIssuer: issuers.length > 0, promises: judged })
            if (judged.some(({ promise, inclusion }) => promise.state === 'invalid' || inclusion?.state === 'broken'))
              exit = 3
          }
        })
        return exit
      },
      { data: defaultData },
    ),
  )
}

async function allShown(
  app: App,
  text: string,
  options: { readonly output: Output; readonly signal: AbortSignal },
): Promise<readonly ShownCertificate[]> {
  const all: ShownCertificate[] = []
  for await (const one of shownCertificates(app, text, options)) all.push(one)
  return all
}

/** Under the issuer that most promises are for; without any, none can be verified. */
function bestOf(
  certificate: Certificate,
  issuers: readonly Certificate[],
  logs: readonly CtLog[],
): readonly EmbeddedPromise[] {
  const valid = (promises: readonly EmbeddedPromise[]) => promises.filter(({ state }) => state === 'valid').length
  const candidates = issuers.length === 0 ? [undefined] : issuers
  const [first = [], ...others] = candidates.map(issuer => embeddedPromises(certificate, issuer, logs))
  return others.reduce((best, one) => (valid(one) > valid(best) ? one : best), first)
}

/** Asks logs, each once for its head. */
class Proofs {
  readonly #options: LogOptions
  readonly #heads = new Map<string, TreeHead | undefined>()

  constructor(options: LogOptions) {
    this.#options = options
  }

  async of(
    context: LogContext,
    { log: about, timestamp, leaf_hash, index, state }: EmbeddedPromise,
  ): Promise<{ readonly inclusion?: Inclusion; readonly unreachable?: string }> {
    if (about === undefined || leaf_hash === undefined || state !== 'valid') return {}
    const reading = context.signal === undefined ? {} : { signal: context.signal }
    const [log] = openLogs([about], this.#options)
    if (log === undefined) return {}
    try {
      if (!this.#heads.has(about.log_id))
        this.#heads.set(about.log_id, (await checkHead(context, log, new Date(), reading)).head)
      const head = this.#heads.get(about.log_id)
      if (head === undefined) return { unreachable: 'its head cannot be believed' }
      const leaf = { timestamp, leaf_hash, ...(index === undefined ? {} : { index }) }
      const inclusion = await inclusionOf(log, head, leaf, reading)
      if (inclusion.state === 'broken') await keepBrokenPromise(context, about, leaf, inclusion)
      return { inclusion }
    } catch (error) {
      if (!(error instanceof CountersealError) || error.code !== 'ct/unreachable') throw error
      return { unreachable: error.message }
    }
  }
}
