import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/generate/random.ts'
import { makeLog } from '../../test/ct/made-log.ts'
import { promisedIndex, readDataTile, readEntry } from './entry.ts'
import { faultCodes } from './fault-codes.ts'
import { logKeyOf } from './log-key.ts'
import { unverifiedLogList } from './log-list.ts'
import { readCheckpoint, readSth } from './tree-head.ts'

/** The seeds whose mutants once made a reader fail are added here. */
const seeds = [20261123]

const corpus = process.env.COUNTERSEAL_CORPUS

type Random = ReturnType<typeof randomFrom>

/** Some bytes changed, cut off, put in twice, or set to what lengths break at. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const out = Buffer.from(bytes)
  for (let times = random.whole(1, 4); times > 0 && out.length > 0; times -= 1) {
    const at = random.whole(0, out.length - 1)
    const how = random.whole(0, 4)
    if (how === 0) out[at] = random.whole(0, 255)
    else if (how === 1) out[at] = (out[at] ?? 0) ^ (1 << random.whole(0, 7))
    else if (how === 2) out.fill(0xff, at, Math.min(out.length, at + random.whole(1, 4)))
    else if (how === 3) return out.subarray(0, at)
    else return Buffer.concat([out.subarray(0, at), out.subarray(Math.floor(at / 2))])
  }
  return out
}

function expectKnown(result: object, bytes: Uint8Array): void {
  const code = 'fault' in result ? (result.fault as { readonly code: string }).code : undefined
  if (code !== undefined && !(code in faultCodes)) expect.fail(`${code}: ${Buffer.from(bytes).toString('base64')}`)
}

describe('what a log says, damaged', () => {
  it.each(seeds)('is an answer or a fault: nothing throws, nothing lies outside of the bytes (seed %i)', async seed => {
    const random = randomFrom(seed)
    const tiled = makeLog('static-ct-api')
    const plain = makeLog('rfc6962')
    tiled.grow(20)
    plain.grow(4)
    const key = logKeyOf(Buffer.from(tiled.about.key, 'base64'))
    if (key === undefined) throw new Error('it is a key')
    const tile = gunzipSync((await tiled.answer('tile/data/000.p/20')) ?? Buffer.alloc(0))
    const tiles = [
      tile,
      ...(corpus === undefined ? [] : [gunzipped(join(corpus, 'ct/sunlight/navigli2025h2/tile/data/000'))]),
    ]
    const checkpoint = (await tiled.answer('checkpoint')) ?? Buffer.alloc(0)
    const sth = (await plain.answer('ct/v1/get-sth')) ?? Buffer.alloc(0)
    const page = Buffer.from((await plain.answer('ct/v1/get-entries?start=0&end=3')) ?? []).toString('utf8')
    const [first] = (JSON.parse(page) as { entries: { leaf_input: string; extra_data: string }[] }).entries
    const [leaf, extra] = [
      Buffer.from(first?.leaf_input ?? '', 'base64'),
      Buffer.from(first?.extra_data ?? '', 'base64'),
    ]
    for (let n = 0; n < 3000; n += 1) {
      for (const [nth, whole] of tiles.entries()) {
        const bytes = damaged(random, nth === 0 ? whole : whole.subarray(0, 20_000))
        const result = readDataTile(bytes, 0, nth === 0 ? 20 : 10)
        expectKnown(result, bytes)
        if ('entries' in result)
          for (const { der, tbs = der } of result.entries)
            if (der.length > bytes.length || tbs.length > bytes.length)
              expect.fail(Buffer.from(bytes).toString('base64'))
      }
      const [one, other] = [damaged(random, leaf), damaged(random, extra)]
      expectKnown(readEntry(0, one, extra), one)
      expectKnown(readEntry(0, leaf, other), other)
      promisedIndex(one)
      for (const [read, text] of [
        [
          (bytes: Uint8Array) => readCheckpoint(key, tiled.about.origin, Buffer.from(bytes).toString('utf8')),
          checkpoint,
        ],
        [(bytes: Uint8Array) => readSth(key, Buffer.from(bytes).toString('utf8')), sth],
      ] as const) {
        const bytes = damaged(random, text)
        const result = read(bytes)
        expectKnown(result, bytes)
        // Whoever changes a signed text and is believed has broken the signature: or changed what is not signed.
        if ('head' in result) expect(result.head.size).toBe(text === checkpoint ? 20 : 4)
      }
    }
  })

  it.each(seeds)('a damaged log list costs no more than what is damaged (seed %i)', seed => {
    const random = randomFrom(seed)
    const { about } = makeLog('rfc6962')
    const log = {
      description: 'a log',
      log_id: Buffer.from(about.log_id, 'hex').toString('base64'),
      key: about.key,
      mmd: 86_400,
      url: 'https://log.example.test/',
    }
    const list = Buffer.from(JSON.stringify({ operators: [{ name: 'one', logs: [log, { ...log, url: 7 }, log] }] }))
    expect(unverifiedLogList(list.toString('utf8'))).toMatchObject({ logs: [{}, {}], problems: [{ code: 'ct/log' }] })
    for (let n = 0; n < 2000; n += 1) {
      const { logs } = unverifiedLogList(Buffer.from(damaged(random, list)).toString('utf8'))
      for (const { log_id, key } of logs) expect(logKeyOf(Buffer.from(key, 'base64'))?.log_id).toBe(log_id)
    }
  })
})

function gunzipped(path: string): Buffer {
  const bytes = readFileSync(path)
  return bytes[0] === 0x1f ? gunzipSync(bytes) : bytes
}
