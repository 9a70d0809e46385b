import { describe, expect, it } from 'vitest'
import { looksLikeCertutilStore, readCertutilStore } from './certutil-store.ts'

/** The outputs are written after those in pages of Microsoft Learn and in public code; names and hashes are made up. */
const sha1 = '1f3d38f280635f275be92b87cf83e40e40458400'
const spaced = sha1.replaceAll(/(..)(?=.)/g, '$1 ')
const sha256 = '4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865'
const store = 'Root "Trusted Root Certification Authorities"'
const heading = (number: number | string, word = 'Certificate') => `================ ${word} ${number} ================`
const section = (number: number, hash = sha1, subject = 'CN=Example Root, DC=example') => [
  heading(number),
  'Serial Number: 79ad16a14aa0a5ad',
  'Issuer: CN=Example Root, DC=example',
  ' NotBefore: 5/9/2001 4:19 PM',
  ' NotAfter: 5/9/2021 4:28 PM',
  `Subject: ${subject}`,
  'CA Version: V0.0',
  'Signature matches Public Key',
  `Cert Hash(sha1): ${hash}`,
  'No key provider information',
  '',
]
const done = 'CertUtil: -store command completed successfully.'
const bytesOf = (...lines: readonly string[]) => Buffer.from(lines.join('\r\n'))
const read = (...lines: readonly string[]) => [...readCertutilStore(bytesOf(...lines))]

describe('the text of certutil -store', () => {
  it('has a certificate for each section, with the store that stands above', () => {
    const [first, second, ...none] = read(store, ...section(0), ...section(1, spaced), done)
    expect(none).toEqual([])
    expect(first).toMatchObject({
      store: 'Root',
      described: 'Trusted Root Certification Authorities',
      number: 0,
      notes: [],
    })
    expect(first?.certificate).toEqual({
      serial: '79ad16a14aa0a5ad',
      issuer: 'CN=Example Root, DC=example',
      subject: 'CN=Example Root, DC=example',
      not_before: '5/9/2001 4:19 PM',
      not_after: '5/9/2021 4:28 PM',
      sha1,
    })
    expect(second).toMatchObject({ store: 'Root', number: 1, certificate: { sha1 } })
  })

  it('is read in German, French and Japanese by its order', () => {
    const german = [
      heading(0, 'Zertifikat'),
      'Seriennummer: 1a2b',
      'Aussteller: CN=Beispiel',
      ' Nicht vor: 01.01.2026 01:00',
      ' Nicht nach: 01.01.2027 01:00',
      'Antragsteller: CN=www.example',
      'Kein Stammzertifikat',
      `Zertifikathash(sha1): ${sha1}`,
    ]
    const french = [
      heading(0, 'Certificat'),
      'Numéro de série : 1a2b',
      'Émetteur: CN=Beispiel',
      ' NotBefore : 01/01/2026 01:00',
      ' NotAfter : 01/01/2027 01:00',
      'Objet: CN=www.example',
      `Hach. cert. (sha1) : ${sha1}`,
    ]
    const japanese = [
      heading(0, '証明書'),
      'シリアル番号: 1a2b',
      '発行者: CN=Beispiel',
      ' この日以降: 2026/01/01 1:00',
      ' この日以前: 2027/01/01 1:00',
      'サブジェクト: CN=www.example',
      `証明書ハッシュ(sha1)： ${sha1}`,
    ]
    for (const lines of [german, french, japanese])
      expect(read(...lines)).toMatchObject([
        { certificate: { serial: '1a2b', issuer: 'CN=Beispiel', subject: 'CN=www.example', sha1 } },
      ])
  })

  it('has with -v the names on lines of their own, and the hash of the certificate and not of its key', () => {
    const verbose = [
      heading(3),
      'X509 Certificate:',
      'Version: 3',
      'Serial Number: 21000000044a30cd',
      'Signature Algorithm:',
      '    Algorithm ObjectId: 1.2.840.113549.1.1.11 sha256RSA',
      '    Algorithm Parameters:',
      '    05 00',
      'Issuer:',
      '    CN=Example Root',
      '    DC=example',
      `  Name Hash(sha1): ${'ab'.repeat(20)}`,
      '',
      ' NotBefore: 5/9/2001 4:19 PM',
      ' NotAfter: 5/9/2021 4:28 PM',
      '',
      'Subject:',
      '    CN=Example CA',
      '    DC=example',
      `  Name Hash(sha1): ${'cd'.repeat(20)}`,
      'Public Key Length: 2048 bits',
      `Key Id Hash(sha1): ${'ef'.repeat(20)}`,
      'Cert Hash(md5): 1b425aaaabbbbaf29c6747e9e0b6f093',
      `Cert Hash(sha1): ${sha1}`,
      `Cert Hash(sha256): ${sha256}`,
    ]
    expect(read('My "Personal"', ...verbose)).toMatchObject([
      {
        store: 'My',
        certificate: { issuer: 'CN=Example Root, DC=example', subject: 'CN=Example CA, DC=example', sha1, sha256 },
      },
    ])
  })

  it('has several stores one after the other', () => {
    const found = read(store, ...section(0), done, 'CA "Intermediate"', ...section(0), done, 'Own', ...section(0))
    expect(found.map(one => one.store)).toEqual(['Root', 'CA', 'Own'])
  })

  it('has lists of revoked and of trusted certificates, which are no certificates', () => {
    const revoked = [
      heading(0, 'CRL'),
      'Issuer:',
      '    CN=Example',
      ' ThisUpdate: 3/23/2001 5:00 PM',
      'CRL Entries: 10',
    ]
    const trusted = [
      heading(0, 'CTL'),
      'Subject Usage:',
      '  1.3.6.1.4.1.311.30.1 Disallowed List',
      'Sequence Number: 01d9',
      ' ThisUpdate: 3/23/2001 5:00 PM',
      'Subject Algorithm:',
    ]
    for (const [word, lines] of [
      ['CRL', revoked],
      ['CTL', trusted],
    ] as const) {
      const [one] = read(...lines, `${word} Hash(sha1): ${sha1}`)
      expect(one).toMatchObject({ number: 0, notes: [] })
      expect(one?.certificate ?? one?.problem).toBeUndefined()
    }
  })

  it('is read alike in UTF-16, with places in octets', () => {
    const text = [store, ...section(0), ...section(1)].join('\r\n')
    const wide = Buffer.from(`\ufeff${text}`, 'utf16le')
    const found = [...readCertutilStore(wide)]
    expect(found.map(({ certificate }) => certificate)).toEqual(read(text).map(({ certificate }) => certificate))
    const [, { byte_offset = 0, bytes = 0 } = {}] = found
    expect(wide.subarray(byte_offset, byte_offset + bytes).toString('utf16le')).toBe(section(1).join('\r\n'))
    expect(looksLikeCertutilStore(wide)).toBe(true)
  })
})

