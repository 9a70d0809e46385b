import type { EmbeddedPromise, Inclusion } from '../ct/index.ts'
import type { Output } from './output.ts'
import { printable, styled } from './output.ts'

export type ShownPromise = {
  readonly promise: EmbeddedPromise
  /** What the log showed, where it was asked. */
  readonly inclusion?: Inclusion
  /** Why it could not be asked. */
  readonly unreachable?: string
}

export type ShownPromises = {
  readonly sha256: string
  /** Without an issuer no promise can be verified: logs sign the hash of its key. */
  readonly hasIssuer: boolean
  readonly promises: readonly ShownPromise[]
}

const states: Readonly<
  Record<EmbeddedPromise['state'], { readonly colour: 'green' | 'red' | 'yellow'; readonly text: string }>
> = {
  valid: { colour: 'green', text: 'signed by the log' },
  invalid: { colour: 'red', text: 'NOT signed by the log for this certificate and this issuer' },
  unknown_log: { colour: 'yellow', text: 'unknown: no list has this log' },
  unknown_issuer: { colour: 'yellow', text: 'unknown: the issuer is needed, and is not at hand' },
}

/** The promises in a certificate, and what became of them. */
export function showPromises(output: Output, { sha256, hasIssuer, promises }: ShownPromises): void {
  if (output.json) {
    for (const { promise, inclusion, unreachable } of promises) {
      const { log_id, log, timestamp, index, leaf_hash, state } = promise
      output.record({
        type: 'ct_promise',
        certificate_sha256: sha256,
        log_id,
        log: log?.description ?? null,
        log_state: log?.state ?? null,
        promised_at: new Date(timestamp).toISOString(),
        promised_index: index ?? null,
        leaf_hash: leaf_hash === undefined ? null : hex(leaf_hash),
        state,
        inclusion: inclusion === undefined ? null : told(inclusion),
        unreachable: unreachable ?? null,
      })
    }
    return
  }
  output.line(`certificate ${sha256}`)
  for (const { promise, inclusion, unreachable } of promises) {
    const { log, log_id, timestamp, state } = promise
    const { colour, text } = states[state]
    const name = log === undefined ? log_id : `${printable(log.description)} (${log.state})`
    output.line(`  ${new Date(timestamp).toISOString()}  ${name}`)
    output.line(`    ${styled(output, colour, text)}`)
    if (inclusion !== undefined) output.line(`    ${inclusionText(output, inclusion)}`)
    if (unreachable !== undefined)
      output.line(`    ${styled(output, 'yellow', 'not asked')}: ${printable(unreachable)}`)
  }
  if (!hasIssuer)
    output.note(
      'The certificate above it is needed: put it behind the certificate in the file, or name it with --issuer.',
    )
}

function inclusionText(output: Output, inclusion: Inclusion): string {
  const { size, timestamp } = inclusion.head
  const tree = `the tree of ${size.toLocaleString('en-US')} entries that it signed ${new Date(timestamp).toISOString()}`
  if (inclusion.state === 'included')
    return `${styled(output, 'green', 'kept')}: entry ${inclusion.index} of ${tree}, proof verified`
  if (inclusion.state === 'not_yet')
    return `${styled(output, 'yellow', 'not there yet')}: ${tree} may still be without it`
  return `${styled(output, 'red', 'BROKEN')}: the time for it is over, and ${tree} was not shown to have it`
}

function told(inclusion: Inclusion): Readonly<Record<string, unknown>> {
  const { size, root, timestamp, signature } = inclusion.head
  const head = { tree_size: size, root: hex(root), timestamp, signature: hex(signature) }
  if (inclusion.state === 'included')
    return { state: inclusion.state, index: inclusion.index, path: inclusion.path.map(hex), head }
  return { state: inclusion.state, head }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
