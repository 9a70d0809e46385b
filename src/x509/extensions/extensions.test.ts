import { describe, expect, it } from 'vitest'
import {
  bits,
  boolean,
  element,
  extension,
  integer,
  name,
  nothing,
  octets,
  oid,
  plainCertificate,
  primitive,
  sequence,
  set,
  tagged,
  text,
} from '../../../test/der.ts'
import { readCertificate } from '../read.ts'
import type { Extensions } from './index.ts'
import { extensionReaders } from './list.ts'

const latin1 = (characters: string) => Buffer.from(characters, 'latin1')
const uri = (value: string) => primitive(6, latin1(value))
const directory = tagged(4, name([['CN', 'Norrfell']]))
const describedAs = (method: string, location: Uint8Array) => sequence(oid(method), location)
const pointTo = (...names: readonly Uint8Array[]) => sequence(tagged(0, tagged(0, ...names)))
const logId = Buffer.alloc(32, 0xab)
const uint16 = (value: number) => Uint8Array.of(value >> 8, value & 0xff)
const vector = (contents: Uint8Array) => Buffer.concat([uint16(contents.length), contents])
const sct = (version: number, extensions: Uint8Array = new Uint8Array()) =>
  Buffer.concat([
    Uint8Array.of(version),
    logId,
    Uint8Array.of(0, 0, 1, 0x8b, 0xcf, 0xe5, 0x68, 0),
    vector(extensions),
    Uint8Array.of(4, 3),
    vector(Uint8Array.of(1, 2, 3)),
  ])
const sctList = (...scts: readonly Uint8Array[]) => octets(vector(Buffer.concat(scts.map(vector))))
const sid = (type: string, value: Uint8Array) => sequence(tagged(0, oid(type), tagged(0, value)))

type Example = {
  readonly value: Uint8Array
  readonly is: unknown
  /** Others that must be left out, each with the code that says why. */
  readonly refused: readonly (readonly [value: Uint8Array, code: string])[]
}

const noNames: readonly (readonly [Uint8Array, string])[] = [
  [primitive(2, latin1('no.sequence.example')), 'der/tag'],
  [new Uint8Array(), 'der/missing'],
]
const noOctets: readonly (readonly [Uint8Array, string])[] = [
  [latin1('\x04\x09abc'), 'der/beyond-parent'],
  [sequence(), 'der/tag'],
]
const noBits: readonly (readonly [Uint8Array, string])[] = [
  [element(3), 'der/bit-string'],
  [bits(Uint8Array.of(0x80), 9), 'der/bit-string'],
  [octets(Uint8Array.of(0x80)), 'der/tag'],
]

