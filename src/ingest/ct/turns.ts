/** Runs work one after the other, in the order it came. A failure is of its own work alone. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return work => {
    const run = last.then(work)
    last = run.catch(() => undefined)
    return run
  }
}
