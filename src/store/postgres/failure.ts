import { DrizzleQueryError } from 'drizzle-orm/errors'
import { CountersealError, type ErrorCode } from '../../base/index.ts'

/** The innermost cause: what PostgreSQL, or the file system under it, said. */
function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && root.cause !== undefined) root = root.cause
  return root
}

function sqlStateOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined
}

/** PGlite passes on what its file system says; Node puts the error number first. */
const noSpace = /no space left on device|ENOSPC/i

/** SQLSTATE to code; PostgreSQL 18, appendix A. XX001 and XX002 are corrupted data and a corrupted index. */
function codeFor(sqlState: string | undefined, message: string): ErrorCode {
  if (sqlState === '53100' || noSpace.test(message)) return 'store/full'
  if (sqlState === 'XX001' || sqlState === 'XX002') return 'store/damaged'
  return 'store/query-failed'
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
    const sqlState = sqlStateOf(root)
    const fromDatabase = error instanceof DrizzleQueryError || sqlState !== undefined
    if (error instanceof CountersealError || !fromDatabase) throw error
    const said = root instanceof Error ? root.message : String(root)
    const message = `${what} failed: ${said}${sqlState === undefined ? '' : ` (SQLSTATE ${sqlState})`}`
    throw new CountersealError(codeFor(sqlState, said), { message, cause: root })
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
