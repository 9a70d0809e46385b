import { expect, it } from 'vitest'
import { InFlight } from './in-flight.ts'

/** Work that ends when it is told to. */
function task() {
  let end = () => {}
  let fail = (_: Error) => {}
  const promise = new Promise<void>((resolve, reject) => {
    end = resolve
    fail = reject
  })
  return { end: () => end(), fail: (cause: Error) => fail(cause), work: () => promise }
}

it('no more runs at once than it was told', async () => {
  const inFlight = new InFlight(2)
  const [one, two, three] = [task(), task(), task()]
  await inFlight.start(one.work)
  await inFlight.start(two.work)
  let started = false
  const third = inFlight.start(three.work).then(() => {
    started = true
  })
  await Promise.resolve()
  expect(started).toBe(false)
  two.end()
  await third
  one.end()
  three.end()
  await inFlight.finish()
})

it('a failure is thrown once nothing runs any more, and nothing is started after it', async () => {
  const inFlight = new InFlight(2)
  const [bad, slow] = [task(), task()]
  await inFlight.start(bad.work)
  await inFlight.start(slow.work)
  bad.fail(new Error('the disk is full'))
  let begun = false
  const refused = inFlight.start(async () => {
    begun = true
  })
  slow.end()
  await expect(refused).rejects.toThrow('the disk is full')
  expect(begun).toBe(false)
  await inFlight.settle()
})
