import { assert } from '../../base/index.ts'

/** Whether a store is open, and what is under way in it: closing waits for that, and nothing new begins. */
export type Openness = {
  /** Runs `work` as part of the store's life. Rejects when the store is closed. */
  readonly during: <T>(method: string, work: () => Promise<T>) => Promise<T>
  /** The same for what comes in pages. Closing ends it between two pages; whoever asks for the next learns of it. */
  readonly through: <T>(method: string, make: () => AsyncGenerator<T>) => AsyncGenerator<T>
  /** Waits for what was asked before, then runs `end`, once, however often this is called. */
  readonly close: (end: () => Promise<void>) => Promise<void>
}

export function openness(): Openness {
  const underWay = new Set<Promise<unknown>>()
  const unfinished = new Set<AsyncGenerator<unknown>>()
  let closing: Promise<void> | undefined

  const during = async <T>(method: string, work: () => Promise<T>): Promise<T> => {
    assert(closing === undefined, `${method} was called on a case store that is closed`)
    const result = work()
    underWay.add(result)
    try {
      return await result
    } finally {
      underWay.delete(result)
    }
  }
  async function* through<T>(method: string, make: () => AsyncGenerator<T>): AsyncGenerator<T> {
    const inner = make()
    unfinished.add(inner)
    try {
      for (;;) {
        const step = await during(method, () => inner.next())
        if (step.done === true) return
        yield step.value
      }
    } finally {
      unfinished.delete(inner)
      await inner.return(undefined)
    }
  }
  const close = (end: () => Promise<void>): Promise<void> => {
    closing ??= (async () => {
      await Promise.allSettled(underWay)
      await Promise.allSettled([...unfinished].map(inner => inner.return(undefined)))
      await end()
    })()
    return closing
  }
  return { during, through, close }
}
