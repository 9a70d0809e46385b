import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { readPem } from '../../src/formats/index.ts'

/** A certificate of the public corpus, each once, however many files hold it. */
export type CorpusCertificate = {
  /** Where it was found first: `certs/zlint-testdata.tar.gz!testdata/x.pem`, with `#2` when it is not the file's first. */
  readonly name: string
  readonly der: Uint8Array
  /** What a log says the precertificate's TBSCertificate is, where it comes from a log's tile. */
  readonly loggedTbs?: Uint8Array
}

const archives = [
  'certs/boulder-test-certs.tar.gz',
  'certs/ct-go-x509-testdata.tar.gz',
  'certs/trust-stores-observatory.tar.gz',
  'certs/zlint-testdata.tar.gz',
  'ct/appmattus-sct-testdata.tar.gz',
  'ct/static-ct-testdata.tar.gz',
]
const bundles = ['certs/mozilla-cacert.pem']
const tiles = 'ct/sunlight/navigli2025h2/tile/data'

/** Every certificate of the corpus at `corpus`, in the order of archives and paths. Archives are unpacked beneath the temporary directory. */
export function corpusCertificates(corpus: string): readonly CorpusCertificate[] {
  const found = new Map<string, CorpusCertificate>()
  const add = (name: string, der: Uint8Array, loggedTbs?: Uint8Array) => {
    const key = createHash('sha256').update(der).digest('hex')
    if (!found.has(key)) found.set(key, { name, der, ...(loggedTbs === undefined ? {} : { loggedTbs }) })
  }
  const addPem = (name: string, bytes: Uint8Array) => {
    for (const [i, block] of readPem(bytes).entries()) add(i === 0 ? name : `${name}#${i + 1}`, block.der)
  }
  for (const archive of archives)
    for (const [path, bytes] of unpacked(join(corpus, archive))) addPem(`${archive}!${path}`, bytes)
  for (const bundle of bundles) addPem(bundle, readFileSync(join(corpus, bundle)))
  for (const path of files(join(corpus, tiles)))
    for (const [i, entry] of leavesOf(readFileSync(join(corpus, tiles, path))).entries())
      add(`${tiles}/${path}#${i + 1}`, entry.der, entry.tbs)
  return [...found.values()]
}

function unpacked(archive: string): (readonly [path: string, bytes: Uint8Array])[] {
  const directory = mkdtempSync(join(tmpdir(), 'counterseal-certificates-'))
  try {
    const { status, stderr } = spawnSync('tar', ['-xzf', archive, '-C', directory], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`tar could not unpack ${archive}: ${stderr}`)
    return files(directory).map(path => [path, readFileSync(join(directory, path))] as const)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Paths of the files beneath a directory, sorted. */
function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(directory, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort()
}

type Leaf = { readonly der: Uint8Array; readonly tbs?: Uint8Array }

/**
 * The certificates of a data tile. static-ct-api, "Log entries":
 *
 *   struct { TimestampedEntry timestamped_entry;
 *            select (entry_type) { case x509_entry: Empty; case precert_entry: ASN.1Cert pre_certificate; };
 *            Fingerprint certificate_chain<0..2^16-1>; } TileLeaf;
 *   TimestampedEntry (RFC 6962 §3.4): uint64 timestamp, uint16 entry_type, opaque certificate<1..2^24-1>, or
 *            opaque issuer_key_hash[32] and opaque tbs_certificate<1..2^24-1>; opaque extensions<0..2^16-1>
 */
function leavesOf(tile: Buffer): Leaf[] {
  const leaves: Leaf[] = []
  let at = 0
  const take = (octets: 2 | 3) => {
    const start = at + octets
    at = start + tile.readUIntBE(at, octets)
    return tile.subarray(start, at)
  }
  while (at < tile.length) {
    const isPrecertificate = tile.readUInt16BE(at + 8) === 1
    at += 10 + (isPrecertificate ? 32 : 0)
    const logged = take(3)
    take(2)
    leaves.push(isPrecertificate ? { der: take(3), tbs: logged } : { der: logged })
    take(2)
  }
  return leaves
}
