import { describe, expect, it } from 'vitest'
import { looksLikePem, readPem } from './pem.ts'

const block = (body: string, label = 'CERTIFICATE') => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const read = (text: string) => readPem(Buffer.from(text, 'latin1'))

describe('reading PEM', () => {
  it('a bundle gives its certificates in order, with their places', () => {
    const text = `# a comment\n${block('AAEC')}between\n${block('AwQ=')}`
    const blocks = read(text)
    expect(blocks.map(({ der }) => [...der])).toEqual([
      [0, 1, 2],
      [3, 4],
    ])
    expect(blocks.map(({ byte_offset }) => text.slice(byte_offset, byte_offset + 27))).toEqual([
      '-----BEGIN CERTIFICATE-----',
      '-----BEGIN CERTIFICATE-----',
    ])
    expect(text.slice(blocks[0]?.byte_offset, (blocks[0]?.byte_offset ?? 0) + (blocks[0]?.bytes ?? 0))).toBe(
      block('AAEC').trimEnd(),
    )
  })

  it('other labels that carry certificates are read, keys are not', () => {
    expect(
      read(block('AAEC', 'X509 CERTIFICATE') + block('AAEC', 'TRUSTED CERTIFICATE') + block('AAEC', 'PRIVATE KEY')),
    ).toHaveLength(2)
    expect(looksLikePem(Buffer.from(block('AAEC', 'PRIVATE KEY')))).toBe(false)
  })

  it('line ends of Windows and broken lines do not matter', () => {
    expect(read(block('AA\r\nEC\r').replaceAll('\n', '\r\n')).map(({ der }) => [...der])).toEqual([[0, 1, 2]])
  })

  it('a block without an end is a problem, and its neighbour is read', () => {
    const blocks = read(`-----BEGIN CERTIFICATE-----\nAAEC\n${block('AwQ=')}`)
    expect(blocks.map(({ problem }) => problem?.code)).toEqual(['pem/no-end', undefined])
  })

  it('what is not base64 is a problem', () => {
    expect(read(block('A?EC'))).toMatchObject([{ problem: { code: 'pem/not-base64' } }])
  })

  it('a BEGIN in the middle of a line is no PEM file', () => {
    expect(looksLikePem(Buffer.from('{"pem":"-----BEGIN CERTIFICATE-----"}'))).toBe(false)
  })
})
