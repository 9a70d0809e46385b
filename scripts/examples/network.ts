/**
 * Who is who: the invented company and its Internet.
 *
 * Outside addresses come from the documentation ranges (RFC 5737, RFC 3849). The names of certificate services and
 * revocation servers are real, because detections know them; their addresses here are not.
 */

export const company = 'norrfell.example'

export const resolver = { v4: '10.20.1.53', v6: 'fd4e:8a2b:6c10:1::53', upstream: '203.0.113.53' }
export const proxy = { address: '10.20.1.80', port: 3128, name: 'proxy01.norrfell.example' }

/** Step 1: the contractor's laptop. */
export const laptop = '10.20.14.37'
/** The security team's own host: a lookup a day, sanctioned. */
export const securityHost = '10.20.5.10'
/** Step 2: the prober. */
export const prober = '203.0.113.77'
/** Steps 3 and 4: the compromised workstation. */
export const workstation = '10.20.14.52'
export const appliance = '10.20.3.9'
export const warehouseDatabase = '10.20.3.40'
export const webServer = '10.20.6.11'

export const beaconServers = {
  first: '198.51.100.21',
  second: '198.51.100.88',
  third: '192.0.2.140',
} as const

export const cdnAddresses = ['198.51.100.130', '198.51.100.131', '198.51.100.132', '198.51.100.133'] as const

/** Ordinary clients. */
export const clients = [
  '10.20.14.21',
  '10.20.14.22',
  '10.20.14.44',
  '10.20.14.61',
  '10.20.18.20',
  '10.20.18.23',
  '10.20.18.31',
  '10.20.22.14',
  '10.20.22.31',
  'fd4e:8a2b:6c10:14::25',
  'fd4e:8a2b:6c10:18::3a',
] as const

const directory: Readonly<Record<string, readonly string[]>> = {
  // Certificate searches and the sources that lists of subdomains are made from.
  'crt.sh': ['192.0.2.73'],
  'api.certspotter.com': ['198.51.100.145'],
  'certificatedetails.com': ['203.0.113.141'],
  'api.merklemap.com': ['198.51.100.148'],
  'api.hackertarget.com': ['203.0.113.142'],
  'jonlu.ca': ['198.51.100.146'],
  'ip.thc.org': ['198.51.100.147'],
  // Revocation and issuance: background noise in every network.
  'ocsp.digicert.com': ['203.0.113.161'],
  'r11.o.lencr.org': ['203.0.113.162'],
  'crl.globalsign.com': ['203.0.113.163'],
  'ctldl.windowsupdate.com': ['203.0.113.164'],
  'ocsp.aldermoor-pki.example': ['203.0.113.165'],
  'crl.aldermoor-pki.example': ['203.0.113.166'],
  'acme-v02.api.letsencrypt.org': ['203.0.113.170'],
  // Ordinary sites.
  'www.portside-news.example': cdnAddresses,
  'crt.sh.portside-news.example': ['198.51.100.130'],
  'mail.harbourmail.example': ['203.0.113.180', '2001:db8:40::10'],
  'files.harbourmail.example': ['203.0.113.181', '2001:db8:40::11'],
  'api.tideforecast.example': ['203.0.113.182', '2001:db8:41::20'],
  'chat.crewroom.example': ['203.0.113.183', '2001:db8:42::30'],
  'desert.shipping-almanac.example': ['203.0.113.184', '2001:db8:43::40'],
  'download.windowsupdate.com': ['203.0.113.185'],
  // The company's own.
  'nas.norrfell.example': [appliance],
  'wms-db.norrfell.example': [warehouseDatabase],
  'www.norrfell.example': ['192.0.2.201', '2001:db8:a0::201'],
  'vpn-malmo.norrfell.example': ['192.0.2.202'],
  'jenkins-build.norrfell.example': ['192.0.2.204'],
  'sso-staging.norrfell.example': ['192.0.2.205'],
  'track.norrfell.example': ['192.0.2.206', '2001:db8:a0::206'],
  // The intruder's.
  'get.freightlane.example': ['192.0.2.139'],
  'sync-eu1.freightlane.example': [beaconServers.first],
  'sync-eu2.freightlane.example': [beaconServers.second],
}

/** Answers for a name; empty when it has no address of that family. */
export function addressesOf(name: string, type: string): readonly string[] {
  const all = directory[name] ?? []
  if (type === 'A') return all.filter(address => !address.includes(':'))
  return type === 'AAAA' ? all.filter(address => address.includes(':')) : []
}

/** The first address of a name in the client's family; a slip in the tables above stops the run. */
export function addressFor(name: string, client: string): string {
  const address = addressesOf(name, client.includes(':') ? 'AAAA' : 'A')[0]
  if (address === undefined) throw new Error(`examples: ${name} has no address that ${client} could reach`)
  return address
}

export function isInside(address: string): boolean {
  return address.startsWith('10.20.') || address.startsWith('fd4e:8a2b:6c10:')
}
