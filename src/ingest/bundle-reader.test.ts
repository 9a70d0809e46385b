import { afterAll, expect, it } from 'vitest'
import { integer, plainCertificate } from '../../test/der.ts'
import { BundleReader } from './bundle-reader.ts'
import { readBundle } from './bundle-reading.ts'

const reader = new BundleReader()
const readAt = new Date('2026-01-02T03:04:05Z')

afterAll(() => reader.close())

it('a large bundle is read on another thread to the same lines, also what cannot be read of it', async () => {
  const content = bundle(800)
  expect(content.length).toBeGreaterThan(256 << 10)
  const [first, second] = await Promise.all([reader.read(content, readAt), reader.read(content, readAt)])
  const own = readBundle(content, readAt)
  expect(own).toMatchObject({ records: 801, unreadable: [{ record_number: 800 }] })
  for (const { lines, ...rest } of [first, second]) {
    expect(Buffer.from(lines).equals(Buffer.from(own.lines))).toBe(true)
    const { lines: _, ...expected } = own
    expect(rest).toEqual(expected)
  }
})

it('after its threads have ended it reads on others', async () => {
  const content = bundle(800)
  const cut = reader.read(content, readAt)
  await reader.close()
  await expect(cut).rejects.toThrow('has ended')
  expect((await reader.read(content, readAt)).records).toBe(801)
})

/** Certificates that differ in their serial numbers, and behind them one that is none. */
function bundle(count: number): Buffer {
  const ders = Array.from({ length: count }, (_, nth) => plainCertificate({ serial: integer(nth + 1) }))
  const pem = (der: Uint8Array) =>
    `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`
  return Buffer.from([...ders, Buffer.from('no certificate')].map(pem).join(''))
}
