import { describe, expect, it } from 'vitest'
import type { LogEntry } from '../src/ct/entry.ts'
import { CtFault } from '../src/ct/fault-codes.ts'
import { faultBetween, follow, mergedLate, staleness } from '../src/ct/follow.ts'
import type { Log } from '../src/ct/log.ts'
import { rfc6962Log } from '../src/ct/rfc6962-log.ts'
import { frontierAt } from '../src/ct/start.ts'
import { staticLog } from '../src/ct/static-log.ts'
import { emptyFrontier, rootOf, sameHash } from '../src/merkle/index.ts'
import { issuer } from './ct/made-entry.ts'
import type { Fault, MadeLog } from './ct/made-log.ts'
import { makeLog } from './ct/made-log.ts'

const protocols = [
  ['static-ct-api', (made: MadeLog): Log => staticLog(made.about, made.transport)],
  ['rfc6962', (made: MadeLog): Log => rfc6962Log(made.about, made.transport)],
] as const

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'no fault'
  } catch (error) {
    return error instanceof CtFault ? error.fault.code : String(error)
  }
}

async function readAll(
  log: Log,
  from = emptyFrontier,
): Promise<{ read: LogEntry[]; verified: number; fault: string; frontier: typeof from }> {
  const head = await log.head({})
  const result = { read: [] as LogEntry[], verified: 0, fault: 'no fault', frontier: from }
  for await (const stretch of follow(log, from, head, {})) {
    result.read.push(...stretch.entries)
    if (stretch.verified) {
      result.verified += stretch.entries.length
      result.frontier = stretch.frontier
    } else {
      result.fault = stretch.fault?.code ?? ''
    }
  }
  return result
}

describe.each(protocols)('a log that speaks %s', (protocol, open) => {
  it('is read from its beginning to its head, and every entry is in its tree', async () => {
    for (const size of [0, 1, 255, 256, 700]) {
      const made = makeLog(protocol)
      made.grow(size)
      const { read, verified, fault } = await readAll(open(made))
      expect([read.length, verified, fault], String(size)).toEqual([size, size, 'no fault'])
      for (const [nth, entry] of read.entries()) {
        expect(entry.index).toBe(nth)
        expect(entry.kind).toBe(made.entries[nth]?.kind)
        expect(sameHash(entry.der, made.entries[nth]?.der ?? new Uint8Array())).toBe(true)
        expect(entry.chain).toHaveLength(1)
      }
    }
  })

  it('is read on from where it was left, and from any place in it', async () => {
    const made = makeLog(protocol, { algorithm: 'rsa' })
    made.grow(300)
    const log = open(made)
    const { frontier } = await readAll(log)
    made.grow(333)
    const { read, verified } = await readAll(log, frontier)
    expect([read.length, verified, read[0]?.index]).toEqual([333, 333, 300])
    const head = await log.head({})
    for (const size of [0, 1, 2, 255, 256, 257, 512, 600, 632, 633]) {
      const start = await frontierAt(log, size, head, {})
      expect(start.size).toBe(size)
      const rest = await readAll(log, start)
      expect([rest.read.length, rest.verified, rest.fault], String(size)).toEqual([633 - size, 633 - size, 'no fault'])
      expect(sameHash(rootOf(rest.frontier), head.root)).toBe(true)
    }
  })

  it('is not believed when it does what no log may do', async () => {
    const told: Partial<Record<Fault, string>> = {}
    for (const fault of ['fork', 'wrong-leaf', 'truncated-tile'] as const) {
      const made = makeLog(protocol)
      made.grow(400)
      made.order(fault)
      const { verified, fault: code } = await readAll(open(made))
      expect(verified, fault).toBe(0)
      told[fault] = code
    }
    const made = makeLog(protocol)
    made.grow(400)
    const log = open(made)
    const kept = await log.head({})
    made.order('bad-signature')
    told['bad-signature'] = await codeOf(log.head({}))
    made.order('shrink')
    told.shrink = faultBetween(kept, await log.head({}))?.code ?? ''
    made.order('fork')
    expect(faultBetween(kept, await log.head({}))?.code).toBe('ct/fork')
    made.order('stale-head')
    const stale = await log.head({})
    told['stale-head'] = staleness(stale, made.about.mmd_seconds, Date.UTC(2026, 2, 2))?.code ?? ''
    expect(faultBetween(kept, stale)).toBeUndefined()
    expect(staleness(kept, made.about.mmd_seconds, Date.UTC(2026, 2, 2))).toBeUndefined()
    made.order('wrong-proof')
    told['wrong-proof'] = await codeOf(frontierAt(log, 300, kept, {}))
    expect(told).toEqual({
      fork: 'ct/root',
      'wrong-leaf': 'ct/root',
      'truncated-tile': 'ct/entry',
      'bad-signature': 'ct/head-signature',
      shrink: 'ct/shrink',
      'stale-head': 'ct/head-stale',
      'wrong-proof': 'ct/consistency',
    })
  })

  it('that merges later than it promised is told', async () => {
    const made = makeLog(protocol)
    made.grow(10)
    const log = open(made)
    const before = { ...(await log.head({})), timestamp: Date.UTC(2026, 2, 4) }
    made.grow(2)
    const { read } = await readAll(log)
    expect(mergedLate(read, before, 86_400).map(({ index }) => index)).toEqual([10, 11])
    expect(mergedLate(read, before, 5 * 86_400)).toEqual([])
  })
})