const examples: Readonly<Record<keyof Extensions, Example>> = {
  subject_alt_name: {
    value: sequence(
      primitive(2, latin1('WWW.Norrfell.example')),
      primitive(1, latin1('me@norrfell.example')),
      uri('spiffe://norrfell.example/a'),
      primitive(7, Uint8Array.of(192, 0, 2, 7)),
      primitive(7, Buffer.from('20010db8000000000000000000000007', 'hex')),
      primitive(8, Uint8Array.of(0x2a, 3)),
      tagged(0, oid('1.3.6.1.4.1.311.20.2.3'), tagged(0, text('utf8', 'svc@norrfell.example'))),
      tagged(0, oid('1.2.3'), tagged(0, integer(7))),
    ),
    is: [
      { type: 'dns', value: 'WWW.Norrfell.example' },
      { type: 'email', value: 'me@norrfell.example' },
      { type: 'uri', value: 'spiffe://norrfell.example/a' },
      { type: 'ip', value: '192.0.2.7' },
      { type: 'ip', value: '2001:db8::7' },
      { type: 'registered_id', value: '1.2.3' },
      { type: 'other', oid: '1.3.6.1.4.1.311.20.2.3', value: 'svc@norrfell.example' },
      { type: 'other', oid: '1.2.3', value: '020107' },
    ],
    refused: noNames,
  },
  issuer_alt_name: {
    value: sequence(directory, tagged(3, integer(1)), tagged(5, integer(2))),
    is: [
      { type: 'directory', value: { text: 'CN=Norrfell' } },
      { type: 'x400', value: 'a303020101' },
      { type: 'edi', value: 'a503020102' },
    ],
    refused: noNames,
  },
  subject_key_identifier: { value: octets(Uint8Array.of(1, 0xab)), is: '01ab', refused: noOctets },
  authority_key_identifier: {
    value: sequence(primitive(0, Uint8Array.of(1, 0xab)), tagged(1, directory), primitive(2, Uint8Array.of(0xff))),
    is: { key_identifier: '01ab', issuer: [{ type: 'directory', value: { text: 'CN=Norrfell' } }], serial: '-01' },
    refused: [[octets(Uint8Array.of(1)), 'der/tag']],
  },
  key_usage: {
    value: bits(Uint8Array.of(0xa0, 0x80), 7),
    is: ['digitalSignature', 'keyEncipherment', 'decipherOnly'],
    refused: noBits,
  },
  extended_key_usage: {
    value: sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.2.3.4')),
    is: ['serverAuth', '1.2.3.4'],
    refused: [[oid('1.3.6.1.5.5.7.3.1'), 'der/tag']],
  },
  basic_constraints: {
    value: sequence(boolean(true), integer(3)),
    is: { ca: true, path_length: 3 },
    refused: [[set(), 'der/tag']],
  },
  certificate_policies: {
    value: sequence(
      sequence(oid('2.23.140.1.2.1')),
      sequence(
        oid('1.2.3'),
        sequence(
          sequence(oid('1.3.6.1.5.5.7.2.1'), text('ia5', 'https://norrfell.example/cps')),
          sequence(oid('1.3.6.1.5.5.7.2.2'), sequence(sequence(text('utf8', 'O'), sequence()), text('bmp', 'Læs mig'))),
          sequence(oid('1.2.3.4'), nothing),
        ),
      ),
    ),
    is: [
      { oid: '2.23.140.1.2.1', cps: [], notices: [] },
      { oid: '1.2.3', cps: ['https://norrfell.example/cps'], notices: ['Læs mig'] },
    ],
    refused: [[oid('2.23.140.1.2.1'), 'der/tag']],
  },
  policy_mappings: {
    value: sequence(sequence(oid('1.2.3'), oid('1.2.4'))),
    is: [['1.2.3', '1.2.4']],
    refused: [[nothing, 'der/tag']],
  },
  policy_constraints: {
    value: sequence(primitive(0, Uint8Array.of(2)), primitive(1, Uint8Array.of(0))),
    is: { require_explicit_policy: 2, inhibit_policy_mapping: 0 },
    refused: [[nothing, 'der/tag']],
  },
  inhibit_any_policy: {
    value: integer(4),
    is: 4,
    refused: [
      [sequence(), 'der/tag'],
      [integer(2n ** 80n), 'der/integer'],
    ],
  },
  name_constraints: {
    value: sequence(
      tagged(0, sequence(primitive(2, latin1('norrfell.example'))), sequence(directory)),
      tagged(
        1,
        sequence(primitive(7, Uint8Array.of(10, 0, 0, 0, 255, 0, 0, 0))),
        sequence(
          primitive(
            7,
            Buffer.concat([Buffer.from('20010db8', 'hex'), Buffer.alloc(12), Buffer.alloc(4, 255), Buffer.alloc(12)]),
          ),
        ),
      ),
    ),
    is: {
      permitted: [
        { type: 'dns', value: 'norrfell.example' },
        { type: 'directory', value: { text: 'CN=Norrfell' } },
      ],
      excluded: [
        { type: 'ip', value: '10.0.0.0/255.0.0.0' },
        { type: 'ip', value: '2001:db8::/ffff:ffff::' },
      ],
    },
    refused: [[nothing, 'der/tag']],
  },
  authority_information_access: {
    value: sequence(
      describedAs('1.3.6.1.5.5.7.48.1', uri('http://ocsp.norrfell.example')),
      describedAs('1.3.6.1.5.5.7.48.2', directory),
      describedAs('1.2.3', uri('http://c')),
    ),
    is: [
      { method: 'ocsp', location: { type: 'uri', value: 'http://ocsp.norrfell.example' } },
      { method: 'ca_issuers', location: { type: 'directory', value: { text: 'CN=Norrfell' } } },
      { method: '1.2.3', location: { type: 'uri', value: 'http://c' } },
    ],
    refused: [[uri('http://ocsp.norrfell.example'), 'der/tag']],
  },
  subject_information_access: {
    value: sequence(describedAs('1.3.6.1.5.5.7.48.5', uri('rsync://norrfell.example/repo'))),
    is: [{ method: 'ca_repository', location: { type: 'uri', value: 'rsync://norrfell.example/repo' } }],
    refused: [[nothing, 'der/tag']],
  },
  crl_distribution_points: {
    value: sequence(
      pointTo(uri('http://c.norrfell.example/1.crl'), directory),
      sequence(tagged(2, directory)),
      pointTo(uri('ldap://norrfell.example')),
    ),
    is: ['http://c.norrfell.example/1.crl', 'ldap://norrfell.example'],
    refused: [[nothing, 'der/tag']],
  },
  freshest_crl: {
    value: sequence(pointTo(uri('http://c.norrfell.example/d.crl'))),
    is: ['http://c.norrfell.example/d.crl'],
    refused: [[nothing, 'der/tag']],
  },
  signed_certificate_timestamps: {
    value: sctList(sct(0), sct(0, Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 9))),
    is: [
      {
        version: 0,
        log_id: 'ab'.repeat(32),
        timestamp: 1_700_000_000_000,
        extensions: new Uint8Array(),
        hash_algorithm: 4,
        signature_algorithm: 3,
        signature: Uint8Array.of(1, 2, 3),
      },
      { extensions: Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 9) },
    ],
    refused: [
      [sequence(), 'der/tag'],
      [octets(Uint8Array.of(0)), 'extension/unreadable'],
      [octets(Uint8Array.of(0, 3, 0, 1, 7)), 'extension/unreadable'],
    ],
  },
  precertificate_poison: { value: nothing, is: true, refused: [] },
  tls_feature: { value: sequence(integer(5), integer(17)), is: [5, 17], refused: [[integer(5), 'der/tag']] },
  microsoft_template_name: {
    value: text('bmp', 'Machine'),
    is: 'Machine',
    refused: [[integer(5), 'name/not-a-string']],
  },
  microsoft_template: {
    value: sequence(oid('1.3.6.1.4.1.311.21.8.1.2'), integer(100), integer(7)),
    is: { oid: '1.3.6.1.4.1.311.21.8.1.2', major: 100, minor: 7 },
    refused: [[sequence(integer(1)), 'der/tag']],
  },
  microsoft_ca_version: {
    value: integer(0x20003),
    is: { certificate: 3, key: 2 },
    refused: [[octets(Uint8Array.of(1)), 'der/tag']],
  },
  microsoft_previous_ca_certificate: { value: octets(Buffer.alloc(20, 7)), is: '07'.repeat(20), refused: noOctets },
  microsoft_sid: {
    value: sid('1.3.6.1.4.1.311.25.2.1', octets(latin1('S-1-5-21-1004336348-1177238915-682003330-512'))),
    is: 'S-1-5-21-1004336348-1177238915-682003330-512',
    refused: [
      [sid('1.3.6.1.4.1.311.25.2.1', octets(latin1('S-1-5-21; DROP'))), 'extension/value'],
      [sid('1.2.3', octets(latin1('S-1-5-21'))), 'extension/value'],
      [sequence(), 'der/missing'],
    ],
  },
  netscape_certificate_type: { value: bits(Uint8Array.of(0x44), 2), is: ['sslServer', 'sslCA'], refused: noBits },
  netscape_comment: {
    value: text('ia5', 'made by a printer'),
    is: 'made by a printer',
    refused: [[sequence(), 'name/not-a-string']],
  },
}

