/**
 * Prints intel/public-roots.yaml: the roots of Microsoft's and Mozilla's programs. The same files always give the same text.
 *
 *   tsx scripts/make-public-roots.ts DIRECTORY BUNDLE > intel/public-roots.yaml
 *
 * DIRECTORY is a checkout of trust_stores_observatory (`trust_stores/`, `certificates/`), BUNDLE the cacert.pem of certifi.
 * Ends when a certificate that a list names is not there. Another commit: correct `sources`.
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { parseDefinition, readDefinitionText } from '../src/definitions/index.ts'
import { readPem } from '../src/formats/index.ts'
import { fingerprintsOf, readCertificate } from '../src/x509/index.ts'

const sources = {
  observatory: 'nabla-c0d3/trust_stores_observatory, commit 5be93b9522946efd1d857e610a00f677ef619e1d, MIT',
  bundle: 'certifi/python-certifi, commit f4bc676bc101fe2235846e37044e8c693d6cbaf4, MPL-2.0',
}
const short = 'trust_stores_observatory 5be93b95'
const daysUntilExpiry = 180

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const certificates = z.array(z.object({ fingerprint: sha256 }))
const storeFile = z.object({
  date_fetched: z.iso.date(),
  trusted_certificates: certificates,
  blocked_certificates: certificates,
})

type Root = {
  readonly name: string
  readonly subject: string
  readonly sha1: string
  readonly sha256: string
  readonly self_issued: boolean
}

type Listed = {
  readonly root: Root
  readonly programs: string
  readonly blocked?: boolean
  readonly unlisted?: boolean
}

function rootOf(der: Uint8Array, where: string): Root {
  const reading = readCertificate(der)
  assert('certificate' in reading, `${where}: no certificate`)
  const { certificate } = reading
  const { subject, issuer } = certificate
  assert(subject !== undefined && subject.text !== '' && subject.text.length < 1000, `${where}: no usable subject`)
  const named = ['CN', 'OU', 'O'].map(type => subject.attributes.find(attribute => attribute.type === type)?.value)
  const name = named.find(value => value !== undefined) ?? 'root'
  const { sha1, sha256 } = fingerprintsOf(certificate)
  return { name, subject: subject.text, sha1, sha256, self_issued: subject.text === issuer?.text }
}

function rootsOf(file: string): readonly Root[] {
  const blocks = readPem(readFileSync(file))
  assert(blocks.length > 0 && blocks.every(block => block.problem === undefined), `${file}: not all of it is PEM`)
  return blocks.map(({ der }, index) => rootOf(der, `${basename(file)} ${index + 1}`))
}

/** Every certificate of the directory by its SHA-256. It is computed: one of the files is called otherwise. */
function certificatesIn(directory: string): ReadonlyMap<string, Root> {
  const files = readdirSync(directory).filter(name => name.endsWith('.pem'))
  return new Map(files.flatMap(name => rootsOf(join(directory, name))).map(root => [root.sha256, root]))
}

function listed(known: ReadonlyMap<string, Root>, stores: Stores): readonly Listed[] {
  const { microsoft, mozilla, blocked } = stores
  const all = [...known.values()].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  for (const one of [...microsoft, ...mozilla, ...blocked]) assert(known.has(one), `${one} has no certificate`)
  const trusted = all.filter(({ sha256 }) => microsoft.has(sha256) || mozilla.has(sha256))
  const unlisted = all.filter(root => isOwn(root) && !trusted.includes(root) && !blocked.has(root.sha256))
  const programsOf = ({ sha256 }: Root) =>
    [microsoft.has(sha256) ? 'microsoft' : '', mozilla.has(sha256) ? 'mozilla' : ''].join(' ').trim()
  return [
    ...trusted.map(root => ({ root, programs: programsOf(root) })),
    ...unlisted.map(root => ({ root, programs: 'windows', unlisted: true })),
    ...all
      .filter(root => blocked.has(root.sha256) && !trusted.includes(root))
      .map(root => ({ root, programs: '', blocked: true })),
  ]
}

type Stores = Readonly<Record<'microsoft' | 'mozilla' | 'blocked', ReadonlySet<string>>>

/** Microsoft's own roots come with Windows; its list of other people's roots need not name them. */
function isOwn({ subject, self_issued }: Root): boolean {
  return self_issued && /(?:^|,)(?:O=Microsoft Corporation|OU=Microsoft Corporation|DC=microsoft)(?:,|$)/.test(subject)
}