describe('a static-ct log', () => {
  it('gives as much of a whole tile as is asked for where a partial one is gone', async () => {
    const made = makeLog('static-ct-api')
    made.grow(300)
    const log = staticLog(made.about, made.transport)
    const head = await log.head({})
    made.grow(300)
    made.order('missing-partial-tile')
    const read: LogEntry[] = []
    for await (const { entries, verified } of follow(log, emptyFrontier, head, {})) {
      expect(verified).toBe(true)
      read.push(...entries)
    }
    expect(read).toHaveLength(300)
  })

  it('has its checkpoint under its own name, and its issuers under their hashes', async () => {
    const made = makeLog('static-ct-api')
    made.grow(3)
    const log = staticLog(made.about, made.transport)
    made.order('other-origin')
    expect(await codeOf(log.head({}))).toBe('ct/head-origin')
    made.order(undefined)
    for await (const [entry] of log.entries({ begin: 0, end: 1, size: 3 }, {})) {
      const found = await log.issuer(entry?.chain[0] ?? '', {})
      expect(sameHash(found ?? new Uint8Array(), issuer)).toBe(true)
    }
    expect(await log.issuer('00'.repeat(32), {})).toBeUndefined()
    expect(await log.issuer('../../etc/passwd', {})).toBeUndefined()
    const lying = staticLog(made.about, { read: async () => Buffer.from('another certificate') })
    expect(await codeOf(lying.issuer('00'.repeat(32), {}))).toBe('ct/issuer')
  })
})

describe('an RFC 6962 log', () => {
  it('gives as few entries at once as it likes', async () => {
    for (const mostEntries of [1, 7, 32, 1024]) {
      const made = makeLog('rfc6962', { mostEntries })
      made.grow(130)
      const { read, verified } = await readAll(rfc6962Log(made.about, made.transport))
      expect([read.length, verified]).toEqual([130, 130])
    }
  })

  it('that answers with something else is at fault', async () => {
    const made = makeLog('rfc6962')
    made.grow(3)
    const head = await rfc6962Log(made.about, made.transport).head({})
    for (const body of ['<html>busy</html>', '{"entries":[]}', '{"entries":[{"leaf_input":"AA=="', '[]']) {
      const log = rfc6962Log(made.about, { read: async () => Buffer.from(body) })
      expect(await codeOf(log.head({})), body).toBe('ct/head')
      for await (const { verified, fault } of follow(log, emptyFrontier, head, {}))
        expect([verified, fault?.code]).toEqual([false, 'ct/answer'])
    }
  })
})
