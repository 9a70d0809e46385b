/** The certificates of the incident. */
import { type ExampleCertificate, makeCertificate } from './certificate-maker.ts'
import { p256PublicKey, rsaKey } from './keys.ts'

export type ExampleCertificates = Readonly<
  Record<
    | 'plantedRoot'
    | 'loaderSigner'
    | 'beaconA'
    | 'beaconB'
    | 'appliance'
    | 'mkcertRoot'
    | 'publicRoot'
    | 'publicIssuing'
    | 'publicSite',
    ExampleCertificate
  >
>

export async function makeCertificates(): Promise<ExampleCertificates> {
  const planted = await rsaKey('planted root')
  const signer = await rsaKey('loader signer')
  const beacon = await rsaKey('beacon')
  const nas = await rsaKey('appliance')
  const mkcert = await rsaKey('mkcert root')
  const root = await rsaKey('public root')
  const issuing = await rsaKey('public issuing')

  const plantedName = [
    ['C', 'SE'],
    ['O', 'Norrfell Logistics, AB'],
    ['CN', 'Norrfell Logistics Code Signing Root 2026'],
  ] as const
  const rootName = [
    ['C', 'NL'],
    ['O', 'Aldermoor Trust Services'],
    ['CN', 'Aldermoor Public Root R1'],
  ] as const
  const issuingName = [
    ['C', 'NL'],
    ['O', 'Aldermoor Trust Services'],
    ['CN', 'Aldermoor Public TLS CA 3'],
  ] as const
  const mkcertName = [
    ['O', 'mkcert development CA'],
    ['OU', 'DEV-0031\\e.sandstrom'],
    ['CN', 'mkcert DEV-0031\\e.sandstrom'],
  ] as const
  const site = 'www.portside-news.example'

  return {
    plantedRoot: await makeCertificate({
      serial: '5f3a90c4e1b27d68',
      subject: plantedName,
      valid: ['2026-10-02T08:00:00', '2036-09-29T08:00:00'],
      publicKey: planted.publicKey,
      signer: planted,
      ca: true,
    }),
    loaderSigner: await makeCertificate({
      serial: '21c7',
      subject: [
        ['C', 'SE'],
        ['O', 'Norrfell Logistics, AB'],
        ['CN', 'Norrfell Logistics AB'],
      ],
      valid: ['2026-10-02T08:05:00', '2027-10-02T08:05:00'],
      publicKey: signer.publicKey,
      issuer: { subject: plantedName, key: planted },
      signer: planted,
      purpose: 'code',
    }),
    beaconA: await makeCertificate({
      serial: 'd2b1094fa6c37e15',
      subject: [
        ['C', 'PA'],
        ['O', 'Freightlane'],
        ['CN', 'sync.freightlane.example'],
      ],
      valid: ['2026-09-28T00:00:00', '2027-09-28T00:00:00'],
      publicKey: beacon.publicKey,
      signer: beacon,
      dns: ['sync.freightlane.example'],
      purpose: 'server',
    }),
    beaconB: await makeCertificate({
      serial: '3e88c05b71fd4a92',
      subject: [
        ['C', 'PA'],
        ['O', 'Quayside Metrics'],
        ['CN', 'telemetry.quayside-metrics.example'],
      ],
      valid: ['2026-10-05T00:00:00', '2027-10-05T00:00:00'],
      publicKey: beacon.publicKey,
      signer: beacon,
      dns: ['telemetry.quayside-metrics.example'],
      purpose: 'server',
    }),
    appliance: await makeCertificate({
      serial: '1f4c22',
      subject: [
        ['C', 'SE'],
        ['L', 'Malmö'],
        ['O', 'Norrfell Logistics, AB'],
        ['CN', 'nas.norrfell.example'],
      ],
      valid: ['2024-02-01T00:00:00', '2034-01-29T00:00:00'],
      publicKey: nas.publicKey,
      signer: nas,
      dns: ['nas.norrfell.example'],
      // The comma is deliberate: Zeek must write it as \x2c inside a vector.
      uri: ['urn:norrfell:rack:4,slot:2'],
      purpose: 'server',
    }),
    mkcertRoot: await makeCertificate({
      serial: '6be1d07740a2c993',
      subject: mkcertName,
      valid: ['2026-10-14T08:40:00', '2036-10-14T08:40:00'],
      publicKey: mkcert.publicKey,
      signer: mkcert,
      ca: true,
    }),
    publicRoot: await makeCertificate({
      serial: '01',
      subject: rootName,
      valid: ['2015-03-01T00:00:00', '2040-03-01T00:00:00'],
      publicKey: root.publicKey,
      signer: root,
      ca: true,
    }),
    publicIssuing: await makeCertificate({
      serial: '4d0019a2',
      subject: issuingName,
      valid: ['2023-03-01T00:00:00', '2033-03-01T00:00:00'],
      publicKey: issuing.publicKey,
      issuer: { subject: rootName, key: root },
      signer: root,
      ca: true,
    }),
    publicSite: await makeCertificate({
      serial: '0a77e90142bc5d3e8f61',
      subject: [['CN', site]],
      valid: ['2026-09-20T00:00:00', '2026-12-19T00:00:00'],
      publicKey: await p256PublicKey('public site'),
      key: 'ecdsa',
      issuer: { subject: issuingName, key: issuing },
      signer: issuing,
      dns: [site, 'portside-news.example', 'img.portside-news.example'],
      purpose: 'server',
    }),
  }
}
