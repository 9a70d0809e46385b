/**
 * Measures reading and verifying files that are large, and files that mean to be.
 *
 *   npx tsx bench/authenticode/speed.ts
 *   npx tsx bench/authenticode/speed.ts --roots /etc/ssl/certs/ca-certificates.crt FILE…
 *
 * --roots PEM   whom to believe about the FILEs (default: nobody)
 * --time ISO    when they must be valid without a timestamp (default: now)
 *
 * Without FILEs it generates: half a GiB of a PE file, an installer and text of which only ranges exist, and a catalog of 20,000
 * files. Prints the status, what was read, the time, and the memory that came with it.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { FileRanges, VerifyOptions } from '../../src/authenticode/index.ts'
import { rangesOf, trustIn, verifyFile, writeCompoundFile, writePe } from '../../src/authenticode/index.ts'
import { during, installer, makeCatalog } from '../../test/authenticode-files.ts'
import { makeParties } from '../../test/authenticode-parties.ts'

const { values, positionals } = parseArgs({
  options: { roots: { type: 'string' }, time: { type: 'string' } },
  allowPositionals: true,
})

const pem = /-----BEGIN CERTIFICATE-----([^-]{1,100000})-----END CERTIFICATE-----/g

async function measure(name: string, file: FileRanges, options: VerifyOptions): Promise<void> {
  let octets = 0
  const counted: FileRanges = {
    size: file.size,
    read(start, end) {
      octets += end - start
      return file.read(start, end)
    },
  }
  const before = performance.now()
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 5)
  const { status, doubts, signatures } = await verifyFile(counted, { ...options, name, catalogs: [] })
  const took = performance.now() - before
  clearInterval(watch)
  const memory = Math.max(most, process.memoryUsage().rss) / 2 ** 20
  const codes = [...new Set(doubts.map(({ code }) => code))].join(' ')
  const signer = signatures[0]?.signature.certificate?.subject?.text.slice(0, 60) ?? ''
  const cells = [
    name,
    status,
    signer,
    codes,
    `${(octets / 2 ** 20).toFixed(0)} MiB`,
    `${took.toFixed(0)} ms`,
    `${memory.toFixed(0)} MiB`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

/** A file of which the beginning exists, and behind it as many of these octets as are asked for. */
function grown(start: Uint8Array, size: number, filler: number): FileRanges {
  return {
    size,
    read(from, to) {
      const octets = new Uint8Array(to - from).fill(filler)
      octets.set(start.subarray(Math.min(from, start.length), Math.min(to, start.length)))
      return octets
    },
  }
}

console.log('| file | status | signer | doubts | read | time | memory of the process |\n|---|---|---|---|--:|--:|--:|')
if (positionals.length > 0) {
  const text = values.roots === undefined ? '' : readFileSync(values.roots, 'latin1')
  const roots = [...text.matchAll(pem)].map(([, base64 = '']) => Buffer.from(base64, 'base64'))
  const time = values.time === undefined ? Date.now() : Date.parse(values.time)
  for (const path of positionals) {
    const descriptor = openSync(path, 'r')
    const read = (start: number, end: number) => {
      const octets = new Uint8Array(end - start)
      return octets.subarray(0, readSync(descriptor, octets, 0, end - start, start))
    }
    const name = path.split('/').at(-1) ?? path
    await measure(name, { size: fstatSync(descriptor).size, read }, { trust: trustIn({ roots }), time })
    closeSync(descriptor)
  }
} else {
  const parties = makeParties()
  const options = { trust: trustIn({ roots: [parties.root.der] }), time: during }
  const half = 2 ** 29
  await measure('large.exe', grown(writePe(), half, 1), options)
  await measure('zeros.msi', grown(writeCompoundFile(installer), half, 0), options)
  // Every sector is said to hold a table, and every number leads to the next but one.
  const header = Buffer.from(writeCompoundFile(installer)).subarray(0, 512)
  for (let i = 0; i < 109; i += 1) header.writeUInt32LE(i, 76 + 4 * i)
  header.writeUInt32LE(200, 68)
  await measure('tables.msi', grown(header, half, 1), options)
  await measure('text.ps1', grown(Buffer.from('# SIG # Begin signature block\r\n'), 2 ** 24, 0x41), options)
  await measure('text', grown(Buffer.from('x'), 2 ** 24, 0xe9), options)
  const members = Array.from({ length: 20_000 }, (_, i) => {
    const digest = Buffer.alloc(32)
    digest.writeUInt32LE(i)
    return { tag: digest.toString('hex').toUpperCase(), digest, file: `file-${i}.sys` }
  })
  await measure('large.cat', rangesOf(makeCatalog(parties, members)), options)
}
