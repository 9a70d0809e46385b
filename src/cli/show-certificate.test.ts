import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { root } from '../../test/run-cli.ts'
import { readPem } from '../formats/index.ts'
import type { CertificateKnowledge } from '../search/index.ts'
import { fingerprintsOf, readCertificate } from '../x509/index.ts'
import type { Output } from './output.ts'
import { certificateRecord, pemOf, showCertificate } from './show-certificate.ts'
import type { ShownCertificate } from './shown-certificates.ts'

const nothing: ShownCertificate = { decoded: undefined, unreadable: undefined, der: undefined, knowledge: undefined }

function knowledge(text: string): CertificateKnowledge {
  return {
    summary: {
      certificate_id: 'ab'.repeat(16),
      has_der: false,
      issuance: 'cd'.repeat(16),
      sha1: 'ef'.repeat(20),
      subject: text,
      issuer: text,
      serial: text,
      names: [text],
      apexes: [],
      owner: text,
      key_algorithm: text,
      signature_algorithm: text,
      problems: [text],
    },
    der: undefined,
    known_as: [],
    values: [],
    met: [{ address: '192.0.2.1', port: 443, sightings: ['tls'], server_name: text, first_seen: 'x', last_seen: 'y' }],
    places: 1,
    sightings: [{ sighting: 'tls', source: text, sightings: 2, first_seen: 'x', last_seen: 'y' }],
    twins: [{ certificate_id: '12'.repeat(16), is_precertificate: true }],
    key_use: { certificates: 2, owners: 2, some_owners: [text, 'b'] },
  }
}

function linesOf(shown: ShownCertificate): readonly string[] {
  const lines: string[] = []
  const output: Output = { json: false, color: false, line: text => void lines.push(text), record() {}, note() {} }
  showCertificate(output, shown)
  return lines
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
const unsafe = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/

describe('a certificate on the screen', () => {
  it('says that only a hash is known, and shows what sensors said', () => {
    const text = linesOf({ ...nothing, knowledge: knowledge('CN=a.example') }).join('\n')
    for (const part of [
      'CN=a.example',
      'hash only: the bytes were never seen',
      'sha256          not known',
      'ef'.repeat(20),
      '192.0.2.1',
      '12'.repeat(16),
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('not in this store')
  })

  it('says that it is not in the store, and shows what its bytes say', () => {
    const [block] = readPem(readFileSync(`${root}/examples/certificates/nas.norrfell.example.pem`))
    const reading = readCertificate(block?.der ?? new Uint8Array())
    if (!('certificate' in reading)) throw new Error('the example cannot be read')
    const { certificate } = reading
    const shown = {
      ...nothing,
      der: certificate.der,
      decoded: { certificate, fingerprints: fingerprintsOf(certificate) },
    }
    const text = linesOf(shown).join('\n')
    for (const part of [
      'not in this store',
      'CN=nas.norrfell.example',
      '920bface5efc19b4',
      'uri urn:norrfell:rack:4,slot:2',
      '(not verified)',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('hash only')
    expect(certificateRecord(shown)).toMatchObject({
      type: 'certificate',
      stored: false,
      decoded: { serial: '1F4C22' },
    })
    expect(readPem(Buffer.from(pemOf(certificate.der)))[0]?.der).toEqual(new Uint8Array(certificate.der))
  })

  it('says what is wrong with bytes that cannot be read', () => {
    const unreadable = { code: 'x509/unreadable', expected: 'a DER certificate' }
    const text = linesOf({ ...nothing, der: Buffer.from('x'), unreadable }).join('\n')
    expect(text).toContain('its bytes cannot be read: x509/unreadable')
  })

  it('lets no name repaint the screen or hide what follows', () => {
    for (const hostile of ['\u001b[2J\u001b]0;x\u0007', 'a\r\nb', '\u202egnp.exe', '\u2028', '\0', '\u009b31m']) {
      for (const line of linesOf({ ...nothing, knowledge: knowledge(hostile) }))
        expect(line, JSON.stringify(hostile)).not.toMatch(unsafe)
    }
  })
})
