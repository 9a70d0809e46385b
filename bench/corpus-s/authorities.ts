import type { Dn } from './distinguished-name.ts'
import type { KeyKind } from './keys.ts'

/** A public CA that signs leaves. Names are real (§3.4 of the specification and common knowledge), keys are not. */
export type Authority = {
  readonly id: string
  readonly dn: Dn
  readonly signer: KeyKind
  /** Anyone gets a certificate in seconds, so exact times of different owners meet by chance. */
  readonly acme: boolean
  /** Lifetimes in days that subscribers get; longer than the rules allow is cut at issuance. */
  readonly days: readonly [number, ...number[]]
  /** notBefore is set this long before the issuance, in ms. */
  readonly backdatedMs: number
  readonly serialOctets: number
  /** Host of its OCSP, CRL and issuer addresses. */
  readonly host: string
  readonly family: string
}

const hourMs = 3_600_000

function letsEncrypt(cn: string, signer: KeyKind): Authority {
  return {
    id: `lets-encrypt-${cn.toLowerCase()}`,
    dn: [['C', 'US'], ['O', "Let's Encrypt"], ['CN', cn]], // biome-ignore format: a DN on a line
    signer,
    acme: true,
    days: [90],
    backdatedMs: hourMs - 1000,
    serialOctets: 18,
    host: `${cn.toLowerCase()}.i.lencr.org`,
    family: 'lets-encrypt',
  }
}

function authority(family: string, host: string, cn: string, o: string, more: Partial<Authority> = {}): Authority {
  return {
    id: cn.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    dn: [['C', 'US'], ['O', o], ['CN', cn]], // biome-ignore format: a DN on a line
    signer: 'rsa2048',
    acme: false,
    days: [365, 397],
    backdatedMs: 0,
    serialOctets: 16,
    host,
    family,
    ...more,
  }
}

const google = { acme: true, days: [90], backdatedMs: hourMs - 1000 } as const

/** Cheap and automatic: what most sites and most operators use. Let's Encrypt comes several times as it has most. */
export const acmeAuthorities = [
  letsEncrypt('R10', 'rsa2048'),
  letsEncrypt('R11', 'rsa2048'),
  letsEncrypt('R12', 'rsa2048'),
  letsEncrypt('E5', 'p384'),
  letsEncrypt('E6', 'p384'),
  letsEncrypt('E8', 'p384'),
  authority('google-trust-services', 'c.pki.goog', 'WR1', 'Google Trust Services', google),
  authority('google-trust-services', 'c.pki.goog', 'WE1', 'Google Trust Services', { ...google, signer: 'p256' }),
  authority('zerossl', 'zerossl.crt.sectigo.com', 'ZeroSSL RSA Domain Secure Site CA', 'ZeroSSL', {
    acme: true,
    days: [90],
  }),
] as const satisfies readonly Authority[]

/** Bought once a year, with the name of a company in them or not. */
export const soldAuthorities = [
  authority('digicert', 'cacerts.digicert.com', 'DigiCert Global G2 TLS RSA SHA256 2020 CA1', 'DigiCert Inc'),
  authority('digicert', 'cacerts.digicert.com', 'GeoTrust TLS RSA CA G1', 'DigiCert Inc'),
  authority('sectigo', 'crt.sectigo.com', 'Sectigo Public Server Authentication CA DV R36', 'Sectigo Limited'),
  authority('sectigo', 'crt.sectigo.com', 'Sectigo Public Server Authentication CA OV R36', 'Sectigo Limited'),
  authority('godaddy', 'certificates.godaddy.com', 'Go Daddy Secure Certificate Authority - G2', 'GoDaddy.com, Inc.', {
    serialOctets: 8,
  }),
  authority('globalsign', 'secure.globalsign.com', 'GlobalSign RSA OV SSL CA 2018', 'GlobalSign nv-sa'),
] as const satisfies readonly Authority[]

export const panelAuthority = authority(
  'cpanel',
  'crt.comodoca.com',
  'cPanel, Inc. Certification Authority',
  'cPanel, Inc.',
  { days: [90], acme: true },
)
export const amazonAuthority = authority('amazon', 'crt.r2m02.amazontrust.com', 'Amazon RSA 2048 M02', 'Amazon', {
  days: [395],
})
export const azureAuthority = authority(
  'microsoft-azure',
  'www.microsoft.com',
  'Microsoft Azure RSA TLS Issuing CA 03',
  'Microsoft Corporation',
  { days: [180], signer: 'rsa4096', serialOctets: 19 },
)
/** Signs SAN packs of CDNs. */
export const packAuthority = authority(
  'globalsign',
  'secure.globalsign.com',
  'GlobalSign Atlas R3 DV TLS CA 2026 Q1',
  'GlobalSign nv-sa',
)

export const allAuthorities: readonly Authority[] = [
  ...acmeAuthorities,
  ...soldAuthorities,
  panelAuthority,
  amazonAuthority,
  azureAuthority,
  packAuthority,
]
