/** Writes `examples/README.md`: the story, and what a hunt should say about it. Every number is counted here. */
import type { ExampleCertificate } from './certificate-maker.ts'
import type { ExampleCertificates } from './certificates.ts'
import { isoSeconds } from './clock.ts'
import type { ExampleFile } from './collection.ts'
import { addressesOf, beaconServers, cdnAddresses, laptop, prober, securityHost, workstation } from './network.ts'
import type { Session } from './sessions.ts'

export function readme(
  files: readonly ExampleFile[],
  certificates: ExampleCertificates,
  sessions: readonly Session[],
): string {
  return [
    story(sessions),
    findings(certificates, sessions),
    quiet(sessions),
    certificateTable(certificates),
    fileTable(files),
  ].join('\n')
}

function story(sessions: readonly Session[]): string {
  const of = (client: string, server?: string) =>
    sessions.filter(session => session.client === client && (server === undefined || session.server === server))
  const probes = of(prober)
  const third = of(workstation, beaconServers.third)
  const beacons = [...of(workstation, beaconServers.first), ...of(workstation, beaconServers.second), ...third]
  const last = beacons.reduce((latest, session) => Math.max(latest, session.start), 0)
  const clock = (time: number | undefined) => isoSeconds(time ?? 0).slice(11, 16)
  return `# An invented incident

Written by \`tsx scripts/make-examples.ts\`; \`--check\` says whether it is current. Do not edit by hand.

Nothing here happened. Norrfell Logistics and its people do not exist, outside addresses come from the documentation
ranges, and the certificates' keys can be computed by anyone (\`scripts/examples/keys.ts\`), so they are worth nothing.
The names of certificate services are real; their addresses here are not. All times are UTC, October 2026.

1. **Tue 13, 14:02–14:21.** On the contractor's laptop ${laptop} someone looks the company up in certificate
   searches: three visits to crt.sh, a tool that asks seven services in little more than a minute (crt.sh through its
   public PostgreSQL), psql by hand with the SQL in the clear, and three plain GETs through the explicit proxy.
2. **Wed 14, ${clock(probes[0]?.start)}–${clock(probes.at(-1)?.start)}.** ${prober} asks for the names found and walks through the vpn-, jenkins- and sso- hosts.
3. **Thu 15, 09:11–09:14.** WS-1042 (${workstation}) runs a "VPN setup". It is signed by a certificate that nobody
   trusts yet. It plants the root, points the PE verifier at \`ntdll!DbgUiContinue\`, stops Winlogbeat and adds a Run key.
   Before the root the host calls the module's signature Unavailable, afterwards Valid.
4. **Thu 15, 09:19 to Fri 16, ${clock(last)}.** WS-1042 talks TLS to three servers, about every 25 minutes. Two show one
   certificate, the third another one with the same RSA key.

Zeek sits between the clients and the core, Suricata at the Internet edge: a connection from inside to outside is in
both, with the same ports and Community ID. Counts below are connections, not records.
`
}

function findings(certificates: ExampleCertificates, sessions: readonly Session[]): string {
  const { beaconA, beaconB, plantedRoot } = certificates
  const crtsh = addressesOf('crt.sh', 'A')[0]
  const mine = sessions.filter(session => session.client === laptop)
  const tls = mine.filter(session => session.tls?.server_name === 'crt.sh').length
  const sql = mine.filter(session => session.sql).length
  const viaProxy = mine.filter(session => session.http).length
  const beacons = (server: string) =>
    sessions.filter(session => session.client === workstation && session.server === server && session.tls).length
  const { first, second, third } = beaconServers
  return `## What a hunt should say

| analytic | what | who → what | why |
|---|---|---|---|
| T1596.003 | crt.sh's PostgreSQL contacted | ${laptop} → ${crtsh}:5432, ${sql} connections | A browser cannot do this. Zeek and Suricata show user guest, database certwatch, and for psql the SQL with norrfell.example. The other connection uses the extended protocol: its SQL is not in any log, and a hunt must not pretend to know it. |
| T1596.003 | certificate lookups | ${laptop} → crt.sh, ${tls} TLS sessions and ${viaProxy} requests through the proxy | The proxied requests name the search: \`%.norrfell.example\`, \`output=json\`. |
| T1596.003 | fan-out | ${laptop} → 7 services, 14:06:20 to 14:07:33 | crt.sh, api.certspotter.com, certificatedetails.com, api.hackertarget.com, jonlu.ca, ip.thc.org, api.merklemap.com within 120 seconds. |
| T1596.003 | certificate lookups | ${securityHost} → crt.sh, once a day, ${sessions.filter(session => session.client === securityHost && session.tls).length} TLS sessions | Still lookups. Whether they are sanctioned is not in the evidence. |
| T1596.003 | certificate lookups by a proxy | 10.20.1.80 → ${crtsh}:80, 3 requests (Suricata only) | The same three requests on their way out; \`xff\` names ${laptop}. |
| AN1246 | root certificate written | WS-1042, certutil.exe, 2026-10-15 09:13:02 | LocalMachine ROOT, thumbprint \`${plantedRoot.sha1}\`, which is \`certificates/planted-root.pem\`. |
| AN1246 | SIP provider registered | WS-1042, nvpnsvc.exe, 2026-10-15 09:13:18 | PE verifier {C689AAB8-…}: Dll ntdll.dll, FuncName DbgUiContinue (Sysmon 13); the Dll value again as Security 4657 in another file. One change, two witnesses. |
| AN1246 | persistence beside it | WS-1042, 2026-10-15 09:13:41 | Run value NorrfellVpn. |
| AN1246 | root certificate written | DEV-0031, mkcert.exe, 2026-10-14 08:41:07 | CurrentUser Root, thumbprint \`${certificates.mkcertRoot.sha1}\`. A developer's own root: worth a look, not an incident. |
| AN1972 | one key on several servers | ${workstation} → ${first} (${beacons(first)}), ${second} (${beacons(second)}), ${third} (${beacons(third)} TLS sessions) | SPKI SHA-256 \`${beaconA.spki_sha256}\`. The link to ${third} needs the certificate files: no sensor logs the key. A lead. |
| AN1972 | one self-signed certificate on two servers | ${workstation} → ${first}, ${second} | SHA-256 \`${beaconA.sha256}\`, SHA-1 \`${beaconA.sha1}\`. A lead. |

The third server alone shows SHA-256 \`${beaconB.sha256}\`.
`
}

