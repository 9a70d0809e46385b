import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CountersealError } from '../src/base/index.ts'
import { retryAfter } from '../src/ct/http.ts'
import { follow, httpTransport, rfc6962Log, staticLog, turnstile } from '../src/ct/index.ts'
import { emptyFrontier } from '../src/merkle/index.ts'
import { makeLog } from './ct/made-log.ts'
import type { Served } from './ct/serve.ts'
import { serveLogs } from './ct/serve.ts'

const tiled = makeLog('static-ct-api')
const plain = makeLog('rfc6962', { mostEntries: 32 })
let served: Served
beforeAll(async () => {
  tiled.grow(600)
  plain.grow(300)
  served = await serveLogs({ tiled, plain })
})
afterAll(() => served.close())

const options = { version: '1.2.3', contact: 'soc@example.org', backoffMs: 1, timeoutMs: 300, attempts: 6 }
const gate = () => turnstile({ apartMs: 0, furthestMs: 2 })
const logs = () => [
  staticLog(tiled.about, httpTransport(`${served.url}tiled/`, { ...options, turnstile: gate() })),
  rfc6962Log(plain.about, httpTransport(`${served.url}plain/`, { ...options, turnstile: gate() })),
]

async function countOf(log: ReturnType<typeof logs>[number]): Promise<number> {
  let count = 0
  const head = await log.head({})
  for await (const { entries, verified } of follow(log, emptyFrontier, head, {})) if (verified) count += entries.length
  return count
}

describe('a log over HTTP', () => {
  it('is read whole, by somebody who can be written to', async () => {
    served.order(undefined)
    const [one, other] = logs()
    expect(one && (await countOf(one))).toBe(600)
    expect(other && (await countOf(other))).toBe(300)
    expect([...served.agents]).toEqual(['Counterseal/1.2.3 (+mailto:soc@example.org)'])
  })

  it('is read whole though it says that it is too much, breaks down, hangs and hangs up', async () => {
    const troubles = [
      { status: 429 },
      { status: 429, headers: { 'retry-after': '0' } },
      { status: 429, headers: { 'retry-after': new Date(Date.now() - 1000).toUTCString() } },
      { status: 503, body: '<html>busy</html>' },
      { status: 500 },
      'cut-off',
      'hang',
    ] as const
    for (const trouble of troubles) {
      served.order(({ nth }) => (nth % 2 === 0 ? trouble : undefined))
      const [one, other] = logs()
      expect(one && (await countOf(one)), JSON.stringify(trouble)).toBe(600)
      if (trouble !== 'hang') expect(other && (await countOf(other)), JSON.stringify(trouble)).toBe(300)
    }
  }, 60_000)

  it('that never answers, refuses, or sends somebody elsewhere is out of reach, which says nothing of the log', async () => {
    for (const trouble of [
      { status: 429 },
      { status: 403 },
      { status: 302, headers: { location: `${served.url}plain/checkpoint` } },
      'cut-off',
    ] as const) {
      served.order(() => trouble)
      const [one] = logs()
      const failed = await one?.head({}).catch(error => error)
      expect(failed, JSON.stringify(trouble)).toBeInstanceOf(CountersealError)
      expect(failed.code).toBe('ct/unreachable')
    }
  })

  it('gives no more than what was agreed', async () => {
    served.order(() => ({ status: 200, body: 'x'.repeat(100_000) }))
    const transport = httpTransport(`${served.url}tiled/`, { ...options, turnstile: gate() })
    await expect(transport.read('checkpoint', { atMost: 99_999 })).rejects.toMatchObject({ code: 'ct/unreachable' })
    expect((await transport.read('checkpoint', { atMost: 100_000 }))?.length).toBe(100_000)
  })

  it('is left when somebody wants to', async () => {
    served.order(() => 'hang')
    const transport = httpTransport(`${served.url}tiled/`, { ...options, timeoutMs: 60_000, turnstile: gate() })
    const abort = new AbortController()
    const reading = transport.read('checkpoint', { atMost: 1000, signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })
})

it('what a server asks for is waited for, in seconds or until a date, and not for ever', () => {
  const now = Date.UTC(2026, 2, 2, 10)
  expect(retryAfter('3', now)).toBe(3000)
  expect(retryAfter('Mon, 02 Mar 2026 10:00:07 GMT', now)).toBe(7000)
  expect(retryAfter('Mon, 02 Mar 2026 09:00:00 GMT', now)).toBe(0)
  expect(retryAfter('999999', now)).toBe(900_000)
  for (const nonsense of [null, '', 'soon', '-5', '1e9']) expect(retryAfter(nonsense, now) ?? 0).toBe(0)
})

it('so many requests are under way at once, and no more', async () => {
  const gated = turnstile({ mostAtOnce: 2, apartMs: 0 })
  let [now, most] = [0, 0]
  const work = async () => {
    now += 1
    most = Math.max(most, now)
    await new Promise(resolve => setImmediate(resolve))
    now -= 1
  }
  await Promise.all(Array.from({ length: 20 }, () => gated.pass(work)))
  expect(most).toBe(2)
})
