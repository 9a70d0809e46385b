import { day } from './calendar.ts'
import type { CorpusListEntry, ListKeys } from './corpus.ts'
import type { Dn } from './distinguished-name.ts'
import type { Issued } from './issue.ts'
import { makeKey } from './keys.ts'
import { selfSigned } from './makers/self-signed.ts'
import { golang, openssl, opensslOld, python, type Tool } from './makers/tools.ts'
import type { Random } from './random.ts'

/** What software writes into a certificate when nobody fills in the form. */
export type SoftwareDefault = {
  readonly id: string
  readonly tool: Tool
  readonly dn: Dn
  /** Put into the CN and the names instead of what the DN says. */
  readonly ownName: boolean
  readonly names: readonly string[]
  readonly keys: ListKeys
  /** How common, beside the others. */
  readonly weight: number
  /** In an image that everybody pulls: key and certificate are the same for all. */
  readonly baked: Issued | undefined
}

type Plan = Omit<SoftwareDefault, 'baked' | 'ownName' | 'names'> & {
  readonly ownName?: boolean
  readonly names?: readonly string[]
  readonly isBaked?: boolean
}

/** Forms of §3.4 (DF-1, K8-1, TR-1). Weights follow the counts of the 2019 scan given there, roughly. */
const known: readonly Plan[] = [
  { id: 'widgits', tool: openssl, weight: 8, dn: [['C', 'AU'], ['ST', 'Some-State'], ['O', 'Internet Widgits Pty Ltd']], keys: { subject_rdn: ['O=Internet Widgits Pty Ltd'] } }, // biome-ignore format: a DN on a line
  { id: 'widgits-named', tool: openssl, weight: 5, ownName: true, dn: [['C', 'US'], ['ST', 'Some-State'], ['O', 'Internet Widgits Pty Ltd']], keys: { subject_rdn: ['O=Internet Widgits Pty Ltd'] } }, // biome-ignore format: a DN on a line
  { id: 'default-company', tool: openssl, weight: 5, dn: [['C', 'XX'], ['L', 'Default City'], ['O', 'Default Company Ltd']], keys: { subject_rdn: ['O=Default Company Ltd'] } }, // biome-ignore format: a DN on a line
  { id: 'some-organization', tool: openssl, weight: 6, ownName: true, dn: [['C', '--'], ['ST', 'SomeState'], ['L', 'SomeCity'], ['O', 'SomeOrganization'], ['OU', 'SomeOrganizationalUnit']], keys: { subject_rdn: ['O=SomeOrganization'] } }, // biome-ignore format: a DN on a line
  { id: 'localhost-none', tool: opensslOld, weight: 8, dn: [['O', 'none'], ['OU', 'none'], ['CN', 'localhost'], ['emailAddress', 'webmaster@localhost']], keys: { subject_rdn: ['emailAddress=webmaster@localhost'] } }, // biome-ignore format: a DN on a line
  { id: 'default-web-server', tool: opensslOld, weight: 6, isBaked: true, dn: [['OU', 'Default Web server'], ['CN', 'www.example.com']], keys: { subject_rdn: ['OU=Default Web server'] } }, // biome-ignore format: a DN on a line
  { id: 'my-company', tool: openssl, weight: 2, dn: [['C', 'US'], ['O', 'My Company Ltd'], ['CN', 'localhost']], keys: { subject_rdn: ['O=My Company Ltd'] } }, // biome-ignore format: a DN on a line
  { id: 'localhost', tool: python, weight: 3, dn: [['CN', 'localhost']], names: ['localhost'], keys: { subject_dn: ['CN=localhost'] } }, // biome-ignore format: a DN on a line
  { id: 'kubernetes-ingress', tool: golang, weight: 7, dn: [['O', 'Acme Co'], ['CN', 'Kubernetes Ingress Controller Fake Certificate']], names: ['ingress.local'], keys: { subject_rdn: ['CN=Kubernetes Ingress Controller Fake Certificate'] } }, // biome-ignore format: a DN on a line
  { id: 'generate-cert', tool: golang, weight: 3, dn: [['O', 'Acme Co']], keys: { subject_rdn: ['O=Acme Co'] } }, // biome-ignore format: a DN on a line
  { id: 'traefik', tool: golang, weight: 5, dn: [['CN', 'TRAEFIK DEFAULT CERT']], keys: { subject_rdn: ['CN=TRAEFIK DEFAULT CERT'] } }, // biome-ignore format: a DN on a line
]

/** `invented`: DNs of software nobody has heard of, which no list of today can have. */
export function softwareDefaults(random: Random, opened: number, invented: readonly Dn[]): SoftwareDefault[] {
  const unknown = invented.map(
    (dn, n): Plan => ({
      id: `unknown-software-${n + 1}`,
      tool: random.pick([openssl, golang, python]),
      weight: random.fraction(0.5, 4),
      dn,
      ownName: random.chance(0.4),
      isBaked: random.chance(0.3),
      keys: { subject_rdn: dn.filter(([type]) => type === 'O').map(([, value]) => `O=${value}`) },
    }),
  )
  return [...known, ...unknown].map(({ isBaked = false, ownName = false, names = [], ...plan }) => {
    const key = isBaked ? makeKey(random, plan.tool.keyKind) : undefined
    const made = opened - random.whole(30, 1500) * day
    const baked =
      key === undefined
        ? undefined
        : {
            ...selfSigned(random, { tool: plan.tool, subject: plan.dn, key, made, days: 3650 }),
            until: opened + 700 * day,
          }
    return { ...plan, ownName, names, baked }
  })
}

/** One installation's certificate. */
export function installDefault(random: Random, software: SoftwareDefault, made: number, domain: string): Issued {
  if (software.baked !== undefined) return software.baked
  const { tool, dn, ownName, names } = software
  return selfSigned(random, {
    tool,
    subject: ownName ? [...dn, ['CN', domain]] : dn,
    key: makeKey(random, tool.keyKind),
    made,
    names: ownName ? [domain] : names,
  })
}

/** By weight. */
export function anyDefault(random: Random, defaults: readonly SoftwareDefault[]): SoftwareDefault | undefined {
  let left = random.fraction(
    0,
    defaults.reduce((sum, { weight }) => sum + weight, 0),
  )
  return defaults.find(({ weight }) => {
    left -= weight
    return left < 0
  })
}

export const defaultEntry = ({ id, keys }: SoftwareDefault): CorpusListEntry => ({
  id: `${id}/form`,
  action: 'platform',
  keys,
})
