/**
 * Lets requests to one operator through: so many at once, so far apart. An operator with many logs has one, since its logs stand on the same machines and share
 * a limit (seen in Sunlight's skylight and at DigiCert, ct-policy 2025).
 */
export type Turnstile = {
  pass<T>(work: () => Promise<T>, options?: { readonly signal?: AbortSignal }): Promise<T>
  /** Nobody passes for so long; and then further apart, when the operator said that it was too much. */
  hold(waitMs: number, options?: { readonly wasTooMuch?: boolean }): void
}

export type TurnstileOptions = {
  /** Requests under way at once. */
  readonly mostAtOnce?: number
  /** Between the beginnings of two requests, in milliseconds. */
  readonly apartMs?: number
  /** Widest that the distance grows to when the operator complains, in milliseconds. */
  readonly furthestMs?: number
}

export function turnstile({ mostAtOnce = 4, apartMs = 20, furthestMs = 10_000 }: TurnstileOptions = {}): Turnstile {
  let apart = apartMs
  let underWay = 0
  let nextAt = 0
  const waiting: (() => void)[] = []

  async function turn(signal: AbortSignal | undefined): Promise<void> {
    while (underWay >= mostAtOnce) await new Promise<void>(resolve => waiting.push(resolve))
    underWay += 1
    for (let wait = nextAt - Date.now(); wait > 0; wait = nextAt - Date.now()) await pause(wait, signal)
    nextAt = Date.now() + apart
  }

  return {
    async pass(work, { signal } = {}) {
      try {
        await turn(signal)
        const result = await work()
        // As slowly as it grew: a limit that was met is met again.
        apart = Math.max(apartMs, apart * 0.95)
        return result
      } finally {
        underWay -= 1
        waiting.shift()?.()
      }
    },
    hold(waitMs, { wasTooMuch = false } = {}) {
      nextAt = Math.max(nextAt, Date.now() + waitMs)
      if (wasTooMuch) apart = Math.min(furthestMs, Math.max(apart, 50) * 2)
    },
  }
}

/** Rejects with the reason of the signal when that comes first. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason as Error)
    const ended = () => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', ended)
      resolve()
    }, ms)
    signal?.addEventListener('abort', ended, { once: true })
  })
}
