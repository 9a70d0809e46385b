/** The invented incident is current and consistent: what one file names, another one holds. */
import { createHash, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildCollection, type Collection } from './examples/collection.ts'
import { examplesFolder, staleFiles } from './make-examples.ts'

const read = (path: string) => readFileSync(join(examplesFolder, path))
const text = (path: string) => (path.endsWith('.gz') ? gunzipSync(read(path)) : read(path)).toString('utf8')
const jsonLines = (path: string) =>
  text(path)
    .split('\n')
    .flatMap(line => {
      try {
        return [JSON.parse(line) as Record<string, unknown>] // every line of these files is an object
      } catch {
        return []
      }
    })

/** Rows of a Zeek TSV log as records, by its own #fields; rows of another width are left out. */
function tsvRows(path: string): readonly Readonly<Record<string, string>>[] {
  const lines = text(path).trimEnd().split('\n')
  const names = (lines.find(line => line.startsWith('#fields')) ?? '').split('\t').slice(1)
  return lines
    .filter(line => !line.startsWith('#'))
    .map(line => line.split('\t'))
    .filter(cells => cells.length === names.length)
    .map(cells => Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])))
}

function certificatesIn(path: string): readonly X509Certificate[] {
  if (path.endsWith('.der')) return [new X509Certificate(read(path))]
  return (text(path).match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(pem => new X509Certificate(pem))
}

const files = readdirSync(join(examplesFolder, 'certificates')).map(name => `certificates/${name}`)
const certificates = files.flatMap(certificatesIn)
const hashes = (algorithm: string) =>
  new Set(certificates.map(certificate => createHash(algorithm).update(certificate.raw).digest('hex')))
const one = (path: string) => certificatesIn(`certificates/${path}`)[0] ?? expect.fail(`${path} holds no certificate`)

describe('the examples', () => {
  let collection: Collection
  beforeAll(async () => {
    collection = await buildCollection()
  })

  it('are what the script writes', () => {
    expect(staleFiles(collection.files, examplesFolder)).toEqual([])
  })

  it('come out the same a second time', async () => {
    const again = await buildCollection()
    for (const [index, file] of collection.files.entries()) {
      expect(again.files[index]?.content.equals(file.content), file.path).toBe(true)
    }
  })

  it('stay below 1.5 MB', () => {
    const sizes = collection.files.map(file => statSync(join(examplesFolder, file.path)).size)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(1_500_000)
  })

  it('break exactly the lines that the README names', () => {
    for (const file of collection.files.filter(each => each.malformed_lines.length > 0)) {
      const lines = text(file.path).split('\n')
      const width = (lines.find(line => line.startsWith('#fields'))?.split('\t').length ?? 0) - 1
      const broken = lines.flatMap((line, index) => {
        if (line === '' || line.startsWith('#')) return []
        return (width > 0 ? line.split('\t').length === width : isJson(line)) ? [] : [index + 1]
      })
      expect(broken, file.path).toEqual(file.malformed_lines)
    }
  })
})

describe('the certificates', () => {
  it('are the ones that Zeek names by SHA-256', () => {
    const known = hashes('sha256')
    const logged = tsvRows('zeek/x509.log').map(row => row.fingerprint ?? '')
    const chains = tsvRows('zeek/ssl.log').flatMap(row =>
      row.cert_chain_fps === '-' ? [] : (row.cert_chain_fps ?? '').split(','),
    )
    expect([...logged, ...chains].filter(fingerprint => !known.has(fingerprint))).toEqual([])
    expect(chains.filter(fingerprint => !logged.includes(fingerprint))).toEqual([])
  })

  it('are the ones that Suricata names by SHA-1', () => {
    const fingerprints = [...text('suricata/eve-perimeter.json').matchAll(/"fingerprint":"([0-9a-f:]+)"/g)]
    const known = hashes('sha1')
    expect(fingerprints.length).toBeGreaterThan(50)
    expect(fingerprints.filter(([, value = '']) => !known.has(value.replaceAll(':', '')))).toEqual([])
  })

  it('include the root that the registry names', () => {
    const thumbprint = one('planted-root.pem').fingerprint.replaceAll(':', '')
    expect(text('windows/winlogbeat-WS-1042.ndjson')).toContain(`ROOT\\\\Certificates\\\\${thumbprint}\\\\Blob`)
    const mkcert = one('mkcert-root.pem').fingerprint.replaceAll(':', '')
    expect(text('windows/nxlog-DEV-0031.json')).toContain(`Root\\\\Certificates\\\\${mkcert}\\\\Blob`)
  })

  it('share one key in two different beacon certificates, and in no others', () => {
    const first = one('beacon-a.pem')
    const second = one('beacon-b.der')
    const spki = (certificate: X509Certificate) => certificate.publicKey.export({ type: 'spki', format: 'pem' })
    expect(first.fingerprint256).not.toBe(second.fingerprint256)
    expect(certificates.filter(certificate => spki(certificate) === spki(first))).toHaveLength(2)
    expect(new Set(certificates.map(spki)).size).toBe(certificates.length - 1)
  })

  it('carry signatures that verify', () => {
    const root = one('planted-root.pem')
    expect(one('loader-signer.der').verify(root.publicKey)).toBe(true)
    const [site, issuing, publicRoot] = certificatesIn('certificates/portside-news-chain.pem')
    expect(publicRoot && issuing?.verify(publicRoot.publicKey)).toBe(true)
    expect(issuing && site?.verify(issuing.publicKey)).toBe(true)
    for (const name of ['beacon-a.pem', 'beacon-b.der', 'planted-root.pem', 'mkcert-root.pem']) {
      expect(one(name).verify(one(name).publicKey), name).toBe(true)
    }
  })
})

describe('the sensors', () => {
  it('give every Zeek record a connection in conn.log', () => {
    // The uid is the second column, so it survives in the row that lost its last fields.
    const known = new Set(
      text('zeek/conn.log')
        .split('\n')
        .map(line => line.split('\t')[1]),
    )
    const named = [
      ...['zeek/dns.log.gz', 'zeek/http.log', 'zeek/postgresql.log'].flatMap(path =>
        jsonLines(path).map(row => String(row.uid)),
      ),
      ...['zeek/ssl.log', 'zeek/notice.log'].flatMap(path => tsvRows(path).map(row => row.uid ?? '')),
    ]
    expect(named.length).toBeGreaterThan(500)
    expect(named.filter(uid => !known.has(uid))).toEqual([])
  })

  it('use documentation addresses outside and the company’s inside', () => {
    const allowed = /^(10\.20\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|fd4e:8a2b:6c10:|2001:0?db8:)/
    const zeek = tsvRows('zeek/conn.log').flatMap(row => [row['id.orig_h'] ?? '', row['id.resp_h'] ?? ''])
    const eve = jsonLines('suricata/eve-perimeter.json').flatMap(row => [String(row.src_ip), String(row.dest_ip)])
    expect([...zeek, ...eve].filter(address => !allowed.test(address))).toEqual([])
  })

  it('write EVE lines in the order of their time', () => {
    const times = jsonLines('suricata/eve-perimeter.json').map(row => String(row.timestamp))
    expect(times).toEqual(times.toSorted())
  })

  it('agree with Sysmon on the ports of the beacon', () => {
    const ports = new Set(tsvRows('zeek/ssl.log').map(row => `${row['id.orig_p']}>${row['id.resp_h']}`))
    const connections = jsonLines('windows/export-WS-1042.json').filter(row => row.EventID === 3)
    expect(connections.length).toBeGreaterThan(8)
    expect(connections.filter(row => !ports.has(`${row.SourcePort}>${row.DestinationIp}`))).toEqual([])
  })
})

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
