import { z } from 'zod'
import { hashLength } from '../merkle/index.ts'
import type { LogEntry } from './entry.ts'
import { readEntry } from './entry.ts'
import { CtFault } from './fault-codes.ts'
import type { Log, Reading } from './log.ts'
import { logKeyOf } from './log-key.ts'
import type { CtLog } from './log-list.ts'
import type { Transport } from './transport.ts'
import { longestHead, longestPage } from './transport.ts'
import { readSth } from './tree-head.ts'

const pageText = z.object({ entries: z.array(z.object({ leaf_input: z.base64(), extra_data: z.base64() })).min(1) })
const consistencyText = z.object({ consistency: z.array(z.base64()).max(128) })
const inclusionText = z.object({ leaf_index: z.number().int().nonnegative(), audit_path: z.array(z.base64()).max(128) })

/**
 * How many entries are asked for at once. Logs give as many as they please: 32 to 1024 were seen. Some cut an answer so that it ends at a
 * multiple of their most (certificate-transparency-go, align_getentries), so windows end at multiples. A window becomes as narrow as the last
 * answer was, and twice as wide after one that was full.
 */
const widestWindow = 1024

/** A log that speaks RFC 6962. */
export function rfc6962Log(about: CtLog, transport: Transport): Log {
  const key = logKeyOf(Buffer.from(about.key, 'base64'))
  if (key === undefined) throw new RangeError(`${about.description} has no key of a log`)
  let window = widestWindow

  async function ask(path: string, atMost: number, reading: Reading): Promise<string> {
    const bytes = await transport.read(`ct/v1/${path}`, { atMost, ...reading })
    if (bytes === undefined)
      throw new CtFault({ code: 'ct/answer', where: path, expected: 'an answer', found: 'nothing' })
    return Buffer.from(bytes).toString('utf8')
  }

  async function askFor<T>(schema: z.ZodType<T>, path: string, reading: Reading): Promise<T> {
    const parsed = schema.safeParse(jsonIn(await ask(path, longestPage, reading)))
    if (!parsed.success) throw new CtFault({ code: 'ct/answer', where: path, expected: 'an answer of RFC 6962 §4' })
    return parsed.data
  }

  async function page(begin: number, last: number, reading: Reading): Promise<readonly LogEntry[]> {
    const path = `get-entries?start=${begin}&end=${last}`
    const { entries } = await askFor(pageText, path, reading)
    if (entries.length > last - begin + 1)
      throw new CtFault({
        code: 'ct/answer',
        where: path,
        expected: `at most ${last - begin + 1} entries`,
        found: String(entries.length),
      })
    return entries.map(({ leaf_input, extra_data }, nth) => {
      const result = readEntry(begin + nth, Buffer.from(leaf_input, 'base64'), Buffer.from(extra_data, 'base64'))
      if ('fault' in result) throw new CtFault(result.fault)
      return result.entry
    })
  }

  return {
    about,
    async head(reading) {
      const result = readSth(key, await ask('get-sth', longestHead, reading))
      if ('fault' in result) throw new CtFault(result.fault)
      return result.head
    },
    async *entries({ begin, end }, reading) {
      for (let at = begin; at < end; ) {
        const until = Math.min(end, (Math.floor(at / window) + 1) * window)
        const entries = await page(at, until - 1, reading)
        yield entries
        window = Math.min(widestWindow, entries.length < until - at ? largestPowerOfTwo(entries.length) : 2 * window)
        at += entries.length
      }
    },
    async consistency(first, second, reading) {
      if (first === 0 || first === second) return []
      const { consistency } = await askFor(
        consistencyText,
        `get-sth-consistency?first=${first}&second=${second}`,
        reading,
      )
      return consistency.map(hashIn)
    },
    async inclusion({ leaf_hash }, size, reading) {
      const hash = encodeURIComponent(Buffer.from(leaf_hash).toString('base64'))
      const { leaf_index, audit_path } = await askFor(
        inclusionText,
        `get-proof-by-hash?hash=${hash}&tree_size=${size}`,
        reading,
      )
      return { index: leaf_index, path: audit_path.map(hashIn) }
    },
    issuer: async () => undefined,
  }
}

function hashIn(base64: string): Uint8Array {
  const hash = Buffer.from(base64, 'base64')
  if (hash.length !== hashLength)
    throw new CtFault({ code: 'ct/answer', expected: 'hashes of 32 bytes', found: `${hash.length} bytes` })
  return hash
}

function largestPowerOfTwo(value: number): number {
  return 2 ** Math.floor(Math.log2(value))
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