describe('what certutil -store did not print whole', () => {
  it('has a problem where the hash is missing or told twice', () => {
    const cut = section(0).slice(0, 6)
    expect(read(store, ...cut)).toMatchObject([{ problem: { code: 'certutil/no-hash' } }])
    // A name with a newline in it, which certutil prints as it is.
    const forged = section(0, sha1, `CN=a\r\nCert Hash(sha1): ${'00'.repeat(20)}`)
    expect(read(store, ...forged)).toMatchObject([{ problem: { code: 'certutil/hash-again' } }])
    const other = section(0, sha1, `CN=a\r\nHash(sha1): ${'00'.repeat(20)}`)
    expect(read(store, ...other)).toMatchObject([{ problem: { code: 'certutil/hash-again' } }])
    expect(read(heading(0), 'Archived!', done.replace(':', ''))).toMatchObject([
      { problem: { code: 'certutil/section' } },
    ])
  })

  it('tells a section whose number does not follow, as a name with a whole section in it makes', () => {
    const forged = section(0, sha1, `CN=a\r\n${section(1).join('\r\n')}`)
    const found = read(store, ...forged, ...section(1))
    expect(found.map(({ notes }) => notes.map(({ code }) => code))).toEqual([[], [], ['certutil/number']])
  })

  it('tells octets that are no UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from(`${heading(0)}\nSerial Number: 0a\nIssuer: CN=Zert`),
      Buffer.of(0x84, 0x0a),
    ])
    expect([...readCertutilStore(bytes)]).toMatchObject([{ notes: [{ code: 'certutil/encoding' }] }])
  })

  it('keeps no more than a bound of a name, and no more of a line', () => {
    const long = section(0, sha1, 'C'.repeat(1 << 20))
    const many = [
      ...section(1).slice(0, 5),
      'Subject:',
      ...Array.from({ length: 50_000 }, () => '    CN=x'),
      ...section(1).slice(6),
    ]
    for (const one of read(...long, ...many)) expect(one.certificate?.subject.length).toBe(2000)
  })
})

describe('what certutil -store is not', () => {
  it('is other text with such a line, or with a hash', () => {
    expect(looksLikeCertutilStore(bytesOf(store, ...section(0)))).toBe(true)
    expect(looksLikeCertutilStore(bytesOf('PS C:\\> certutil -store root', store, ...section(0)))).toBe(true)
    expect(looksLikeCertutilStore(bytesOf(heading(0), 'no hash'))).toBe(false)
    expect(looksLikeCertutilStore(bytesOf(`Cert Hash(sha1): ${sha1}`))).toBe(false)
    expect(looksLikeCertutilStore(bytesOf('SHA1 hash of a.exe:', sha1, done))).toBe(false)
    expect(looksLikeCertutilStore(new Uint8Array())).toBe(false)
  })

  it('has no more kinds of hashes than a bound', () => {
    const many = Array.from({ length: 1000 }, (_, n) => `Hash ${n}(sha1): ${sha1}`)
    expect(read(...section(0), ...many)).toMatchObject([{ problem: { code: 'certutil/hash-again' } }])
  })

  it('is never in pieces: any octets give whole sections', () => {
    const bytes = bytesOf(store, ...section(0), ...section(1), ...section(2))
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    for (let n = 0; n < 500; n += 1) {
      const mutant = Buffer.from(bytes.subarray(0, random(bytes.length)))
      for (let at = 0; at < 5 && mutant.length > 0; at += 1) mutant[random(mutant.length)] = random(256)
      let end = 0
      for (const one of readCertutilStore(mutant)) {
        expect(one.byte_offset).toBeGreaterThanOrEqual(end)
        end = one.byte_offset + one.bytes
        if (one.certificate !== undefined) expect(one.certificate.sha1).toMatch(/^[0-9a-f]{40}$/)
      }
      expect(end).toBeLessThanOrEqual(mutant.length)
    }
  })
})
