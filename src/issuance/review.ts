import type { Watch } from '../hostname/index.ts'
import type { InputRow, Issuance, Planned } from '../inputs/index.ts'
import type { CaaJudgement, CaaLookup } from './caa.ts'
import { judgeCaa } from './caa.ts'

/** A certificate for a name of ours, as far as it matters here. Times are milliseconds since the epoch. */
export type IssuedCertificate = {
  /** Lower-case hexadecimal; of a certificate that is known by its bytes. */
  readonly id: string
  readonly sha256: string
  readonly issuer: string
  readonly serial: string
  readonly spki_sha256: string
  readonly not_before: number
  readonly not_after: number
  readonly names: readonly string[]
  readonly key_algorithm: string
  readonly key_bits: number | undefined
  readonly signature_algorithm: string
  readonly is_precertificate: boolean
  /** Undefined where its bytes are not there. */
  readonly promises: number | undefined
}

/** Words of specification T1596.003 §4.6. */
export type IssuanceVerdict =
  | 'sanctioned'
  | 'sanctioned_by_rule'
  | 'unknown_owner'
  | 'violates_caa'
  | 'unauthorised_ca'
  | 'lookalike'
  | 'internal_name_leak'
  | 'expired_key_reuse'

export type Reviewed = {
  readonly certificate: IssuedCertificate
  /** `sanctioned`, `unsanctioned`, or `unknown`: nobody can say. */
  readonly state: 'sanctioned' | 'unsanctioned' | 'unknown'
  readonly verdict: IssuanceVerdict
  /** Sentences, what decided first. */
  readonly because: readonly string[]
  /** Rows of `issuance` that have to do with it. */
  readonly rows: readonly InputRow<Issuance>[]
  readonly caa: readonly { readonly name: string; readonly judgement: CaaJudgement }[]
  /** What else is worth a look, and no reason by itself. */
  readonly notes: readonly string[]
  /** What would tell; never empty when the state is unknown. */
  readonly missing: readonly string[]
}

export type ReviewContext = {
  readonly issuance: readonly InputRow<Issuance>[]
  /** Deployments and changes: one that names it near its beginning makes an unlisted certificate a question, and no more. */
  readonly planned: readonly InputRow<Planned>[]
  /** Whether a list of issuance was given and is fresh; else why not. */
  readonly listMissing: string
  /** Domains that are ours. */
  readonly owned: readonly string[]
  readonly watch: Watch | undefined
  /** CAA identities of an authority by its distinguished name. */
  /** Ends of names, and labels below a domain of ours, that name the inside. */
  readonly inner: { readonly suffixes: readonly string[]; readonly labels: readonly string[] }
  readonly identitiesOf: (issuer: string) => readonly string[]
  readonly caaAt: (time: number) => (name: string) => CaaLookup
}

const day = 86_400_000

/** Precertificate and certificate are one issuance: the same issuer and serial number. The one without poison stays. */
export function oncePerIssuance(all: readonly IssuedCertificate[]): readonly IssuedCertificate[] {
  const byIssuance = new Map<string, IssuedCertificate>()
  for (const one of all) {
    const key = JSON.stringify([one.issuer, one.serial])
    const before = byIssuance.get(key)
    if (before === undefined || (before.is_precertificate && !one.is_precertificate)) byIssuance.set(key, one)
  }
  return [...byIssuance.values()]
}

/** One certificate against what may be issued, what is ours, and CAA as it stood then. */
export function reviewCertificate(certificate: IssuedCertificate, context: ReviewContext): Reviewed {
  const caa = certificate.names
    .slice(0, mostNames)
    .map(name => ({ name, judgement: caaOf(name, certificate, context) }))
  const base = { certificate, caa, notes: notesOf(certificate, context) }
  const made = byKey(certificate, context) ?? byLook(certificate, context) ?? byRule(certificate, context, caa)
  return { ...base, ...made }
}

/** So many names of one certificate are held against CAA. */
const mostNames = 20

