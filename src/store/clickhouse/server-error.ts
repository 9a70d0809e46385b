import { CountersealError, excerpt } from '../../base/index.ts'
import { engineError } from './engine-error.ts'
import { nodeCode, type ServerFailure } from './server-failure.ts'

/** Codes of the engine (ErrorCodes.cpp), by what they mean to us. */
const refusedCodes = new Set([192, 193, 194, 195, 497, 516, 746])
const readOnlyCodes = new Set([164, 242])
/** Between nodes: no address, no connection, a silent or a broken one, none left to try. 32 also says less: see below. */
const betweenNodesCodes = new Set([198, 209, 210, 279, 425, 519])

/** Node's and OpenSSL's names for a certificate that is not believed, with what it means. */
const tlsReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not among the trusted ones',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends in an authority that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate was issued by an authority that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of its certificate is not known',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate was issued by an authority that is not trusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  EPROTO: 'the TLS handshake failed: it may speak plain http, or demand a client certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is the address http?',
}

/** Where it happened, for messages. `clustered`: the server asks other nodes. */
export type Place = { readonly location: string; readonly clustered: boolean }

/** What a server or the way to it did, in our words. Every code of the catalogue that a server can cause is made here. */
export function serverError(
  name: string,
  failure: ServerFailure,
  place: Place,
  signal?: AbortSignal,
): CountersealError {
  const said = excerpt(failure.said.replace(/\s+/g, ' ').trim(), 600)
  const error = (code: CountersealError['code'], message: string, remedy?: string) =>
    new CountersealError(code, { message, cause: failure, ...(remedy === undefined ? {} : { remedy }) })
  if (signal?.aborted === true) return engineError(name, failure, signal)
  if (failure.code === 0) return unreachable(name, failure, place, said)
  if (refusedCodes.has(failure.code))
    return error('store/refused', `The ClickHouse server at ${place.location} refuses ${name}: ${said}`)
  if (readOnlyCodes.has(failure.code))
    return error(
      'store/read-only',
      `The ClickHouse server at ${place.location} lets nothing be written or set, which ${name} needs: ${said}`,
    )
  if (place.clustered && isBetweenNodes(failure))
    return error(
      'store/shard-missing',
      `${name} needs every shard, and ${missingShard(failure.said)} does not answer the node at ${place.location}: ${said}`,
    )
  if (failure.code === 202 || failure.code === 252)
    return error('store/unreachable', `The ClickHouse server at ${place.location} is too busy for ${name}: ${said}`)
  return engineError(name, failure, signal)
}

function unreachable(name: string, failure: ServerFailure, { location }: Place, said: string): CountersealError {
  if (failure.status === 401 || failure.status === 403)
    return new CountersealError('store/refused', {
      message: `The server at ${location} refuses ${name} with HTTP ${failure.status}: ${said}`,
      cause: failure,
    })
  if (failure.status !== 0)
    return new CountersealError('store/unreachable', {
      message: `What answers at ${location} is no ClickHouse server, or stands before one that does not answer: HTTP ${failure.status}, ${said || 'without a word'}`,
      cause: failure,
    })
  const code = nodeCode(failure)
  const reason = tlsReasons[code] ?? (code === 'ERR_IDLE' ? 'it fell silent' : said)
  return new CountersealError('store/unreachable', {
    message: `The ClickHouse server at ${location} could not be reached for ${name}: ${reason}${code === '' || reason.includes(code) ? '' : ` (${code})`}.`,
    cause: failure,
  })
}

/** A connection that ends in the middle of an answer is told by the same code as a text that ends too early. */
function isBetweenNodes({ code, said }: ServerFailure): boolean {
  return betweenNodesCodes.has(code) || (code === 32 && said.includes('packet from '))
}

/** The address of the node that does not answer, as the coordinating one names it. */
function missingShard(said: string): string {
  const [, address] = /(?:packet from |peer: |\()([^\s(),]+:\d{1,5})/.exec(said) ?? []
  return address === undefined ? 'one' : `the one at ${address}`
}