function idOf({ name, sha256 }: Root): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().slice(0, 60)
  return `${plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')}-${sha256.slice(0, 8)}`
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`

/** One line for each certificate. A subject is the key of its first certificate only: a catalogue has a value once. */
function linesOf(all: readonly Listed[], verified: string): readonly string[] {
  const expires = new Date(Date.parse(verified) + daysUntilExpiry * 86_400_000).toISOString().slice(0, 10)
  const subjects = new Set<string>()
  return all.map(({ root, programs, blocked = false, unlisted = false }) => {
    const subject = root.subject.toLowerCase()
    const mark = blocked ? 'blocked_' : ''
    const keys = [`${mark}sha1: [${quoted(root.sha1)}]`, `${mark}sha256: [${quoted(root.sha256)}]`]
    if ((!blocked || isOwn(root)) && !subjects.has(subject)) keys.push(`subject: [${quoted(subject)}]`)
    if (keys.length === 3) subjects.add(subject)
    const attributes = [`subject: ${quoted(root.subject)}`, ...(blocked ? [] : [`programs: ${quoted(programs)}`])]
    const dates = `first_verified: ${verified}, last_verified: ${verified}, expires: ${expires}`
    return `  - { id: ${quoted(idOf(root))}, keys: { ${keys.join(', ')} }, attributes: { ${attributes.join(', ')} }, source: ${quoted(short)}, verified: ${!unlisted}, ${dates} }`
  })
}

function headerOf(date: string): string {
  return `# Roots of the programs of Microsoft and Mozilla, as their lists stood on ${date}. Written by
# scripts/make-public-roots.ts; a change made here is lost.
#
# Lists and certificates: ${sources.observatory}.
# Mozilla's certificates once more: ${sources.bundle}.
# Only names and hashes are taken from them.
#
# sha1, sha256: of the DER of a root that a program has today. subject: RFC 4514, as src/x509 writes it, in lower case.
#   Some subjects have two genuine roots. Each is the key of one entry only, so that it tells "a subject of a public
#   root"; whether a certificate is genuine is told by its sha256 or blocked_sha256. A certificate of that subject from
#   another issuer is a cross-certificate, no clone.
# blocked_sha1, blocked_sha256: roots that Microsoft lists but has taken trust from, wholly or for what is issued later.
#   They are genuine, and no longer in the program. Only Microsoft's own have a subject: others made several roots of
#   one name, and not all of them are here.
# programs: microsoft and mozilla as their lists say; windows: a root of Microsoft's own out of the same collection, which
#   no list of it names today. That Windows has it is recalled, so those are not verified.
#
# verified: the certificate was read and is the one that the list names. Its day is the day of the lists. Entries expire
# after ${daysUntilExpiry} days.
catalogue: public-roots
title: Roots of the programs of Microsoft and Mozilla
entries:
`
}

function main(directory: string, bundle: string): void {
  const storeOf = (name: string) => {
    const file = join(directory, 'trust_stores', `${name}.yaml`)
    return parseDefinition('list of a trust store', file, readDefinitionText(file), storeFile)
  }
  const fingerprints = (list: z.infer<typeof certificates>) => list.map(({ fingerprint }) => fingerprint)
  const microsoft = storeOf('microsoft_windows')
  const mozilla = storeOf('mozilla_nss')
  assert.equal(microsoft.date_fetched, mozilla.date_fetched, 'the lists are of two days')
  const inBundle = rootsOf(bundle)
  const known = new Map([
    ...certificatesIn(join(directory, 'certificates')),
    ...inBundle.map(r => [r.sha256, r] as const),
  ])
  const all = listed(known, {
    microsoft: new Set(fingerprints(microsoft.trusted_certificates)),
    mozilla: new Set([...fingerprints(mozilla.trusted_certificates), ...inBundle.map(root => root.sha256)]),
    blocked: new Set(fingerprints(microsoft.blocked_certificates)),
  })
  process.stdout.write(`${headerOf(microsoft.date_fetched)}${linesOf(all, microsoft.date_fetched).join('\n')}\n`)
}

const [directory, bundle] = process.argv.slice(2)
assert(directory !== undefined && bundle !== undefined, 'usage: tsx scripts/make-public-roots.ts DIRECTORY BUNDLE')
main(directory, bundle)