function readOne(field: string, value: Uint8Array) {
  const dotted = extensionReaders.find(reader => reader.field === field)?.oid ?? ''
  const reading = readCertificate(plainCertificate({ extensions: [extension(dotted, value)] }))
  if ('problem' in reading) throw new Error(JSON.stringify(reading.problem))
  return reading.certificate
}

describe('an extension', () => {
  it.each(Object.entries(examples))('%s is read', (field, { value, is }) => {
    // The third time it comes out of what was kept.
    for (let time = 0; time < 3; time += 1) {
      const { extensions, extension_list, problems } = readOne(field, value)
      expect({ [field]: is }).toMatchObject({ [field]: is })
      expect(extensions).toMatchObject({ [field]: is })
      expect(Buffer.from(extension_list[0]?.value ?? []).equals(value)).toBe(true)
      expect(problems).toEqual([])
    }
  })

  it.each(Object.entries(examples))('%s that is not what it should be stays in the list', (field, { refused }) => {
    for (const [value, code] of refused) {
      const { extensions, extension_list, problems } = readOne(field, value)
      expect(Object.keys(extensions)).toEqual([])
      expect(extension_list).toHaveLength(1)
      expect(problems.map(problem => problem.code)).toContain(code)
    }
  })

  it.each(Object.entries(examples))('%s with something behind it is read, with a problem', (field, { value }) => {
    const { extensions, problems } = readOne(field, Buffer.concat([value, Uint8Array.of(5, 0)]))
    expect(Object.keys(extensions)).toEqual([field])
    expect(problems.map(problem => problem.code)).toContain('der/trailing-bytes')
  })

  it('the first of two is told, the second is in the list', () => {
    const [first, second] = [sequence(boolean(true)), sequence()]
    const bytes = plainCertificate({ extensions: [extension('2.5.29.19', first), extension('2.5.29.19', second)] })
    const reading = readCertificate(bytes)
    expect(reading).toMatchObject({
      certificate: { extensions: { basic_constraints: { ca: true } }, problems: [{ code: 'extension/duplicate' }] },
    })
    expect('certificate' in reading && reading.certificate.extension_list).toHaveLength(2)
  })

  it('an unknown one is in the list; critical, it is a problem', () => {
    const of = (critical: boolean) =>
      readCertificate(plainCertificate({ extensions: [extension('1.2.3', nothing, critical)] }))
    expect(of(false)).toMatchObject({
      certificate: { extension_list: [{ oid: '1.2.3', name: '1.2.3' }], problems: [] },
    })
    expect(of(true)).toMatchObject({ certificate: { problems: [{ code: 'extension/unknown-critical' }] } })
  })

  it('poison is poison whatever stands in it', () => {
    expect(readOne('precertificate_poison', integer(1))).toMatchObject({
      extensions: { precertificate_poison: true },
      problems: [{ code: 'der/tag' }],
    })
  })

  it('a path length in something that is no CA, or a negative one, is told with a problem', () => {
    for (const value of [sequence(integer(1)), sequence(boolean(true), integer(Uint8Array.of(0xff)))])
      expect(readOne('basic_constraints', value).problems).toMatchObject([{ code: 'extension/value' }])
  })

  it('what was kept cannot be changed through one certificate for the next', () => {
    const value = bits(Uint8Array.of(0x06), 1)
    for (let time = 0; time < 3; time += 1) {
      const usage = readOne('key_usage', value).extensions.key_usage as string[] // as if it were not readonly
      try {
        usage.push('everything')
      } catch {
        // frozen: that is the point
      }
    }
    expect(readOne('key_usage', value).extensions.key_usage).toEqual(['keyCertSign', 'cRLSign'])
  })
})
