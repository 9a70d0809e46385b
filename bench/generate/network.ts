import type { Random } from './random.ts'
import { randomFrom } from './random.ts'

/**
 * The invented network that all generated evidence tells of: 400 hosts, 4,000 servers, 20,000 names. Numbers and their
 * skew are like those of a day in the corpus's WRCCDC capture (zed-sample-data).
 */
export type Server = {
  readonly name: string
  readonly address: string
  readonly certificate_sha256: string
  readonly issuer_sha256: string
  readonly certificate_sha1: string
  readonly issuer: string
  readonly serial: string
}

export type Network = {
  readonly random: Random
  /** Microseconds since the epoch: of the next record, a little later than the last. */
  tick(): number
  host(): string
  server(): Server
  /** A name that is asked for; longer tail than the servers. */
  name(): string
  uid(): string
}

const issuers = [
  "CN=R11, O=Let's Encrypt, C=US",
  'CN=DigiCert Global G2 TLS RSA SHA256 2020 CA1, O=DigiCert Inc, C=US',
  'CN=Sectigo RSA Domain Validation Secure Server CA, O=Sectigo Limited, L=Salford, ST=Greater Manchester, C=GB',
  'CN=Amazon RSA 2048 M02, O=Amazon, C=US',
] as const

const domains = ['example.com', 'example.net', 'example.org', 'cdn.example', 'cloud.example', 'corp.example'] as const

export function makeNetwork(seed: number): Network {
  const random = randomFrom(seed)
  const label = () => random.text(random.whole(3, 12)).toLowerCase()
  const names = Array.from(
    { length: 20_000 },
    () => `${random.chance(0.5) ? 'www.' : ''}${label()}.${random.pick(domains)}`,
  )
  const publicAddress = () =>
    random.chance(0.05)
      ? `2001:db8:${random.hex(3)}::${random.whole(1, 9999)}`
      : `${random.pick([198, 203, 192] as const)}.${random.whole(0, 255)}.${random.whole(0, 255)}.${random.whole(1, 254)}`
  const servers: readonly Server[] = Array.from({ length: 4_000 }, (_, nth) => ({
    name: names[nth] ?? '',
    address: publicAddress(),
    certificate_sha256: random.hex(64),
    issuer_sha256: random.hex(64),
    certificate_sha1: random.hex(40),
    issuer: random.pick(issuers),
    serial: random.hex(32),
  }))
  const hosts = Array.from(
    { length: 400 },
    () => `10.${random.whole(0, 63)}.${random.whole(0, 255)}.${random.whole(1, 254)}`,
  )
  let time = 1_764_547_200_000_000
  return {
    random,
    tick: () => (time += random.whole(20, 3_000)),
    host: () => hosts[random.skewed(hosts.length)] ?? '',
    server: () => servers[random.skewed(servers.length)] as Server, // skewed() stays below the length
    name: () => names[random.skewed(names.length)] ?? '',
    uid: () => `C${random.text(17)}`,
  }
}

/** `1764547200.000123`, as Zeek writes times and as a float would lose. */
export function seconds(micros: number): string {
  return `${Math.floor(micros / 1e6)}.${String(micros % 1e6).padStart(6, '0')}`
}

/** `2025-12-01T00:00:00.000123+0000`, as Suricata writes times. */
export function isoMicros(micros: number): string {
  const whole = new Date(Math.floor(micros / 1000)).toISOString()
  return `${whole.slice(0, 23)}${String(micros % 1000).padStart(3, '0')}+0000`
}
