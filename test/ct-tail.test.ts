import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CountersealError } from '../src/base/index.ts'
import type { Log } from '../src/ct/index.ts'
import { httpTransport, rfc6962Log, staticLog, turnstile } from '../src/ct/index.ts'
import type { LogContext, TailOptions } from '../src/ingest/index.ts'
import { coverageWatermark, logStatus, tailLogs } from '../src/ingest/index.ts'
import type { OpenLogContext } from './ct/log-context.ts'
import { openLogContext } from './ct/log-context.ts'
import type { MadeLog } from './ct/made-log.ts'
import { makeLog } from './ct/made-log.ts'
import type { Served } from './ct/serve.ts'
import { serveLogs } from './ct/serve.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

function suite() {
  let opened: OpenLogContext
  let context: LogContext
  let served: Served
  const logs: Record<string, MadeLog> = {}
  beforeAll(async () => {
    opened = await openLogContext()
    context = opened.context
    served = await serveLogs(logs)
  })
  afterAll(async () => {
    await served.close()
    await opened.close()
  })

  function add(name: string, protocol: 'static-ct-api' | 'rfc6962', entries: number): MadeLog {
    const made = makeLog(protocol, { name, url: `${served.url}${name}/`, now: Date.now })
    made.grow(entries)
    logs[name] = made
    return made
  }

  function open({ about }: MadeLog): Log {
    const gate = turnstile({ apartMs: 0, furthestMs: 2 })
    const transport = httpTransport(about.monitoring_url, {
      version: 'test',
      turnstile: gate,
      attempts: 2,
      backoffMs: 1,
      timeoutMs: 2000,
    })
    return about.protocol === 'rfc6962' ? rfc6962Log(about, transport) : staticLog(about, transport)
  }

  /** Follows logs until the condition holds, or fails after a minute. */
  async function followUntil(made: readonly MadeLog[], options: TailOptions, isOver: () => boolean): Promise<void> {
    const stop = new AbortController()
    const tail = tailLogs({ ...context, signal: stop.signal }, made.map(open), {
      everyMs: 50,
      patienceMs: 0,
      ...options,
    })
    const ended = tail.then(() => true)
    ended.catch(() => undefined)
    const patience = Date.now() + 60_000
    while (!isOver() && Date.now() < patience)
      if (await Promise.race([ended, new Promise<false>(resolve => setTimeout(() => resolve(false), 20))])) break
    stop.abort()
    await tail
    expect(isOver()).toBe(true)
  }

  it('several are followed at once from where they are, and go on from where they were left', async () => {
    const made = [add('one', 'static-ct-api', 300), add('two', 'rfc6962', 500), add('three', 'static-ct-api', 0)]
    const sizes = new Map<string, number>()
    const looks = new Map<string, number>()
    const options: TailOptions = {
      onHead: ({ about }) => looks.set(about.description, (looks.get(about.description) ?? 0) + 1),
      onProgress: ({ about }, { size }) => sizes.set(about.description, size),
    }
    // A second look is taken when what the first began is written down.
    await followUntil(made, options, () => made.every(({ about }) => (looks.get(about.description) ?? 0) > 1))
    for (const log of made) log.grow(40)
    const reached = () => made.every(({ about, entries }) => sizes.get(about.description) === entries.length)
    await followUntil(made, options, reached)
    for (const log of made) {
      const name = log.about.description
      expect(await opened.stored(log.about.log_id), name).toMatchObject({ rows: 40, verified: 40, indexes: 40 })
    }
    const status = await logStatus(context.ledger)
    for (const { backlog, complete_until, head_timestamp } of status)
      expect([backlog, complete_until]).toEqual([0, head_timestamp])
    expect(coverageWatermark(status)).toBe(Math.min(...status.map(({ complete_until = 0 }) => complete_until)))
    expect(coverageWatermark([...status, {}])).toBeUndefined()
  })

  it('one that is slow, broken or at fault holds up no other', async () => {
    const [good, slow, down, fork] = [
      add('good', 'rfc6962', 10),
      add('slow', 'static-ct-api', 10),
      add('down', 'static-ct-api', 10),
      add('fork', 'static-ct-api', 10),
    ]
    // A second look is taken when what the first began is written down.
    const looks = (name: string) =>
      served.asked.filter(path => [`${name}/checkpoint`, `${name}/ct/v1/get-sth`].includes(path)).length
    await followUntil([good, slow, down, fork], {}, () =>
      ['good', 'slow', 'down', 'fork'].every(name => looks(name) > 1),
    )
    for (const log of [good, slow, down, fork]) log.grow(30)
    fork.order('fork')
    const unreachable = new Set<string>()
    const faults = new Map<string, string[]>()
    let size = 0
    const asked = served.asked.length
    served.order(({ nth }) => {
      const path = served.asked[nth - 1] ?? ''
      if (path.startsWith('slow/')) return 'hang'
      return path.startsWith('down/') ? { status: 500 } : undefined
    })
    await followUntil(
      [good, slow, down, fork],
      {
        onUnreachable: ({ about }) => unreachable.add(about.description),
        onHead: ({ about }, checked) =>
          faults.set(about.description, [
            ...(faults.get(about.description) ?? []),
            ...checked.faults.map(({ code }) => code),
          ]),
        onProgress: ({ about }, progress) => {
          if (about.description === 'good') size = progress.size
        },
      },
      () => size === 40 && unreachable.has('down') && (faults.get('fork') ?? []).length > 0,
    )
    served.order(undefined)
    expect(faults.get('fork')).toEqual(['ct/consistency'])
    expect(served.asked.slice(asked).some(path => path.startsWith('slow/'))).toBe(true)
    expect(await opened.stored(good.about.log_id)).toMatchObject({ rows: 30, verified: 30 })
    expect(await opened.stored(fork.about.log_id)).toMatchObject({ rows: 0 })
  })

  it('a tile that is not full is left until it is, or has waited long enough', async () => {
    const made = add('tiles', 'static-ct-api', 500)
    await followUntil([made], {}, () => served.asked.filter(path => path === 'tiles/checkpoint').length > 1)
    made.grow(30)
    const from = served.asked.length
    let size = 0
    const partial = () => served.asked.slice(from).filter(path => /^tiles\/tile\/data\/.*\.p\//.test(path))
    const onProgress: NonNullable<TailOptions['onProgress']> = (_, progress) => {
      size = progress.size
    }
    await followUntil([made], { patienceMs: 3_600_000, onProgress }, () => size === 512)
    expect(partial()).toEqual([])
    await followUntil([made], { onProgress }, () => size === 530)
    expect(partial().length).toBeGreaterThan(0)
    expect(await opened.stored(made.about.log_id)).toMatchObject({ rows: 30, verified: 30 })
  })

  it('a list that changes is followed: new logs are begun, and those that are gone are left as they are', async () => {
    const [old, young] = [add('old', 'rfc6962', 20), add('young', 'rfc6962', 20)]
    const changes: string[] = []
    const heads: string[] = []
    let failed = 0
    await followUntil(
      [old],
      {
        relistMs: 100,
        relist: async () => {
          if (failed > 0) return [open(young)]
          throw new CountersealError('input/unreadable', { message: 'the list is being written' })
        },
        onRelistFailed: () => {
          failed += 1
        },
        onRelist: ({ added, gone }) =>
          changes.push(
            ...added.map(({ about }) => `+${about.description}`),
            ...gone.map(({ about }) => `-${about.description}`),
          ),
        onHead: ({ about }) => heads.push(about.description),
      },
      () => heads.includes('young'),
    )
    expect(failed).toBe(1)
    expect(changes).toEqual(['+young', '-old'])
    expect((await context.ledger.ctHeads(old.about.log_id, { limit: 1 }))[0]?.size).toBe(20)
  })
}

describe('logs that are followed', () => {
  if (engineInstalled) suite()
  else it('are', context => context.skip(noEngine))
})
