/** One CAA record (RFC 8659 §4.1). */
export type CaaRecord = { readonly flags: number; readonly tag: string; readonly value: string }

/** What a look-up of one name gave. `unknown`: nobody looked at that time, or there was no answer. */
export type CaaLookup =
  | { readonly state: 'records'; readonly records: readonly CaaRecord[]; readonly observed_at?: string }
  | { readonly state: 'none'; readonly observed_at?: string }
  | { readonly state: 'unknown'; readonly because: string }

export type CaaJudgement = {
  /** `permits`, `forbids`: at the time of issuance. */
  readonly state: 'permits' | 'forbids' | 'unknown'
  /** A sentence. */
  readonly because: string
  /** The name whose records decided; undefined when none has any. */
  readonly at?: string
}

export type Issued = {
  /** As in the certificate, `*.` of a wildcard included. */
  readonly name: string
  /** Identities of the authority in CAA records, such as letsencrypt.org; none: nobody knows them. */
  readonly identities: readonly string[]
  /** ACME accounts of ours that it may have come from; none: nobody knows which it was. */
  readonly accounts: readonly string[]
}

/** RFC 8659 §4 and RFC 8657; the last three are of the registry of IANA and say nothing of who may issue for a name of TLS. */
const knownTags: ReadonlySet<string> = new Set([
  'issue',
  'issuewild',
  'iodef',
  'contactemail',
  'contactphone',
  'issuemail',
  'issuevmc',
])

const mostLabels = 32

/**
 * Whether the records let this authority issue for a name: those of the first name that has any, from the name itself upwards (RFC 8659 §3).
 * For a wildcard `issuewild` counts where there is one, else `issue` (§4.3). An account that a record demands (RFC 8657 §3) has to be one of ours.
 */
export function judgeCaa({ name, identities, accounts }: Issued, lookup: (name: string) => CaaLookup): CaaJudgement {
  const isWildcard = name.startsWith('*.')
  for (const at of climb(isWildcard ? name.slice(2) : name)) {
    const found = lookup(at)
    if (found.state === 'unknown')
      return { state: 'unknown', because: `nobody can say which CAA records ${at} had: ${found.because}`, at }
    if (found.state === 'none' || found.records.length === 0) continue
    return { ...judgeSet(found.records, { isWildcard, identities, accounts }, at), at }
  }
  return { state: 'permits', because: 'no name from it upwards has CAA records' }
}

/** The name, and each above it, down to the last label. */
export function climb(name: string): readonly string[] {
  const labels = name
    .split('.')
    .filter(label => label !== '')
    .slice(-mostLabels)
  return labels.map((_, nth) => labels.slice(nth).join('.'))
}

type Asked = Pick<Issued, 'identities' | 'accounts'> & { readonly isWildcard: boolean }

function judgeSet(
  records: readonly CaaRecord[],
  { isWildcard, identities, accounts }: Asked,
  at: string,
): CaaJudgement {
  const critical = records.find(({ flags, tag }) => (flags & 128) !== 0 && !knownTags.has(tag.toLowerCase()))
  if (critical !== undefined)
    return { state: 'forbids', because: `${at} demands what nobody knows (${critical.tag.slice(0, 40)}, critical)` }
  const tagged = (wanted: string) =>
    records.filter(({ tag }) => tag.toLowerCase() === wanted).map(({ value }) => issueOf(value))
  const wild = isWildcard ? tagged('issuewild') : []
  const relevant = wild.length > 0 ? wild : tagged('issue')
  const word = wild.length > 0 ? 'issuewild' : 'issue'
  if (relevant.length === 0) return { state: 'permits', because: `${at} has CAA records and none of ${word}` }
  const named = relevant
    .map(({ domain }) => (domain === '' ? 'nobody' : domain))
    .join(', ')
    .slice(0, 300)
  const own = relevant.filter(({ domain }) => identities.includes(domain))
  if (identities.length === 0) {
    if (relevant.every(({ domain }) => domain === ''))
      return { state: 'forbids', because: `${at} lets nobody issue (${word})` }
    return {
      state: 'unknown',
      because: `${at} lets ${named} issue (${word}), and nobody knows what the authority is called there`,
    }
  }
  if (own.length === 0)
    return { state: 'forbids', because: `${at} lets ${named} issue (${word}), and not ${identities.join(' or ')}` }
  const uris = own.map(({ parameters }) => parameters.get('accounturi'))
  if (uris.includes(undefined)) return { state: 'permits', because: `${at} lets ${own[0]?.domain} issue (${word})` }
  if (accounts.length === 0)
    return {
      state: 'unknown',
      because: `${at} demands the account ${uris.join(' or ')}, and nobody knows from which it came`,
    }
  if (uris.some(uri => uri !== undefined && accounts.includes(uri)))
    return { state: 'permits', because: `${at} demands an account, and it is ours` }
  return {
    state: 'forbids',
    because: `${at} demands the account ${uris.join(' or ').slice(0, 300)}, and ours is ${accounts.join(', ').slice(0, 300)}`,
  }
}

/** `letsencrypt.org; accounturi=https://…` (RFC 8659 §4.2). */
function issueOf(value: string): { readonly domain: string; readonly parameters: ReadonlyMap<string, string> } {
  const [domain = '', ...rest] = value.slice(0, 2000).split(';')
  const parameters = rest.flatMap(part => {
    const at = part.indexOf('=')
    return at < 1 ? [] : [[part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()] as const]
  })
  return { domain: domain.trim().toLowerCase().replace(/\.$/, ''), parameters: new Map(parameters) }
}
