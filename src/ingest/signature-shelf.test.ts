import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { mutant } from '../../bench/authenticode/mutants.ts'
import { makeSamples } from '../../bench/authenticode/samples.ts'
import { randomFrom } from '../../bench/generate/random.ts'
import { writePe, writeSignedPe, writeSigner } from '../authenticode/index.ts'
import type { Problem } from '../base/index.ts'
import { SignatureShelf } from './signature-shelf.ts'

const evidence = (path: string, damage: Problem[] = []) => ({ path, candidates: [], damage })
const shelf = () => new SignatureShelf({ tmp: tmpdir() })

/** What is read in the place of a file. */
function lineOf(taken: Awaited<ReturnType<SignatureShelf['takeWhole']>>): Record<string, unknown> {
  if (taken === undefined || !('reader' in taken)) throw new Error('it was not judged')
  const [record] = taken.reader.end().records
  return JSON.parse(Buffer.from(record?.lines[0] ?? '{}').toString()) as Record<string, unknown>
}

describe('files that have signatures', () => {
  it('the octets of a signature are those beside what is signed', async () => {
    const signer = writeSigner('Norrfell')
    const [plain, padded] = [
      await writeSignedPe(writePe(), signer),
      await writeSignedPe(writePe(), signer, { padding: Buffer.alloc(40_000, 1) }),
    ]
    const octets = async (bytes: Uint8Array) => Number(lineOf(await shelf().takeWhole(evidence('a.exe'), bytes)).bytes)
    expect(await octets(plain)).toBeLessThan(2000)
    expect(await octets(padded)).toBe((await octets(plain)) + 40_000)
  })

  it('what did not come whole is not judged', async () => {
    const damage = [{ code: 'archive/truncated', where: 'a' }]
    expect(await shelf().takeWhole(evidence('a.exe', damage), writePe())).toMatchObject({ unknown: expect.anything() })
  })

  it('a file without a signature waits as hashes, once', async () => {
    const one = shelf()
    expect(await one.takeWhole(evidence('a.exe'), writePe())).toBeUndefined()
    expect([...one.settled()].map(file => lineOf(file).status)).toEqual(['unsigned'])
    expect([...one.settled()]).toEqual([])
  })

  it('a damaged file never makes it throw, nor a line that is no JSON (seed 7)', async () => {
    const random = randomFrom(7)
    const samples = await makeSamples()
    const one = shelf()
    let lines = 0
    for (let n = 0; n < 400; n += 1) {
      const { bytes, name } = mutant(random, random.pick(samples), random.pick(samples))
      const taken = await one.takeWhole(evidence(name ?? 'a.exe'), bytes)
      if (taken === undefined || 'unknown' in taken) continue
      const { records } = taken.reader.end()
      expect(records).toHaveLength(1)
      for (const line of records[0]?.lines ?? []) {
        expect(JSON.parse(Buffer.from(line).toString())).toMatchObject({ file_signature: 'verified' })
        expect(line.length).toBeLessThan(600_000)
        lines += 1
      }
    }
    for (const file of one.settled()) lines += file.reader.end().records.length
    expect(lines).toBeGreaterThan(50)
  })
})