type Made = Pick<Reviewed, 'state' | 'verdict' | 'because' | 'rows' | 'missing'>

/** A key of ours: a renewal, as long as the row of the key holds. */
function byKey({ spki_sha256, not_before }: IssuedCertificate, { issuance }: ReviewContext): Made | undefined {
  const rows = issuance.filter(({ value }) => spki_sha256 !== '' && value.keys.includes(spki_sha256))
  const [first] = rows
  if (first === undefined) return undefined
  const inForce = rows.find(({ value }) => holds(value, not_before))
  if (inForce !== undefined)
    return {
      state: 'sanctioned',
      verdict: 'sanctioned',
      because: [`its key is ours (${told(inForce)})`],
      rows: [inForce],
      missing: [],
    }
  return {
    state: 'unsanctioned',
    verdict: 'expired_key_reuse',
    because: [`its key was ours (${told(first)}), and was to be used no more`],
    rows,
    missing: [],
  }
}

/** A name that is not ours and looks like one. */
function byLook({ names }: IssuedCertificate, { owned, watch }: ReviewContext): Made | undefined {
  const isOurs = (name: string) => owned.some(one => bare(name) === one || bare(name).endsWith(`.${one}`))
  if (names.some(isOurs)) return undefined
  const near = names.flatMap(name => {
    const found = watch?.nearest(bare(name))
    return found === undefined || found.how === 'exact' || found.how === 'subdomain'
      ? []
      : [`${name} looks like ${found.domain} (${found.how})`]
  })
  return near.length === 0
    ? undefined
    : { state: 'unsanctioned', verdict: 'lookalike', because: near.slice(0, 5), rows: [], missing: [] }
}

const bare = (name: string) => name.replace(/^\*\./, '')

function byRule(certificate: IssuedCertificate, context: ReviewContext, caa: Reviewed['caa']): Made {
  const { not_before, issuer, names } = certificate
  const forbidden = caa.filter(({ judgement }) => judgement.state === 'forbids')
  if (forbidden.length > 0)
    return {
      state: 'unsanctioned',
      verdict: 'violates_caa',
      because: forbidden.map(({ judgement }) => judgement.because).slice(0, 5),
      rows: [],
      missing: [],
    }
  const ofNames = context.issuance.filter(({ value }) =>
    names.every(name => value.names.some(pattern => covers(pattern, name))),
  )
  const inForce = ofNames.filter(({ value }) => holds(value, not_before))
  const allowed = inForce.find(({ value }) => isOf(value, issuer, context.identitiesOf(issuer)))
  const leak = leaked(names, context)
  if (allowed !== undefined)
    return {
      state: 'sanctioned',
      verdict: 'sanctioned_by_rule',
      because: [`${told(allowed)} lets this authority issue for these names`],
      rows: [allowed],
      missing: [],
    }
  if (inForce.length > 0)
    return {
      state: 'unsanctioned',
      verdict: 'unauthorised_ca',
      because: [`the names may have certificates (${told(inForce[0])}), but not by ${issuer.slice(0, 200)}`],
      rows: inForce,
      missing: [],
    }
  if (leak !== undefined)
    return { state: 'unsanctioned', verdict: 'internal_name_leak', because: [leak], rows: ofNames, missing: [] }
  const planned = plannedFor(certificate, context)
  if (planned !== undefined)
    return {
      ...{ state: 'unknown', verdict: 'unknown_owner', rows: ofNames },
      because: [`no row of the issuance list has it, and ${planned} names it near its beginning`],
      missing: ['whether that ordered the certificate: ask its owner, and write it into the issuance list'],
    }
  if (context.listMissing !== '')
    return {
      state: 'unknown',
      verdict: 'unknown_owner',
      because: ['nobody wrote down who may issue'],
      rows: [],
      missing: [context.listMissing],
    }
  const because =
    ofNames.length > 0
      ? `what let it be issued (${told(ofNames[0])}) did not hold at that time`
      : 'no row of the issuance list has its names or its key'
  return { state: 'unsanctioned', verdict: 'unknown_owner', because: [because], rows: ofNames, missing: [] }
}