function quiet(sessions: readonly Session[]): string {
  const resolverAsks = sessions.filter(
    session => session.client === '10.20.1.53' && session.dns?.query === 'crt.sh',
  ).length
  const probes = sessions.filter(session => session.client === prober && session.http).length
  return `## What must stay quiet, or be said with care

| what | why |
|---|---|
| 10.20.1.53 asks upstream for crt.sh (${resolverAsks} times, Suricata) | It is the resolver and asks for others; Zeek shows for whom. |
| ${prober} → vpn-malmo, jenkins-build, sso-staging (${probes} HTTP requests, Suricata only) | Real probing, half a day after the lookups. That the names came from them is a guess: time order is all the evidence has. |
| crt.sh.portside-news.example, desert.shipping-almanac.example | Only look like crt.sh: the label boundary decides. |
| OCSP and CRL requests | Every Windows client does this. |
| 10.20.6.11 → acme-v02.api.letsencrypt.org | A web server renews its certificate. |
| 10.20.6.11 → 10.20.3.40:5432 | PostgreSQL in the clear, inside, user wms, database warehouse. |
| 203.0.113.150 → vpn-malmo.norrfell.example/healthz | A monitor that asks every eight hours. |
| www.portside-news.example on ${cdnAddresses.join(', ')} | One certificate on four servers, but signed by a CA (Aldermoor, invented), not self-signed. |
| nas.norrfell.example (10.20.3.9) | Self-signed, one server, inside. |
| AuthRoot\\Certificates\\DF3C24F9…, CABD2A79…\\Blob | Microsoft's own list, fetched by svchost. |
| MY\\Certificates\\…\\Blob | A machine certificate is renewed: no trust changes. |
| CreateKey on ROOT\\Certificates, CRLs, CTLs | A store is opened; no certificate is written. |
| {9FA65764-…} mso.dll / MsoVBADigSigVerifyIndirectData by msiexec | Office registers its SIP as it always does. |
| {603BCC1F-…} pwrshsip.dll / PsVerifyHash by TrustedInstaller | Servicing writes the proper values. |
| Run value OneDrive (4657 on DEV-0031) | No trust change beside it. |

What cannot be seen: the Winlogbeat of WS-1042 ends at 09:13:30, the DMZ sensor's file is empty, TLS 1.3 hides
certificates, Sysmon never shows the bytes of a certificate, and NXLog hides Sysmon's EventType.
`
}

const roles: Readonly<Record<keyof ExampleCertificates, string>> = {
  plantedRoot: 'planted-root.pem',
  loaderSigner: 'loader-signer.der',
  beaconA: 'beacon-a.pem',
  beaconB: 'beacon-b.der',
  appliance: 'nas.norrfell.example.pem',
  mkcertRoot: 'mkcert-root.pem',
  publicSite: 'portside-news-chain.pem, 1st',
  publicIssuing: 'portside-news-chain.pem, 2nd',
  publicRoot: 'portside-news-chain.pem, 3rd',
}

function certificateTable(certificates: ExampleCertificates): string {
  const row = (role: string, certificate: ExampleCertificate) => {
    const name = certificate.subject.at(-1)?.[1] ?? ''
    const until = isoSeconds(certificate.not_after).slice(0, 10)
    return `| ${role} | ${name.replaceAll('|', '\\|')} | ${until} | \`${certificate.sha256}\` | \`${certificate.sha1}\` | \`${certificate.spki_sha256}\` |`
  }
  const order = Object.keys(roles) as (keyof ExampleCertificates)[] // the record above has exactly these keys
  return `## Certificates

| file | common name | valid until | SHA-256 of the DER | SHA-1 of the DER | SHA-256 of the SPKI |
|---|---|---|---|---|---|
${order.map(name => row(roles[name], certificates[name])).join('\n')}
`
}

function fileTable(files: readonly ExampleFile[]): string {
  const rows = files.map(file => {
    const bad = file.malformed_lines.length > 0 ? `line ${file.malformed_lines.join(', ')}` : ''
    return `| ${file.path} | ${file.format} | ${file.records} | ${bad} |`
  })
  const total = files.reduce((sum, file) => sum + file.records, 0)
  return `## Files

| file | format | whole records | malformed on purpose |
|---|---|---|---|
${rows.join('\n')}

${total} records. In \`zeek/conn.log\` one row lost its last seven fields, in \`suricata/eve-perimeter.json\` one line is cut
in the middle. \`notes.txt\` and this file are of no known format, \`suricata/eve-dmz.json\` is empty: all are to be named.
`
}
