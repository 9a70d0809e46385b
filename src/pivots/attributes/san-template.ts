import { type CertificateFacts, nothingKnown } from '../facts.ts'
import { normalText, shortened } from '../normal-text.ts'
import type { Pivot } from '../pivot.ts'
import { apexOf } from '../subject-names.ts'

/**
 * How host names are made: runs of digits become `0`, eight and more hexadecimal digits `#`, and the registrable domain
 * `*`, unless it has digits itself: `srv12.example.com` is `srv0.*`, `update77.example` is `update0.example`. Names that
 * every site has (`www`, and those that hosting panels add) are left out.
 */
export const sanTemplate: Pivot = {
  name: 'san_template',
  title: 'template of a host name',
  row: 15,
  selectivity: 'S2',
  reliability: 0.2,
  group: 'san',
  trap: 'Administrators everywhere call a machine vpn or srv01.',
  extract: facts => templatesOf(facts),
  normalise: text => shortened(normalText(text)),
  example: {
    facts: {
      ...nothingKnown,
      names: [
        'srv12.example.com',
        'www.example.com',
        'cpanel.example.com',
        'update77.example',
        'deadbeef01.x.example.net',
      ].map(value => ({ type: 'dns', value }) as const),
    },
    values: ['srv0.*', 'update0.example', '#.x.*'],
  },
}

/** Names of one certificate that are looked at; one with more is a pack. */
const mostNames = 32

/**
 * Labels that sites and hosting panels put before every domain (cPanel's AutoSSL: specification AN1972 §3.4 CP-1, §2.1
 * row 15).
 */
const everywhere: ReadonlySet<string> = new Set([
  'www',
  'mail',
  'cpanel',
  'webmail',
  'webdisk',
  'autodiscover',
  'autoconfig',
  'cpcontacts',
  'cpcalendars',
  'whm',
  'ftp',
  '*',
])

function templatesOf({ names }: CertificateFacts): readonly string[] {
  const templates: string[] = []
  let looked = 0
  for (const { type, value } of names) {
    if (type !== 'dns') continue
    looked += 1
    if (looked > mostNames) break
    const template = templateOf(value)
    if (template === undefined) continue
    const short = shortened(template)
    if (!templates.includes(short)) templates.push(short)
  }
  return templates
}

function templateOf(name: string): string | undefined {
  const apex = apexOf(name)
  if (apex === undefined) return undefined
  const below = name.slice(0, Math.max(0, name.length - apex.length - 1))
  const domain = digit.test(apex) ? classed(apex) : '*'
  if (below === '' || everywhere.has(below)) return domain === '*' ? undefined : domain
  return `${classed(below)}.${domain}`
}

const digit = /[0-9]/
const longRuns = /[0-9a-f]{8,}/g
const digits = /[0-9]+/g

/** Hexadecimal runs only with a digit in them: `feedface` can be a word. No run goes beyond a label. */
function classed(labels: string): string {
  if (!digit.test(labels)) return labels
  return labels.replace(longRuns, hexadecimalClass).replace(digits, '0')
}

function hexadecimalClass(run: string): string {
  return digit.test(run) ? '#' : run
}
