import { expect, it } from 'vitest'
import { rangesOf } from '../ranges.ts'
import { trustIn, verifyFile } from '../verify.ts'
import { writePe } from './write-pe.ts'
import { writeSignedPe, writeSigner } from './write-signature.ts'

const root = writeSigner('Norrfell Root')
const signer = writeSigner('Norrfell Software', { issuer: root })
const options = { trust: trustIn({ roots: [root.der] }), time: Date.UTC(2026, 0, 5) }

it('what is signed here is valid by its root, and by no other', async () => {
  const file = await writeSignedPe(writePe(), signer)
  expect(await verifyFile(rangesOf(file), options)).toMatchObject({ status: 'valid' })
  const other = { ...options, trust: trustIn({ roots: [writeSigner('Another').der] }) }
  expect(await verifyFile(rangesOf(file), other)).toMatchObject({ status: 'untrusted-root' })
})

it('a file that is changed afterwards is not what was signed', async () => {
  const file = Buffer.from(await writeSignedPe(writePe(), signer))
  file[600] = (file[600] ?? 0) ^ 1
  expect(await verifyFile(rangesOf(file), options)).toMatchObject({ status: 'digest-mismatch' })
})

it('data behind the signature leave it valid, and are told', async () => {
  const { status, doubts } = await verifyFile(
    rangesOf(await writeSignedPe(writePe(), signer, { padding: Buffer.alloc(64, 7) })),
    options,
  )
  expect([status, doubts.map(({ code }) => code).includes('data-in-table')]).toEqual(['valid', true])
})

it('the same names give the same octets', async () => {
  const again = writeSigner('Norrfell Software', { issuer: writeSigner('Norrfell Root') })
  expect(Buffer.compare(await writeSignedPe(writePe(), signer), await writeSignedPe(writePe(), again))).toBe(0)
})
