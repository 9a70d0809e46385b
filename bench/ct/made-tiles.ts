import { generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { CtLog } from '../../src/ct/index.ts'
import { logFromKey } from '../../src/ct/index.ts'
import { uintBytes } from '../../src/ct/octets.ts'
import { checkpointKeyId, treeHeadMessage } from '../../src/ct/tree-head.ts'
import { emptyFrontier, foldHashes, grown, leafHash, rootOf, tilePath, tileWidth } from '../../src/merkle/index.ts'
import { uintVector } from '../../test/ct/made-entry.ts'
import { makeCertificates } from '../certificates/make-certificates.ts'

/**
 * The tiles of a static-ct log with so many entries, on the disk and packed as a log serves them: certificates as a crawl of the Internet has them (see
 * bench/certificates), without issuers. Takes 40 µs an entry.
 */
export function makeTiles(directory: string, count: number): CtLog {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const origin = 'bench.example.test'
  const about = logFromKey(publicKey.export({ type: 'spki', format: 'der' }), origin)
  if (about === undefined) throw new Error('a key that was just made is one')
  const certificate = makeCertificates(7)
  const write = (path: string, content: Uint8Array) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  const began = Date.now() - count
  let frontier = emptyFrontier
  const levels: Uint8Array[][] = [[], [], []]
  for (let first = 0; first < count; first += tileWidth) {
    const width = Math.min(tileWidth, count - first)
    const leaves: Uint8Array[] = []
    const hashes: Uint8Array[] = []
    for (let index = first; index < first + width; index += 1) {
      const extensions = Buffer.concat([Uint8Array.of(0), uintVector(uintBytes(index, 5), 2)])
      const timestamped = Buffer.concat([
        uintBytes(began + index, 8),
        uintBytes(0, 2),
        uintVector(certificate(count), 3),
        uintVector(extensions, 2),
      ])
      leaves.push(timestamped, uintVector(new Uint8Array(), 2))
      hashes.push(leafHash(Buffer.concat([Uint8Array.of(0, 0), timestamped])))
    }
    frontier = grown(frontier, hashes)
    const nth = first / tileWidth
    write(`tile/${tilePath('data', nth, width)}`, gzipSync(Buffer.concat(leaves), { level: 6 }))
    write(`tile/${tilePath('0', nth, width)}`, Buffer.concat(hashes))
    if (width === tileWidth) levels[1]?.push(foldHashes(hashes))
  }
  for (const level of [1, 2]) {
    const hashes = levels[level] ?? []
    for (let first = 0; first < hashes.length; first += tileWidth) {
      const part = hashes.slice(first, first + tileWidth)
      write(`tile/${tilePath(String(level), first / tileWidth, part.length)}`, Buffer.concat(part))
      if (part.length === tileWidth) levels[level + 1]?.push(foldHashes(part))
    }
  }
  const head = { size: count, root: rootOf(frontier), timestamp: Date.now() }
  const signed = Buffer.concat([Uint8Array.of(4, 3), uintVector(sign('sha256', treeHeadMessage(head), privateKey), 2)])
  const signature = Buffer.concat([checkpointKeyId(origin, about), uintBytes(head.timestamp, 8), signed])
  const root = Buffer.from(head.root).toString('base64')
  write('checkpoint', Buffer.from(`${origin}\n${count}\n${root}\n\n— ${origin} ${signature.toString('base64')}\n`))
  return about
}
