import { type CertificateFacts, type NameFact, nothingKnown } from '../facts.ts'
import { shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'

/**
 * The shape of a certificate: its extensions in their order with their criticality, and which kind of string each
 * attribute of its names is. Facts put one after the other, nothing computed from them: docs/certificate-shape.md.
 */
export const extensionShape: Pivot = {
  name: 'extension_shape',
  title: 'extensions and kinds of strings, in order',
  row: 22,
  selectivity: 'S2',
  reliability: 0.05,
  group: 'shape',
  trap: 'It tells the library that made the certificate, not who used it.',
  extract: facts => {
    const shape = shapeOf(facts)
    return shape === undefined ? [] : [shortened(shape)]
  },
  normalise: text => text.trim().toLowerCase().replace(/\s+/g, ' '),
  example: {
    facts: {
      ...nothingKnown,
      extensions: [
        { oid: '2.5.29.14', critical: false },
        { oid: '1.3.6.1.4.1.11129.2.4.2', critical: false },
        { oid: '2.5.29.19', critical: true },
        { oid: '1.3.6.1.5.5.7.1.1', critical: false },
        { oid: '1.2.3.4', critical: false },
      ],
      issuer: [
        { type: 'C', value: 'US', tag: 19 },
        { type: 'CN', value: 'x', tag: 12 },
      ],
      subject: [{ type: 'CN', value: 'x', tag: 12 }],
    },
    values: ['14 19! p1 1.2.3.4 | 19 12 | 12'],
  },
}

/** A precertificate has one of these and its certificate the other: without them both have one shape. */
const betweenThem: ReadonlySet<string> = new Set(['1.3.6.1.4.1.11129.2.4.2', '1.3.6.1.4.1.11129.2.4.3'])

function shapeOf({ extensions, issuer, subject }: CertificateFacts): string | undefined {
  if (extensions === undefined) return undefined
  let shape = ''
  for (const { oid, critical } of extensions)
    if (!betweenThem.has(oid)) shape += critical ? `${abbreviated(oid)}! ` : `${abbreviated(oid)} `
  return `${shape}|${tagsOf(issuer)} |${tagsOf(subject)}`
}

/** Of the identifiers that came first: those that repeat are few. */
const abbreviations = new Map<string, string>()
const mostAbbreviations = 1000

function abbreviated(oid: string): string {
  const known = abbreviations.get(oid)
  if (known !== undefined) return known
  const short = abbreviationOf(oid)
  if (abbreviations.size < mostAbbreviations) abbreviations.set(oid, short)
  return short
}

function abbreviationOf(oid: string): string {
  if (oid.startsWith('2.5.29.')) return oid.slice('2.5.29.'.length)
  return oid.startsWith('1.3.6.1.5.5.7.1.') ? `p${oid.slice('1.3.6.1.5.5.7.1.'.length)}` : oid
}

function tagsOf(name: readonly NameFact[] = []): string {
  let tags = ''
  for (const { tag } of name) tags += ` ${tag ?? '?'}`
  return tags
}
