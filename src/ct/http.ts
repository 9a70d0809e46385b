import { CountersealError } from '../base/index.ts'
import type { ReadOptions, Transport } from './transport.ts'
import type { Turnstile } from './turnstile.ts'
import { pause } from './turnstile.ts'

export type HttpOptions = {
  /**
   * An address of mail under which the operator can tell us that we are a nuisance. Some logs give those who name none a common limit that
   * is always used up (skylight: 75 requests a second for all of them together).
   */
  readonly contact?: string
  readonly version: string
  readonly turnstile: Turnstile
  /** Until an answer is there whole, in milliseconds. */
  readonly timeoutMs?: number
  /** How often a request is made before its log counts as out of reach. */
  readonly attempts?: number
  /** First wait after an answer that is none, in milliseconds. It doubles, and is drawn between half of it and all. */
  readonly backoffMs?: number
  readonly longestBackoffMs?: number
}

/** Longest that a log may tell us to wait, in milliseconds. */
const longestHold = 15 * 60_000

/** A log over HTTP, asked with manners. `base` ends with a slash. Throws `ct/unreachable`. */
export function httpTransport(base: string, options: HttpOptions): Transport {
  const { attempts = 8, backoffMs = 250, longestBackoffMs = 30_000, timeoutMs = 30_000, turnstile } = options
  const headers = { 'user-agent': userAgent(options), 'accept-encoding': 'gzip' }

  async function ask(path: string, { atMost, signal }: ReadOptions): Promise<Answer> {
    const timeout = AbortSignal.timeout(timeoutMs)
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    const response = await fetch(`${base}${path}`, { headers, signal: either, redirect: 'error' })
    if (response.ok) return { body: await bodyOf(response, atMost) }
    await response.body?.cancel()
    if (response.status === 404 || response.status === 410) return { body: undefined }
    const again = response.status === 429 || response.status >= 500
    return { again, status: response.status, waitMs: retryAfter(response.headers.get('retry-after'), Date.now()) }
  }

  return {
    async read(path, reading) {
      let last = ''
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        const backoff = Math.min(longestBackoffMs, backoffMs * 2 ** attempt) * (0.5 + Math.random() / 2)
        try {
          const answer = await turnstile.pass(() => ask(path, reading), reading)
          if ('body' in answer) return answer.body
          last = `HTTP ${answer.status}`
          if (!answer.again) break
          turnstile.hold(answer.waitMs ?? backoff, { wasTooMuch: answer.status === 429 })
        } catch (error) {
          reading.signal?.throwIfAborted()
          if (error instanceof CountersealError) throw error
          last = reasonOf(error)
          await pause(backoff, reading.signal)
        }
      }
      throw new CountersealError('ct/unreachable', { message: `${base}${path} was asked for and not given: ${last}.` })
    },
  }
}

type Answer =
  | { readonly body: Uint8Array | undefined }
  | { readonly again: boolean; readonly status: number; readonly waitMs: number | undefined }

/** Milliseconds from now. Seconds, or a date as HTTP writes it (RFC 9110 §10.2.3); undefined for anything else. */
export function retryAfter(text: string | null, now: number): number | undefined {
  if (text === null) return undefined
  const wait = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - now
  return Number.isFinite(wait) ? Math.min(longestHold, Math.max(0, wait)) : undefined
}

function userAgent({ contact, version }: HttpOptions): string {
  return `Counterseal/${version}${contact === undefined ? '' : ` (+mailto:${contact})`}`
}

/** Everything of an answer, as long as it is no longer than that once it is unpacked. */
async function bodyOf(response: Response, atMost: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of response.body ?? []) {
    length += part.length
    if (length > atMost) {
      await response.body?.cancel().catch(() => undefined)
      throw new CountersealError('ct/unreachable', {
        message: `${response.url} answers with more than ${atMost} bytes.`,
      })
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
