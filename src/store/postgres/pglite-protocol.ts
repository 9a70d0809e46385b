import { CountersealError, type ErrorCode } from '../../base/index.ts'
import type { CaseStore } from '../../model/index.ts'
import type { PagedUpkeep } from './pglite-upkeep.ts'

/**
 * What passes between the thread that uses the case store and the worker that runs PGlite: the port's own calls, one
 * message each way, and those of its upkeep in pages. Dates and text cross unchanged (structured clone, HTML §2.7); errors are taken apart and put
 * together again, because a clone loses what makes them ours.
 */

/** Given to the worker when it starts. Its first answer has id 0 and says that the store is open, or why not. */
export type WorkerStart = { readonly directory: string; readonly seedDirectory?: string }

/** What the worker serves. */
export type Served = CaseStore & PagedUpkeep

export type Method = keyof Served

export type Call = {
  [M in Method]: { readonly id: number; readonly method: M; readonly parameters: Parameters<Served[M]> }
}[Method]

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly failure: Failure })

/** An error in transit. Without `code` it is a defect of ours, and `trace` is where. */
export type Failure = {
  readonly code?: ErrorCode
  readonly message: string
  readonly remedy?: string
  readonly trace: string
}

/** What came of a cause, at most: enough for a stack, and short of the evidence that a database error may quote. */
const longestTrace = 10_000

function traceOf(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return text.slice(0, longestTrace)
}

export function packFailure(error: unknown): Failure {
  if (error instanceof CountersealError) {
    const { code, message, remedy } = error
    return { code, message, remedy, trace: traceOf(error.cause ?? error) }
  }
  return { message: error instanceof Error ? error.message : String(error), trace: traceOf(error) }
}

export function unpackFailure({ code, message, remedy, trace }: Failure): Error {
  const cause = new Error(`In the worker of the case store: ${trace}`)
  if (code === undefined) return new Error(message, { cause })
  return new CountersealError(code, { message, cause, ...(remedy === undefined ? {} : { remedy }) })
}
