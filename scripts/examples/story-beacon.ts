/** Steps 3 and 4 on the wire, 15 and 16 October: the loader's download, then a beacon to three servers. */
import type { ExampleCertificates } from './certificates.ts'
import { at, millisecond, minute, second } from './clock.ts'
import { addressFor, beaconServers, workstation } from './network.ts'
import { randomFrom } from './random.ts'
import { dnsLookup, httpSession, resolverLookup, type Session, type TlsHandshake, tlsSession } from './sessions.ts'

const downloadHost = 'get.freightlane.example'

export const downloadTime = at('2026-10-15T09:11:54.300')
const firstBeacon = at('2026-10-15T09:19:31.812')
const lastBeacon = at('2026-10-16T16:40:00')

export function beaconStory(certificates: ExampleCertificates): readonly Session[] {
  return [...download(), ...beacons(certificates)]
}

function download(): readonly Session[] {
  const server = addressFor(downloadHost, workstation)
  const request = {
    method: 'GET',
    host: downloadHost,
    target: '/norrfell/NorrfellVpnSetup.exe',
    user_agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    status: 200,
    status_message: 'OK',
    response_length: 2_418_176,
    mime_type: 'application/x-dosexec',
  }
  return [
    resolverLookup(downloadTime - 68 * millisecond, downloadHost),
    dnsLookup(downloadTime - 80 * millisecond, workstation, downloadHost),
    httpSession(downloadTime, { client: workstation, server, server_port: 80 }, [request]),
  ]
}

/**
 * About every 25 minutes, by turns. Two servers present the same certificate, the third another one with the same
 * key. TLS 1.2, so both sensors see them.
 */
function beacons(certificates: ExampleCertificates): readonly Session[] {
  const { beaconA, beaconB } = certificates
  const refused = { version: 'TLSv12', validation: 'self-signed certificate' } as const
  const named = (server_name: string): TlsHandshake => ({ ...refused, server_name, chain: [beaconA] })
  const turns: readonly { readonly server: string; readonly tls: TlsHandshake }[] = [
    { server: beaconServers.first, tls: named('sync-eu1.freightlane.example') },
    { server: beaconServers.second, tls: named('sync-eu2.freightlane.example') },
    { server: beaconServers.third, tls: { ...refused, chain: [beaconB] } },
  ]
  const random = randomFrom('beacon')
  const sessions: Session[] = []
  let time = firstBeacon
  for (let turn = 0; time < lastBeacon; turn++) {
    const chosen = turns[turn % turns.length]
    if (chosen === undefined) break
    const { server, tls } = chosen
    if (tls.server_name !== undefined) {
      const asked = time - 70 * millisecond
      sessions.push(dnsLookup(asked, workstation, tls.server_name))
      if (turn < turns.length) sessions.push(resolverLookup(asked + 11 * millisecond, tls.server_name))
    }
    const lengths = [1_296 + 16 * random.int(0, 3), 2_180 + 16 * random.int(0, 5)] as const
    sessions.push(tlsSession(time, { client: workstation, server, server_port: 443 }, tls, lengths))
    time += 25 * minute + random.int(-150, 150) * second + random.int(0, 999_999)
  }
  return sessions
}
