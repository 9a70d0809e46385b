import { describe, expect, it } from 'vitest'
import { CertutilReader } from './certutil-reader.ts'

const sha1 = '1f3d38f280635f275be92b87cf83e40e40458400'
const text = [
  'Root "Vertrauenswürdige Stammzertifizierungsstellen"',
  '================ Zertifikat 0 ================',
  'Seriennummer: 0a',
  'Aussteller: CN=Zürich "A", DC=example',
  ' Nicht vor: 01.01.2026 01:00',
  ' Nicht nach: 01.01.2027 01:00',
  'Antragsteller: CN=Zürich "A", DC=example',
  `Zertifikathash(sha1): ${sha1}`,
  '',
  '================ CRL 0 ================',
  'Aussteller:',
  '    CN=Beispiel',
  ' Diese Aktualisierung: 23.03.2001 17:00',
  '================ Zertifikat 1 ================',
  'Seriennummer: 0b',
].join('\r\n')

function read(bytes: Uint8Array, step = bytes.length) {
  const reader = new CertutilReader()
  for (let at = 0; at < bytes.length; at += step) expect(reader.add(bytes.subarray(at, at + step))).toEqual([])
  return [...(reader.end().more ?? [])].map(({ lines, problem, text: shown }) => ({
    line: lines.map(line => JSON.parse(Buffer.from(line).toString('utf8'))),
    problem: problem?.code,
    shown: Buffer.from(shown).toString('utf8'),
  }))
}

describe('the reader of certutil -store', () => {
  it('makes a line of each certificate and list, and keeps what it cannot read', () => {
    const [certificate, list, cut] = read(Buffer.from(text))
    expect(certificate?.line).toMatchObject([
      { certutil_store: 'text', is: 'certificate', store: 'Root', subject: 'CN=Zürich "A", DC=example', sha1 },
    ])
    expect(list?.line).toMatchObject([{ certutil_store: 'text', is: 'list' }])
    expect(cut).toMatchObject({ line: [], problem: 'certutil/no-hash', shown: expect.stringContaining('0b') })
  })

  it('gives the same however the bytes come, and the same facts in UTF-16', () => {
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le')
    expect(read(Buffer.from(text), 7)).toEqual(read(Buffer.from(text)))
    expect(read(wide, 7)).toEqual(read(wide))
    const facts = (bytes: Uint8Array) => read(bytes).map(({ line, shown }) => [{ ...line[0], evidence: '' }, shown])
    expect(facts(wide)).toEqual(facts(Buffer.from(text)))
  })
})
