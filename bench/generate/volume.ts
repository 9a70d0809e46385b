import { createWriteStream, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { makeNetwork } from './network.ts'
import { makeWindowsLog } from './windows.ts'
import { zeekJsonLine, zeekLogs, zeekTsvHeader, zeekTsvLine } from './zeek.ts'

const seed = 20261122

/**
 * One file of JSON lines, half of its bytes Zeek's, half Windows events', mixed throughout: as a collector writes that
 * takes from everywhere. What stands there from an earlier run is used again.
 */
export async function mixedFile(directory: string, gigabytes: number): Promise<string> {
  const path = join(directory, `mixed-${seed}-${gigabytes}GB.ndjson`)
  if (existsSync(path)) return path
  mkdirSync(directory, { recursive: true })
  const network = makeNetwork(seed)
  const windows = makeWindowsLog()
  function* pieces() {
    let [zeek, win, nth] = [0, 0, 0]
    while (zeek + win < gigabytes * 1e9) {
      const lines: string[] = []
      for (let length = 0; length < 1 << 20; ) {
        nth += 1
        const isZeek = zeek <= win
        const line = isZeek
          ? zeekJsonLine(zeekLogs[nth % zeekLogs.length] ?? zeekLogs[0], network)
          : windows.line(network)
        if (isZeek) zeek += line.length
        else win += line.length
        length += line.length
        lines.push(line)
      }
      yield lines.join('')
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(`${path}.partial`))
  renameSync(`${path}.partial`, path)
  return path
}

/** A tree of small logs, a thousand to a directory, each different: rotated hourly, one per host. */
export function manySmallFiles(directory: string, count: number, bytes: number): string {
  const root = join(directory, `small-${seed}-${count}x${bytes}`)
  if (existsSync(join(root, 'complete'))) return join(root, 'logs')
  const network = makeNetwork(seed)
  for (let nth = 0; nth < count; nth += 1) {
    const path = join(root, 'logs', String(Math.floor(nth / 1000)), `log-${nth % 1000}`)
    if (nth % 1000 === 0) mkdirSync(dirname(path), { recursive: true })
    const log = zeekLogs[nth % zeekLogs.length] ?? zeekLogs[0]
    const json = nth % 2 === 0
    let text = json ? '' : zeekTsvHeader(log)
    while (text.length < bytes) text += json ? zeekJsonLine(log, network) : zeekTsvLine(log, network)
    writeFileSync(path, text)
  }
  writeFileSync(join(root, 'complete'), '')
  return join(root, 'logs')
}
