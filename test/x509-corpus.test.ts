import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CorpusCertificate } from '../bench/x509/corpus-certificates.ts'
import { corpusCertificates } from '../bench/x509/corpus-certificates.ts'
import type { Certificate, Fingerprints, GeneralName } from '../src/x509/index.ts'
import { fingerprintsOf, readCertificate } from '../src/x509/index.ts'
import { root } from './run-cli.ts'

/**
 * Every certificate of the public corpus, read by us and by `node:crypto`. Where the two differ, docs/divergences.md has a
 * row that says why, with the number of certificates; a difference without a row fails, and so does a row without one.
 */

const corpus = process.env.COUNTERSEAL_CORPUS

type Difference = { readonly name: string; readonly field: string; readonly ours: string; readonly theirs: string }

/** What each row of docs/divergences.md is about. */
const rows: Readonly<Record<string, (difference: Difference) => boolean>> = {
  'openssl-refuses': ({ field }) => field === 'reading',
  'serial-zero': ({ field, ours, theirs }) => field === 'serial' && ours === '00' && theirs === '0',
  'key-unknown': ({ field, theirs }) => field === 'spki' && theirs.startsWith('Error'),
  'key-written-anew': ({ field, theirs }) => field === 'spki' && !theirs.startsWith('Error'),
  'names-partly': ({ field, theirs }) => field === 'names' && theirs === 'nothing',
}

describe('the certificates of the corpus', () => {
  it('are read as node:crypto reads them, except where docs/divergences.md says why not', ctx => {
    if (corpus === undefined) return ctx.skip('COUNTERSEAL_CORPUS is not set')
    const certificates = corpusCertificates(corpus)
    expect(certificates.length).toBeGreaterThan(3000)
    const found = new Map<string, number>()
    const unlisted: Difference[] = []
    for (const difference of certificates.flatMap(differencesOf)) {
      const row = Object.keys(rows).find(id => rows[id]?.(difference))
      if (row === undefined) unlisted.push(difference)
      else found.set(row, (found.get(row) ?? 0) + 1)
    }
    expect(unlisted).toEqual([])
    expect(Object.fromEntries(found)).toEqual(listedCounts())
  })

  it('a precertificate hashes to what the log says was issued', ctx => {
    if (corpus === undefined) return ctx.skip('COUNTERSEAL_CORPUS is not set')
    const logged = corpusCertificates(corpus).filter(({ loggedTbs }) => loggedTbs !== undefined)
    expect(logged.length).toBeGreaterThan(1000)
    for (const { name, der, loggedTbs = new Uint8Array() } of logged) {
      const { certificate } = readWell(der)
      expect(certificate.extensions.precertificate_poison, name).toBe(true)
      expect(fingerprintsOf(certificate).tbs_no_ct_sha256, name).toBe(sha256(loggedTbs))
    }
  })
})

function readWell(der: Uint8Array): { readonly certificate: Certificate } {
  const reading = readCertificate(der)
  if ('problem' in reading) throw new Error(`not read: ${JSON.stringify(reading.problem)}`)
  return reading
}

function differencesOf({ name, der }: CorpusCertificate): Difference[] {
  const reading = readCertificate(der)
  const theirs = readByNode(der)
  if ('problem' in reading || typeof theirs === 'string') {
    const ours = 'problem' in reading ? reading.problem.code : 'read'
    return [{ name, field: 'reading', ours, theirs: typeof theirs === 'string' ? theirs : 'read' }]
  }
  const { certificate } = reading
  const ours = comparable(certificate, fingerprintsOf(certificate))
  return Object.entries(theirs)
    .map(([field, text]) => ({ name, field, ours: ours[field] ?? 'nothing', theirs: text }))
    .filter(difference => difference.ours !== difference.theirs)
}

type Comparable = Readonly<Record<string, string>>

function comparable(certificate: Certificate, fingerprints: Fingerprints): Comparable {
  const { serial, not_before, not_after, extensions } = certificate
  return {
    serial: serial ?? 'nothing',
    not_before: String(not_before),
    not_after: String(not_after),
    names: extensions.subject_alt_name?.map(nameText).join('\n') ?? 'nothing',
    spki: fingerprints.spki_sha256 ?? 'nothing',
    sha256: fingerprints.sha256,
    sha1: fingerprints.sha1,
  }
}

/** otherNames that OpenSSL tells the value of, as far as the corpus has them. */
const otherNames: Readonly<Record<string, string>> = { '1.3.6.1.5.5.7.8.9': 'SmtpUTF8Mailbox' }

/** A name as Node writes it before it quotes it. OpenSSL does not tell what is in the kinds nobody uses. */
function nameText(name: GeneralName): string {
  switch (name.type) {
    case 'dns':
      return `DNS:${name.value}`
    case 'ip':
      return `IP Address:${name.value}`
    case 'email':
      return `email:${name.value}`
    case 'uri':
      return `URI:${name.value}`
    case 'directory':
      return `DirName:${name.value.text}`
    case 'registered_id':
      return `Registered ID:${name.value}`
    case 'other':
      return name.oid in otherNames ? `othername:${otherNames[name.oid]}:${name.value}` : 'othername:<unsupported>'
    case 'x400':
      return 'X400Name:<unsupported>'
    case 'edi':
      return 'EdiPartyName:<unsupported>'
  }
}

/** What Node says, or why it refuses. */
function readByNode(der: Uint8Array): Comparable | string {
  let certificate: X509Certificate
  try {
    certificate = new X509Certificate(der)
  } catch (cause) {
    return String(cause)
  }
  return {
    serial: certificate.serialNumber,
    not_before: String(timeOf(certificate.validFrom)),
    not_after: String(timeOf(certificate.validTo)),
    names: namesOf(certificate.subjectAltName),
    spki: spkiOf(certificate),
    sha256: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
  }
}

/** `Jan  2 03:04:05 1 GMT`, also `03:04:05.678`; `Date.parse` takes the year 1 for 2001. */
function timeOf(text: string): number {
  const [, day = '', clock = '', year = ''] = /^(\w+ +\d+) ([\d:.]+) (\d+) GMT$/.exec(text) ?? []
  return new Date(`${day} 2000 ${clock} GMT`).setUTCFullYear(Number(year))
}

/** Node joins names by a comma and a space, and writes one with anything special in it as a JSON string. */
function namesOf(text: string | null | undefined): string {
  if (text === undefined || text === null) return 'nothing' // null: there, and OpenSSL cannot read it
  const names = [...text.matchAll(/(?:^|, )([A-Za-z0-9 ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)]
  return names
    .map(([, kind = '', value = '']) => {
      const plain = value.startsWith('"') ? String(JSON.parse(value)) : value
      return `${kind}:${kind === 'IP Address' ? shortened(plain) : plain}`
    })
    .join('\n')
}

/** OpenSSL writes all eight groups of an IPv6 address; a URL shortens them as RFC 5952 wants. */
function shortened(address: string): string {
  return address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
}

function spkiOf(certificate: X509Certificate): string {
  try {
    return sha256(certificate.publicKey.export({ type: 'spki', format: 'der' }))
  } catch (cause) {
    return String(cause)
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The rows of docs/divergences.md: their names and how many certificates each is about. */
function listedCounts(): Readonly<Record<string, number>> {
  const page = readFileSync(join(root, 'docs/divergences.md'), 'utf8')
  return Object.fromEntries(
    [...page.matchAll(/^\| `([a-z-]+)` \| [^|]+ \| (\d+) \|/gm)].map(([, id, count]) => [id, Number(count)]),
  )
}
