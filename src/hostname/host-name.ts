import { domainToASCII } from 'node:url'
import { getDomain } from 'tldts'

/** RFC 1035 §2.3.4: longer is no host name. */
const longestName = 253

/**
 * A host name as certificates and logs are compared: A-labels, lower case, no trailing dot; a leading `*.` stays. What
 * cannot be a host name comes back lowered and otherwise as it is: it is still what somebody wrote, and is searched.
 */
export function normalHostName(text: string): string {
  const name = text.trim().toLowerCase().replace(/\.$/, '')
  if (/^[\x21-\x7e]*$/.test(name)) return name
  const wildcard = name.startsWith('*.') ? '*.' : ''
  const ascii = name.length > longestName ? '' : domainToASCII(name.slice(wildcard.length))
  return ascii === '' ? name : wildcard + ascii
}

/**
 * The part of a name that somebody registered: `a.b.example.co.uk` → `example.co.uk`. Public suffixes of both kinds
 * count, so that `name.github.io` is a registration of its own (the bundled Public Suffix List of tldts; its date is its
 * version). Undefined for addresses, public suffixes themselves and single labels.
 *
 * @param name as {@link normalHostName} gives it
 */
export function registrableDomain(name: string): string | undefined {
  const bare = name.startsWith('*.') ? name.slice(2) : name
  if (bare.length > longestName || !bare.includes('.')) return undefined
  return getDomain(bare, { allowPrivateDomains: true, extractHostname: false }) ?? undefined
}

/** `www.example.com` → `com.example.www`: everything below a name is then one range of a sorted list. */
export function reversedLabels(name: string): string {
  return name.split('.').reverse().join('.')
}
