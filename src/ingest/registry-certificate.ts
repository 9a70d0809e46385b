import { factsOf } from '../pivots/index.ts'
import type { CertificateBlob } from '../registry/index.ts'
import { readCertificateBlob } from '../registry/index.ts'
import { fingerprintsOf, longestCertificate, readCertificate } from '../x509/index.ts'
import { quoted } from './event-members.ts'

/** A value of a certificate store, as members of its line: `certificate` where it holds one, and what is wrong with it. */
export type StoredMembers = { readonly members: string; readonly problems: readonly string[] }

/** Longest property that is kept; those with certificates in them are far longer, and nobody asks for them. */
const longestProperty = 1024
const mostProperties = 64

/** What is inside of the record of a store anyway: its hash, its names, its usages, the certificate. */
const toldElsewhere = new Set([3, 9, 11, 32])

/**
 * @param key the canonical path of the key, `HKLM\SOFTWARE\Microsoft\SystemCertificates\Root\Certificates\<SHA-1>`
 * @returns undefined when it is no value of a store
 */
export function storedMembers(key: string, value: string, bytes: Uint8Array): StoredMembers | undefined {
  if (value.length !== 4 || value.toLowerCase() !== 'blob') return undefined
  const place = placeInStore(key)
  if (place === undefined) return undefined
  const { store, part, name } = place
  if (part !== 'certificates') return { members: `,"certificate":{"store":${quoted(store)}}`, problems: [] }
  const blob = readCertificateBlob(bytes, { key_name: name })
  const problems = blob.problems.map(({ code }) => code)
  const members = [`"store":${quoted(store)}`, ...membersOfBlob(blob)]
  const { certificate: der, sha256, sha1 } = blob
  if (der !== undefined) members.push(`"sha256":"${sha256}","sha1":"${sha1}"`, ...membersOfDer(der, problems))
  return { members: `,"certificate":{${members.join(',')}}`, problems: [...new Set(problems)] }
}

/** Where a certificate, a list of trust or of revocations lies in the stores of a machine; `part` is in lower case. */
function placeInStore(key: string): { store: string; part: string; name: string } | undefined {
  const [, scope = '', store = '', part = '', name = ''] = placePattern.exec(key) ?? []
  if (store === '') return undefined
  return { store: `${placeOf(scope)}\\${store}`, part: part.toLowerCase(), name }
}

const placePattern = /^(.*\\(?:System|Enterprise)Certificates)\\([^\\]+)\\(Certificates|CRLs|CTLs)\\([^\\]+)$/i

/** The places of stores (learn.microsoft.com, "System Store Locations"), in words like those of CERT_SYSTEM_STORE_…. */
function placeOf(scope: string): string {
  const [root = '', ...rest] = scope.split('\\')
  const user = root.toUpperCase() === 'HKU' ? rest.shift() : undefined
  const below = rest.join('\\').toLowerCase()
  const isPolicy = below === 'software\\policies\\microsoft\\systemcertificates'
  const service = /^software\\microsoft\\cryptography\\services\\([^\\]+)\\systemcertificates$/.exec(below)
  if (service !== null) return `Services\\${rest[4] ?? ''}`
  if (user !== undefined) return `${isPolicy ? 'UsersGroupPolicy' : 'Users'}\\${user}`
  if (isPolicy) return 'LocalMachineGroupPolicy'
  if (below === 'software\\microsoft\\enterprisecertificates') return 'LocalMachineEnterprise'
  return below === 'software\\microsoft\\systemcertificates' ? 'LocalMachine' : scope
}

function membersOfBlob(blob: CertificateBlob): readonly string[] {
  const members: string[] = []
  if (blob.friendly_name !== undefined) members.push(`"friendly_name":${quoted(blob.friendly_name)}`)
  if (blob.usages !== undefined) members.push(`"usages":${JSON.stringify(blob.usages)}`)
  members.push(`"has_key":${blob.has_key_info}`)
  const kept = blob.properties.filter(({ id }) => !toldElsewhere.has(id)).slice(0, mostProperties)
  const properties = kept.map(({ id, name, bytes }) => {
    const hex = Buffer.from(bytes.subarray(0, longestProperty)).toString('hex')
    return `"${name ?? `property_${id}`}":"${hex}"`
  })
  if (properties.length > 0) members.push(`"properties":{${properties.join(',')}}`)
  return members
}

/** Bytes that are no certificate to us may be one to Windows: they are kept, if they could be one. */
function membersOfDer(der: Uint8Array, problems: string[]): readonly string[] {
  const reading = readCertificate(der)
  if ('problem' in reading) {
    problems.push(reading.problem.code)
    return der[0] === 0x30 && der.length <= longestCertificate ? [derMember(der)] : []
  }
  const { certificate } = reading
  const fingerprints = fingerprintsOf(certificate)
  const { is_ca, self_issued } = factsOf(certificate, fingerprints)
  const { subject, issuer, serial, not_before, not_after } = certificate
  const members = [`"is_ca":${is_ca ?? false}`]
  if (self_issued !== undefined) members.push(`"self_issued":${self_issued}`)
  if (fingerprints.spki_sha256 !== undefined) members.push(`"spki_sha256":"${fingerprints.spki_sha256}"`)
  if (subject !== undefined) members.push(`"subject":${quoted(subject.text)}`)
  if (issuer !== undefined) members.push(`"issuer":${quoted(issuer.text)}`)
  if (serial !== undefined) members.push(`"serial":"${serial}"`)
  if (not_before !== undefined) members.push(`"not_before":"${new Date(not_before).toISOString()}"`)
  if (not_after !== undefined) members.push(`"not_after":"${new Date(not_after).toISOString()}"`)
  return [...members, derMember(certificate.der)]
}

function derMember(der: Uint8Array): string {
  return `"der":"${Buffer.from(der).toString('base64')}"`
}
