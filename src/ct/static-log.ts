import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import type { TileAt } from '../merkle/index.ts'
import {
  consistencyProof,
  inclusionProof,
  subtreesFromTiles,
  tileHashes,
  tilePath,
  tileWidth,
} from '../merkle/index.ts'
import type { LogEntry } from './entry.ts'
import { readDataTile } from './entry.ts'
import { CtFault } from './fault-codes.ts'
import type { Log, Reading } from './log.ts'
import { logKeyOf } from './log-key.ts'
import type { CtLog } from './log-list.ts'
import type { Transport } from './transport.ts'
import { longestHead, longestTile } from './transport.ts'
import { readCheckpoint } from './tree-head.ts'

/** An issuer is one certificate. */
const longestIssuer = 1 << 20

/** Data tiles that are asked for at once. How many requests a log gets, its turnstile decides. */
const tilesAhead = 4

/** A log that speaks static-ct-api (C2SP), over HTTP or from a directory of its tiles. */
export function staticLog(about: CtLog, transport: Transport): Log {
  const key = logKeyOf(Buffer.from(about.key, 'base64'))
  if (key === undefined) throw new RangeError(`${about.description} has no key of a log`)

  /** The tile of that width; where the partial one is gone, as much of the whole one. */
  async function tile(
    kind: string,
    { index, width }: Pick<TileAt, 'index' | 'width'>,
    reading: Reading,
  ): Promise<{ bytes: Uint8Array; held: number }> {
    const options = { atMost: longestTile, ...reading }
    const path = `tile/${tilePath(kind, index, width)}`
    const exact = await transport.read(path, options)
    if (exact !== undefined) return { bytes: plain(kind, exact), held: width }
    const whole =
      width === tileWidth ? undefined : await transport.read(`tile/${tilePath(kind, index, tileWidth)}`, options)
    if (whole === undefined)
      throw new CtFault({ code: 'ct/tile-missing', where: path, expected: 'a tile that the signed head asks for' })
    return { bytes: plain(kind, whole), held: tileWidth }
  }

  async function hashes(at: TileAt, reading: Reading): Promise<readonly Uint8Array[]> {
    const { bytes, held } = await tile(String(at.level), at, reading)
    const found = tileHashes(bytes, held)
    if (found === undefined)
      throw new CtFault({
        code: 'ct/tile',
        where: `tile/${tilePath(String(at.level), at.index, at.width)}`,
        expected: `${held * 32} bytes`,
        found: `${bytes.length} bytes`,
      })
    return found.slice(0, at.width)
  }

  async function dataTile(index: number, size: number, reading: Reading): Promise<readonly LogEntry[]> {
    const first = index * tileWidth
    const { bytes, held } = await tile('data', { index, width: Math.min(tileWidth, size - first) }, reading)
    const result = readDataTile(bytes, first, held)
    if ('fault' in result) throw new CtFault(result.fault)
    return result.entries
  }

  return {
    about,
    async head(reading) {
      const bytes = await transport.read('checkpoint', { atMost: longestHead, ...reading })
      if (bytes === undefined) throw new CtFault({ code: 'ct/head', expected: 'a checkpoint', found: 'nothing' })
      const result = readCheckpoint(key, about.origin, Buffer.from(bytes).toString('utf8'))
      if ('fault' in result) throw new CtFault(result.fault)
      return result.head
    },
    async *entries({ begin, end, size }, reading) {
      const tiles: Promise<readonly LogEntry[]>[] = []
      let index = Math.floor(begin / tileWidth)
      while (index * tileWidth < end || tiles.length > 0) {
        for (; tiles.length < tilesAhead && index * tileWidth < end; index += 1) {
          const entries = dataTile(index, size, reading)
          entries.catch(() => undefined) // awaited below, when it is its turn
          tiles.push(entries)
        }
        const next = tiles.shift()
        if (next !== undefined) yield within(await next, begin, end)
      }
    },
    consistency: (first, second, reading) =>
      consistencyProof(
        first,
        second,
        subtreesFromTiles(second, at => hashes(at, reading)),
      ),
    inclusion: async ({ index }, size, reading) => ({
      index,
      path: await inclusionProof(
        index,
        size,
        subtreesFromTiles(size, at => hashes(at, reading)),
      ),
    }),
    async issuer(sha256, reading) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined
      const der = await transport.read(`issuer/${sha256}`, { atMost: longestIssuer, ...reading })
      if (der !== undefined && createHash('sha256').update(der).digest('hex') !== sha256)
        throw new CtFault({ code: 'ct/issuer', where: `issuer/${sha256}`, expected: 'the certificate with that hash' })
      return der
    },
  }
}

function within(entries: readonly LogEntry[], begin: number, end: number): readonly LogEntry[] {
  return entries.filter(({ index }) => index >= begin && index < end)
}

/** Data tiles are kept packed, and some servers do not say so. An entry begins with a time, whose first bytes are zeros. */
function plain(kind: string, bytes: Uint8Array): Uint8Array {
  if (kind !== 'data' || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: longestTile })
  } catch {
    throw new CtFault({ code: 'ct/entry', expected: 'a tile that can be unpacked' })
  }
}
