import { DrizzleQueryError } from 'drizzle-orm/errors'
import { CountersealError, type ErrorCode, excerpt } from '../../base/index.ts'

/** The innermost cause: what PostgreSQL, the network, or the file system under it, said. Ours, where it is ours. */
function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && !(root instanceof CountersealError) && root.cause !== undefined) root = root.cause
  return root
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

export function sqlStateOf(error: unknown): string | undefined {
  const code = codeOf(rootOf(error))
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined
}

type Kind = { readonly code: ErrorCode; readonly remedy?: string }

/** PGlite passes on what its file system says; Node puts the error number first. */
const noSpace = /no space left on device|ENOSPC/i

/** What `pg` 8.23 says of a connection that cannot be made or is gone, and Node's error numbers for the same. */
const noConnection =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired|Query read timeout)/
const networkErrors =
  /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|ETIMEDOUT|ENOENT|EADDRNOTAVAIL|EACCES|EPERM|ERR_SOCKET|ERR_STREAM)/

/** OpenSSL's reasons not to trust a certificate, as Node names them, and what `pg` says when there is no TLS at all. */
const tlsErrors =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA)/
const noTls = /does not support SSL connections|establishing an SSL connection/

/** SQLSTATE to code; PostgreSQL 18, appendix A. XX001 and XX002 are corrupted data and a corrupted index. */
function kindOfSqlState(sqlState: string): Kind | undefined {
  const [kind] = sqlStates.filter(([pattern]) => pattern.test(sqlState))
  return kind?.[1]
}

const sqlStates: readonly (readonly [RegExp, Kind])[] = [
  [/^53100$/, { code: 'store/full' }],
  [/^XX00[12]$/, { code: 'store/damaged' }],
  [/^(28...|42501)$/, { code: 'store/refused' }],
  [/^3D000$/, { code: 'store/refused', remedy: 'Have the database created, or name one that exists.' }],
  [/^25006$/, { code: 'store/read-only', remedy: 'Name the primary server, and a user whose transactions may write.' }],
  [/^(08...|57P0[1-5]|53300)$/, { code: 'store/unreachable' }],
]

/** Undefined when nothing of it says that a database is behind it. */
function kindOf(root: unknown, said: string): Kind | undefined {
  const sqlState = sqlStateOf(root)
  if (noSpace.test(said)) return { code: 'store/full' }
  if (sqlState !== undefined) return kindOfSqlState(sqlState) ?? { code: 'store/query-failed' }
  const code = codeOf(root) ?? ''
  if (tlsErrors.test(code) || noTls.test(said)) {
    return {
      code: 'store/refused',
      remedy: 'Name the authority that signed the certificate of the server, and the server by a name in it.',
    }
  }
  if (/^SASL: /.test(said)) return { code: 'store/refused' }
  if (networkErrors.test(code) || noConnection.test(said)) return { code: 'store/unreachable' }
  return undefined
}

/** Several addresses of one name fail together, with an empty message. */
function sayingOf(root: unknown): string {
  if (root instanceof AggregateError) return root.errors.map(sayingOf).join('; ')
  return root instanceof Error ? root.message : String(root)
}

/**
 * Runs `work` and says what was attempted when the database refuses it. Drizzle's own error is taken off on the way: its
 * message quotes the query with all parameters, which are evidence and may be megabytes.
 *
 * @param what - what was attempted, as the subject of a sentence: `Recording hunt …`
 */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const root = rootOf(error)
    if (root instanceof CountersealError) throw root
    const said = sayingOf(root)
    const kind =
      kindOf(root, said) ?? (error instanceof DrizzleQueryError ? { code: 'store/query-failed' as const } : undefined)
    if (kind === undefined) throw error
    const sqlState = sqlStateOf(root)
    const message = `${what} failed: ${excerpt(said)}${sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`}`
    throw new CountersealError(kind.code, { ...kind, message, cause: root })
  }
}

/**
 * The error for a store that cannot be opened.
 *
 * @param code - what it is when the disk is not full
 */
export function openingFailure(code: ErrorCode, what: string, cause: unknown): CountersealError {
  if (cause instanceof CountersealError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  const message = `${what} failed: ${said}`
  return new CountersealError(noSpace.test(said) ? 'store/full' : code, { message, cause })
}
