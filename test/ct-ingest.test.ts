import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Log } from '../src/ct/index.ts'
import { rfc6962Log, staticLog } from '../src/ct/index.ts'
import type { LogContext } from '../src/ingest/index.ts'
import { checkHead, readLog } from '../src/ingest/index.ts'
import { rowsOf } from '../src/model/index.ts'
import type { OpenLogContext } from './ct/log-context.ts'
import { openLogContext, wholeOf } from './ct/log-context.ts'
import type { Fault, MadeLog } from './ct/made-log.ts'
import { makeLog } from './ct/made-log.ts'
import { engineInstalled, noEngine } from './run-cli.ts'

const now = new Date(Date.UTC(2026, 2, 2))

function suite() {
  let opened: OpenLogContext
  let context: LogContext
  beforeAll(async () => {
    opened = await openLogContext()
    context = opened.context
  })
  afterAll(() => opened.close())

  const open = (made: MadeLog): Log =>
    made.about.protocol === 'rfc6962' ? rfc6962Log(made.about, made.transport) : staticLog(made.about, made.transport)

  /** Reads from `first` on; gives what was told last, and the account of it. */
  async function read(made: MadeLog, first = 0) {
    const log = open(made)
    const checked = await checkHead(context, log, now, {})
    if (checked.head === undefined || checked.isBroken) return { checked }
    const { last, result } = await wholeOf(readLog(context, log, checked.head, { first }))
    return { checked, last, reading: result }
  }

  const stored = (made: MadeLog) => opened.stored(made.about.log_id)

  it('an entry of a log is stored once, verified, with its certificate and the issuer above it', async () => {
    for (const protocol of ['static-ct-api', 'rfc6962'] as const) {
      const made = makeLog(protocol, { name: protocol })
      made.grow(700)
      const { reading, last } = await read(made)
      expect([reading?.stored, reading?.malformed, last?.size, last?.fault]).toEqual([700, 0, 700, undefined])
      expect(await stored(made)).toEqual({ rows: 700, entries: 700, verified: 700, indexes: 700, certificates: 700 })
    }
    const [tables] = await rowsOf(context.store, {
      name: 'test/certificates',
      text: 'SELECT uniqExact(certificate_id) AS certificates FROM certificate WHERE from_der',
    })
    // Both logs have the same entries, and one issuer.
    expect(tables).toMatchObject({ certificates: 701 })
  })

  it('a log is read on where it was left, and what is there is not read again', async () => {
    const made = makeLog('static-ct-api', { name: 'grows' })
    made.grow(300)
    expect((await read(made)).reading?.stored).toBe(300)
    expect((await read(made)).reading).toMatchObject({ stored: 0, records: 0 })
    made.grow(9000)
    expect((await read(made)).reading?.stored).toBe(9000)
    expect(await stored(made)).toMatchObject({ rows: 9300, verified: 9300, indexes: 9300 })
    const positions = await context.ledger.ctPositions()
    expect(positions.find(({ log_id }) => log_id === made.about.log_id)).toMatchObject({ first_index: 0, size: 9300 })
  })

  it('entries that came into the tree later than promised are told', async () => {
    let clock = now.getTime() - 3 * 86_400_000
    const made = makeLog('static-ct-api', { name: 'late', now: () => clock })
    made.grow(10)
    clock = now.getTime() - 60_000
    await read(made)
    // Promised three days ago, and still not there at the head that was just read.
    clock = now.getTime() - 3 * 86_400_000
    made.grow(5)
    clock = now.getTime()
    expect((await read(made)).last).toMatchObject({ size: 15 })
    const faults = (await context.ledger.ctFaults()).filter(({ log_id }) => log_id === made.about.log_id)
    expect(faults.map(({ code, key }) => [code, key])).toEqual([['ct/merged-late', '10']])
  })

  it('entries that are no part of the signed tree are stored as not verified, and the fault with its proof', async () => {
    const seen: Partial<Record<Fault, unknown>> = {}
    for (const fault of ['fork', 'wrong-leaf', 'truncated-tile', 'bad-signature', 'shrink'] as const) {
      const made = makeLog('static-ct-api', { name: `at-fault-${fault}` })
      made.grow(300)
      await read(made)
      made.grow(fault === 'shrink' ? 0 : 100)
      made.order(fault)
      const { checked } = await read(made)
      const faults = (await context.ledger.ctFaults()).filter(({ log_id }) => log_id === made.about.log_id)
      const { verified, rows } = await stored(made)
      expect(verified, fault).toBe(300)
      const position = (await context.ledger.ctPositions()).find(({ log_id }) => log_id === made.about.log_id)
      expect(position?.size, fault).toBe(300)
      seen[fault] = [faults.map(({ code }) => code), checked.isBroken, (rows ?? 0) - 300]
    }
    for (const protocol of ['static-ct-api', 'rfc6962'] as const)
      for (const fault of ['swapped-precertificate', 'swapped-issuer'] as const) {
        const made = makeLog(protocol, { name: `at-fault-${fault}` })
        made.grow(256)
        await read(made)
        made.grow(45) // the first of a page and the last of all are precertificates
        made.order(fault)
        const { last } = await read(made)
        // The tree is as the log signed it: reading goes on, without that one entry.
        const position = (await context.ledger.ctPositions()).find(({ log_id }) => log_id === made.about.log_id)
        expect([last?.fault?.code, position?.size], fault).toEqual(['ct/precertificate', 301])
        expect(await stored(made), fault).toMatchObject({ rows: 301, verified: 300 })
      }
    const events = await rowsOf(context.store, {
      name: 'test/ct-faults',
      text: "SELECT ct_fault, ct_fault_by_log, JSONExtractString(ct_fault_proof, 'code') AS proof FROM ct_log_fault ORDER BY ct_fault",
    })
    expect(events.map(({ ct_fault, proof }) => [ct_fault, proof])).toEqual(
      [
        ...['ct/consistency', 'ct/head-signature', 'ct/merged-late'],
        ...Array.from({ length: 4 }, () => 'ct/precertificate'),
        ...['ct/root', 'ct/shrink', 'ct/tile'],
      ].map(code => [code, code]),
    )
    expect(seen).toEqual({
      fork: [['ct/consistency'], true, 0],
      'wrong-leaf': [['ct/root'], false, 100],
      'truncated-tile': [['ct/tile'], true, 0],
      'bad-signature': [['ct/head-signature'], true, 0],
      shrink: [['ct/shrink'], true, 0],
    })
  })
}

describe('logs of Certificate Transparency in the store', () => {
  if (engineInstalled) suite()
  else it('are read', context => context.skip(noEngine))
})
