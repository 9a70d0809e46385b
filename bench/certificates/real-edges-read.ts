import type { EdgeGroup } from './edge-groups.ts'

/** What a person made of a group of edges. */
export type Reading = {
  /** right: one operator. one author: test data of one project. wrong: strangers. not read: nobody looked yet. */
  readonly verdict: 'right' | 'one author' | 'wrong' | 'not read'
  readonly why: string
}

type Rule = Reading & { readonly fits: RegExp }

/** Fitted to attribute, value and labels of a group in one text; the first that fits. */
const readings: readonly Rule[] = [
  {
    fits: /mother nature|extreme discord|gov\.us|coolguy@|joão gilberto|leon mandrake|128\.168\.45\.1|sn=surname|not a dns|holly mill run|xn--109|cn=testroot/i,
    verdict: 'one author',
    why: 'zlint: its test certificates, made with one name, serial number or address by the same people',
  },
  {
    fits: /o=mtg|o=lint|jlint|C=DE,O=(?:Lint|ZLint)|zlint|some organization|f66e674902d7|^key_sha256 928cb54a|c=pk,o=development/i,
    verdict: 'one author',
    why: 'zlint: test certificates that contributors made with CAs of their own',
  },
  {
    fits: /example co\b|example corp|of3wk4tupf2ws33q|c58293083b3b0d9b|example\.test|cn=intermediate|tseT|2001:db8|cn=root/i,
    verdict: 'one author',
    why: 'zlint: test certificates of one script, and names for documentation',
  },
  {
    fits: /fake(?:sub)?(?:intermediate|certificate)authority|certificate transparency|erw wen|subleaf|leaf-?\d/i,
    verdict: 'one author',
    why: 'test data of the Certificate Transparency implementations, made by their fake CAs',
  },
  { fits: /trustfabric|transparency\.dev/i, verdict: 'one author', why: 'test data of transparency.dev' },
  { fits: /boulder test|\(TEST\)/, verdict: 'one author', why: 'test CAs of Boulder, cross-signed with one key' },
  { fits: /unittest|golang tests/i, verdict: 'one author', why: 'test data of one library' },
  {
    fits: /^not_after 2037-12-31T23:59:59Z\n[\s\S]*Starfield[\s\S]*Go Daddy|^not_after 2037-12-31T23:59:59Z\n[\s\S]*Go Daddy[\s\S]*Starfield/,
    verdict: 'right',
    why: 'Go Daddy and Starfield are one company, which made its roots on one day',
  },
  {
    fits: /^subject [^\n]*o=google inc/,
    verdict: 'right',
    why: 'Google: its own CA issued the certificates of its own names',
  },
  {
    fits: /^email (?:pkiadmin@trustcentre\.co\.za|ancert@ancert\.com)/,
    verdict: 'right',
    why: 'roots of one CA (the South African Post Office; the Spanish notaries), with its address in them',
  },
  { fits: /^subject_cn government ca\n/, verdict: 'right', why: 'the Belgian state: numbered issues of one CA' },
  { fits: /^host 163\.172\.151\.43/, verdict: 'right', why: 'the Horde project and its company on one server' },
  { fits: /diginotar/i, verdict: 'right', why: 'DigiNotar: its roots and the CAs below them, reissued with one key' },
  {
    fits: /O=mitmproxy/,
    verdict: 'right',
    why: 'mitmproxy signs with the key of its own CA: the certificate of a health service that one of its users saw',
  },
  { fits: /javafx|solaris internal/i, verdict: 'right', why: 'CAs of Sun, below one root' },
  { fits: /pirelli/i, verdict: 'right', why: 'one company, one key under two top-level domains' },
  {
    fits: /^(?:key_sha256|spki_sha256)[\s\S]*(?:root|CA\b|authority|certification|autoridad|raíz|raiz|globalsign|starfield|economia|anf\.es|timestamping|premium)/i,
    verdict: 'right',
    why: 'a CA that was issued again or signed by another root, with its key',
  },
  {
    fits: /^(?:subject|subject_cn) [\s\S]*(?:root certif|taiwan-ca|twca|lawtrust|notarius)/i,
    verdict: 'right',
    why: 'a root that was made again under its name with a new key',
  },
  {
    fits: /^apex (?:microsoft|live|msn)\.com/,
    verdict: 'right',
    why: 'Microsoft: a public CA checked the shared domain on both',
  },
  {
    fits: /^apex (?:adnxs|adobe|atlassian|android|aolcdn|apptegic|archlinux|casalemedia|cbsi|cnet|doubleclick|gfx|google|googleadservices|googlesyndication|mozilla|norton|reddit|spiceworks|symantec|vmware)\./,
    verdict: 'right',
    why: 'one company: a public CA checked the shared domain on both',
  },
  {
    fits: /^host 52\.85\.83\.177/,
    verdict: 'right',
    why: 'Mozilla behind CloudFront; the organization stands on both',
  },
  { fits: /^host 92\.51\.133\.38/, verdict: 'right', why: 'two projects of one developer on his server' },
]

export function readingOf({ attribute, value, members }: EdgeGroup): Reading {
  const text = `${attribute} ${value}\n${[...new Set(members.values())].join('\n')}`
  const { verdict, why } = readings.find(({ fits }) => fits.test(text)) ?? { verdict: 'not read', why: '' }
  return { verdict, why }
}