function told(row: InputRow<Issuance> | undefined): string {
  if (row === undefined) return ''
  const { ticket, requester } = row.value
  const words = [ticket, requester].filter(one => one !== '').join(', ')
  return `${row.from.file} row ${row.row}${words === '' ? '' : `: ${words}`}`
}

/** Within a day of its beginning. */
function plannedFor({ names, not_before }: IssuedCertificate, { planned }: ReviewContext): string | undefined {
  const found = planned.find(({ value: { start, end, scope } }) => {
    const isNear = start <= not_before + day && (end ?? start) >= not_before - day
    return isNear && names.every(name => scope.some(one => covers(one, name)))
  })
  if (found === undefined) return undefined
  const { ticket, summary } = found.value
  const words = [ticket, summary].filter(one => one !== '').join(', ')
  return `${found.from.file} row ${found.row}${words === '' ? '' : ` (${words.slice(0, 200)})`}`
}

/** A certificate is valid from an hour before it is issued, by the habit of authorities. */
function holds({ valid_from, valid_until }: Issuance, not_before: number): boolean {
  return (
    (valid_from === undefined || valid_from <= not_before + day / 12) &&
    (valid_until === undefined || not_before <= valid_until)
  )
}

/** `*.a.example` covers every name below it, wildcards too; a name covers itself. */
function covers(pattern: string, name: string): boolean {
  if (!pattern.startsWith('*.')) return name === pattern
  return bare(name).endsWith(pattern.slice(1)) || name === pattern
}

function isOf({ issuers, authorities }: Issuance, issuer: string, identities: readonly string[]): boolean {
  if (issuers.length + authorities.length === 0) return true
  const words = issuer.toLowerCase()
  return issuers.some(one => words.includes(one)) || authorities.some(one => identities.includes(one))
}

function caaOf(name: string, { issuer, not_before }: IssuedCertificate, context: ReviewContext): CaaJudgement {
  const rows = context.issuance.filter(({ value }) => value.names.some(pattern => covers(pattern, name)))
  const accounts = [...new Set(rows.flatMap(({ value }) => value.accounts))]
  return judgeCaa({ name, identities: context.identitiesOf(issuer), accounts }, context.caaAt(not_before))
}

/** A public log of such a name tells how the inside is called. */
function leaked(names: readonly string[], { owned, inner }: ReviewContext): string | undefined {
  const found = names.find(name => {
    if (inner.suffixes.some(suffix => name.endsWith(suffix))) return true
    const domain = owned.find(one => bare(name).endsWith(`.${one}`))
    const labels =
      domain === undefined
        ? []
        : bare(name)
            .slice(0, -domain.length - 1)
            .split('.')
    return labels.some(label => inner.labels.includes(label))
  })
  return found === undefined ? undefined : `${found} tells a name of the inside`
}

function notesOf(
  {
    names,
    not_before,
    not_after,
    key_algorithm,
    key_bits,
    signature_algorithm,
    promises,
    is_precertificate,
  }: IssuedCertificate,
  context: ReviewContext,
): readonly string[] {
  const days = Math.round((not_after - not_before) / day)
  const isWeak = key_algorithm.toLowerCase().includes('rsa') && key_bits !== undefined && key_bits < 2048
  const leak = leaked(names, context)
  return [
    ...(names.some(name => name.startsWith('*.')) ? ['a wildcard: it stands for names that no log tells'] : []),
    ...(days > 398 ? [`valid for ${days} days, more than the 398 that browsers take`] : []),
    ...(/sha-?1(?!\d)|md5/i.test(signature_algorithm) ? [`signed with ${signature_algorithm}`] : []),
    ...(isWeak ? [`an RSA key of ${key_bits} bits`] : []),
    ...(promises === 0 && !is_precertificate ? ['no promise of a log in it: it may never have been logged'] : []),
    ...(leak === undefined ? [] : [leak]),
  ]
}
