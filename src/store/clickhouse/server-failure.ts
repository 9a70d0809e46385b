/**
 * What came back instead of an answer, before it is put into our words: by the server, or by the way to it. Tells what
 * is worth another try.
 */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  /** The engine's error code (ErrorCodes.cpp); 0 where the engine said nothing. */
  readonly code: number
  /** Of the HTTP answer; 0 where there was none. */
  readonly status: number
  /** What the server sent, bounded. */
  readonly said: string

  constructor(failure: {
    readonly code?: number
    readonly status?: number
    readonly said: string
    readonly cause?: unknown
  }) {
    super(failure.said, failure.cause === undefined ? undefined : { cause: failure.cause })
    this.code = failure.code ?? 0
    this.status = failure.status ?? 0
    this.said = failure.said
  }
}

/** Bytes of an error that are read. Stack traces of a cluster run to some kilobytes. */
export const longestError = 64 << 10

/** The engine's own code in `Code: 60. DB::Exception: …`, the outermost; 0 when the text is none of the engine's. */
export function engineCode(said: string): number {
  return Number(/\bCode: (\d{1,6})\b/.exec(said)?.[1] ?? 0)
}

/** What Node says when the way broke down while the server may still be there, or come back. */
const lostOnTheWay = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
  'ERR_IDLE',
])

/** 202 too many queries at once, 252 too many parts: the server asks for patience. */
const patience = new Set([202, 252])

/** True when the same request may be answered soon without anything being changed. */
export function isTransient(failure: ServerFailure): boolean {
  if (failure.code !== 0) return patience.has(failure.code)
  if (failure.status !== 0) return failure.status === 429 || (failure.status >= 502 && failure.status <= 504)
  return lostOnTheWay.has(nodeCode(failure))
}

/** The code of the system's or Node's error below a failure, such as ECONNREFUSED; empty when there is none. */
export function nodeCode(failure: ServerFailure): string {
  const { cause } = failure
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}
