import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../bench/generate/random.ts'
import { corpusCertificates } from '../../bench/x509/corpus-certificates.ts'
import { generatedCertificates } from '../../bench/x509/generated-certificates.ts'
import { faultOf, mutant } from '../../bench/x509/mutants.ts'
import { plainCertificate } from '../../test/der.ts'
import { fingerprintsOf, problemCodes, readCertificate } from './index.ts'

/** The seeds whose mutants once made the reader fail are added here. `bench/x509/fuzz.ts` tries a million. */
const seeds = [20261122]

const corpus = process.env.COUNTERSEAL_CORPUS

describe('a damaged certificate', () => {
  const certificates = [
    plainCertificate(),
    ...generatedCertificates(200),
    ...(corpus === undefined ? [] : corpusCertificates(corpus).map(({ der }) => der)),
  ]
  const anyOf = (random: ReturnType<typeof randomFrom>) =>
    certificates[random.whole(0, certificates.length - 1)] as Uint8Array // below the length

  it.each(seeds)('never makes the reader throw, or look outside its bytes (seed %i)', seed => {
    const random = randomFrom(seed)
    for (let n = 0; n < 20_000; n += 1) {
      const bytes = mutant(random, anyOf(random), anyOf(random))
      const reading = readCertificate(bytes)
      const problems = 'problem' in reading ? [reading.problem] : reading.certificate.problems
      if ('certificate' in reading) fingerprintsOf(reading.certificate)
      const strange = problems.find(({ code }) => !(code in problemCodes))
      const fault = strange?.code ?? (n % 4 === 0 ? faultOf(reading, bytes) : undefined)
      if (fault !== undefined) expect.fail(`mutant ${n}: ${fault}\n${Buffer.from(bytes).toString('base64')}`)
    }
  })

  it('is read the same way however often it is read, and in whatever order', () => {
    const random = randomFrom(7)
    const bytes = Array.from({ length: 500 }, () => mutant(random, anyOf(random), anyOf(random)))
    const first = bytes.map(one => JSON.stringify(readCertificate(one)))
    for (let round = 0; round < 4; round += 1)
      for (let i = bytes.length - 1; i >= 0; i -= 1) {
        const one = bytes[i] as Uint8Array // below the length
        if (JSON.stringify(readCertificate(one)) !== first[i]) expect.fail(Buffer.from(one).toString('base64'))
      }
  })
})
