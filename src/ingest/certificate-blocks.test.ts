import { randomFillSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { readPem } from '../formats/index.ts'
import { certificateBlocks } from './certificate-blocks.ts'

const bytes = (length: number) => randomFillSync(Buffer.alloc(length))

function block(der: Uint8Array, lineLength: number, newline = '\n'): string {
  const base64 = Buffer.from(der).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return `-----BEGIN CERTIFICATE-----${newline}${lines.map(line => line + newline).join('')}-----END CERTIFICATE-----${newline}`
}

/** Plain objects, so that a Buffer and an array with the same bytes are equal. */
function told(blocks: readonly { readonly der: Uint8Array }[]) {
  return blocks.map(one => ({ ...one, der: Buffer.from(one.der).toString('hex') }))
}

it('a bundle is cut as readPem cuts it, whatever the length of its lines', () => {
  for (const lineLength of [64, 76, 100_000])
    for (const newline of ['\n', '\r\n']) {
      const ders = [0, 1, 2, 3, 46, 47, 48, 49, 95, 96, 97, 1000].map(bytes)
      const content = Buffer.from(ders.map(der => block(der, lineLength, newline)).join(''))
      expect(told(certificateBlocks(content))).toEqual(told(readPem(content)))
      expect(told(certificateBlocks(content)).map(({ der }) => der)).toEqual(ders.map(der => der.toString('hex')))
    }
})

it('a bundle that is damaged anywhere is cut as readPem cuts it', () => {
  const content = Buffer.from([300, 301, 302].map(length => block(bytes(length), 64)).join(''))
  let seed = 1
  const next = (below: number) => {
    seed = Math.imul(seed, 1103515245) + 12345
    return (seed >>> 8) % below
  }
  for (let trial = 0; trial < 3000; trial += 1) {
    const damaged = Buffer.from(content)
    for (let times = next(3); times >= 0; times -= 1)
      damaged[next(damaged.length)] = ' \n\r-_=A!+\0'.charCodeAt(next(10))
    const whole = trial % 5 === 0 ? damaged.subarray(0, next(damaged.length)) : damaged
    if (readPem(whole).length > 0) expect(told(certificateBlocks(whole))).toEqual(told(readPem(whole)))
  }
})

it('certificates beside a key, with text around them, are found', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMC4=\n-----END PRIVATE KEY-----\n'
  const content = Buffer.from(`subject=x\n${block(Uint8Array.of(1), 64)}${key}${block(Uint8Array.of(2), 64)}`)
  expect(told(certificateBlocks(content))).toMatchObject([{ byte_offset: 10, der: '01' }, { der: '02' }])
})

it('what is no PEM is one certificate', () => {
  const der = Buffer.from('30820003-----BEGIN CERTIFICATE-----')
  expect(told(certificateBlocks(der))).toEqual([{ byte_offset: 0, bytes: der.length, der: der.toString('hex') }])
})
