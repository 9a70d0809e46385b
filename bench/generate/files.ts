import { createWriteStream, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Subject } from '../subject.ts'
import { makeNetwork } from './network.ts'
import { eveLine } from './suricata.ts'
import { zeekJsonLine, zeekLogs, zeekTsvHeader, zeekTsvLine } from './zeek.ts'

const seed = 20261122

/** Made-up evidence, `megabytes` (10^6 bytes) a subject; what stands there from an earlier run is used again. */
export async function generatedSubjects(directory: string, megabytes: number): Promise<readonly Subject[]> {
  const each = Math.ceil((megabytes * 1e6) / zeekLogs.length)
  const file = async (name: string, bytes: number, header: string, line: () => string) => {
    const path = join(directory, `${name}-${seed}-${bytes}`)
    if (!existsSync(path)) await writeLines(path, bytes, header, line)
    return path
  }
  mkdirSync(directory, { recursive: true })
  const json: string[] = []
  const tsv: string[] = []
  for (const log of zeekLogs) {
    const [one, other] = [makeNetwork(seed), makeNetwork(seed)]
    json.push(await file(`zeek-${log.path}.json`, each, '', () => zeekJsonLine(log, one)))
    tsv.push(await file(`zeek-${log.path}.log`, each, zeekTsvHeader(log), () => zeekTsvLine(log, other)))
  }
  const network = makeNetwork(seed)
  const eve = await file('eve.json', megabytes * 1e6, '', () => eveLine(network))
  return [
    { name: 'Zeek JSON', producer: 'zeek', format: 'json-lines', files: json },
    { name: 'Suricata EVE', producer: 'suricata', format: 'json-lines', files: [eve] },
    { name: 'Zeek TSV', producer: 'zeek', format: 'zeek-tsv', files: tsv },
  ]
}

async function writeLines(path: string, bytes: number, header: string, line: () => string): Promise<void> {
  function* pieces() {
    let piece = header
    for (let written = 0; written < bytes; ) {
      while (piece.length < 1 << 20 && written + piece.length < bytes) piece += line()
      written += piece.length // every generated character is ASCII
      yield piece
      piece = ''
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(`${path}.partial`))
  renameSync(`${path}.partial`, path)
}

/** Small logs of about 2 KB, each different: what a directory of rotated or per-host logs looks like. */
export function smallFiles(directory: string, count: number, bytes: number): readonly string[] {
  mkdirSync(directory, { recursive: true })
  const network = makeNetwork(seed)
  return Array.from({ length: count }, (_, nth) => {
    const path = join(directory, `small-${String(nth).padStart(4, '0')}`)
    const log = zeekLogs[nth % zeekLogs.length] ?? zeekLogs[0]
    const json = nth % 2 === 0
    let text = json ? '' : zeekTsvHeader(log)
    while (text.length < bytes) text += json ? zeekJsonLine(log, network) : zeekTsvLine(log, network)
    writeFileSync(path, text)
    return path
  })
}
