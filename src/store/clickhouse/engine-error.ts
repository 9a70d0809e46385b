import { CountersealError, excerpt } from '../../base/index.ts'

/** ClickHouse error codes we tell apart (ErrorCodes.cpp). */
const notEnoughSpace = /\b(Code: 243\b|NOT_ENOUGH_SPACE|No space left on device|errno: 28\b)/
const queryCancelled = /\bCode: 394\b|QUERY_WAS_CANCELLED/

/** What the engine threw, as an error of ours. `name` is the query's. Errors of ours pass unchanged. */
export function engineError(name: string, cause: unknown, signal?: AbortSignal): CountersealError {
  if (cause instanceof CountersealError) return cause
  const said = cause instanceof Error ? cause.message : String(cause)
  if (signal?.aborted === true || queryCancelled.test(said))
    return new CountersealError('work/aborted', { message: `${name} was stopped before it was done.`, cause })
  if (notEnoughSpace.test(said))
    return new CountersealError('store/full', {
      message: `${name} could not be stored: no space is left on the disk.`,
      cause,
    })
  return new CountersealError('store/query-failed', {
    message: `The engine refused ${name}: ${excerpt(said.replace(/\s+/g, ' '), 600)}`,
    cause,
  })
}
