import type { KeyObject } from 'node:crypto'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { CtLog } from '../../src/ct/log-list.ts'
import { uintBytes } from '../../src/ct/octets.ts'
import type { Transport } from '../../src/ct/transport.ts'
import { checkpointKeyId, treeHeadMessage } from '../../src/ct/tree-head.ts'
import type { Frontier } from '../../src/merkle/index.ts'
import {
  consistencyProof,
  emptyFrontier,
  foldHashes,
  grown,
  inclusionProof,
  leafHash,
  rootOf,
  tileAtPath,
  tileWidth,
} from '../../src/merkle/index.ts'
import type { MadeEntry } from './made-entry.ts'
import { indexExtension, issuer, madeEntry, otherIssuer, uintVector } from './made-entry.ts'

/** What a log can be ordered to do wrong. */
export type Fault =
  | 'fork'
  | 'shrink'
  | 'wrong-leaf'
  | 'truncated-tile'
  | 'bad-signature'
  | 'other-origin'
  | 'stale-head'
  | 'wrong-proof'
  | 'missing-partial-tile'
  /** The last entry comes with the precertificate of another, or with another issuer. The tree is right. */
  | 'swapped-precertificate'
  | 'swapped-issuer'

export type MadeLog = {
  readonly about: CtLog
  readonly entries: readonly MadeEntry[]
  /** SHA-256 of the certificates above them, lower-case hex. */
  readonly issuers: readonly string[]
  /** Adds so many entries, which the next head has. */
  grow(count: number, options?: { readonly names?: (number: number) => readonly string[] }): void
  order(fault: Fault | undefined): void
  /** Its signed promise (SCT) to have the precertificate of that number at that index. */
  promise(number: number, index?: number): Uint8Array
  /** What a GET of this path gives, before any HTTP. */
  answer(path: string): Promise<Uint8Array | undefined>
  readonly transport: Transport
}

/**
 * A log that keeps its entries in memory and speaks static-ct-api or RFC 6962. Heads are signed with a key that is made with it. `mostEntries` is
 * what one answer of get-entries has at most.
 */
export function makeLog(
  protocol: CtLog['protocol'],
  {
    name = 'made',
    algorithm = 'ec',
    mostEntries = 256,
    now = () => Date.UTC(2026, 2, 2),
    url = 'http://127.0.0.1/',
  }: {
    name?: string
    algorithm?: 'ec' | 'rsa'
    mostEntries?: number
    now?: () => number
    url?: string
  } = {},
): MadeLog {
  const { publicKey, privateKey } =
    algorithm === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const log_id = createHash('sha256').update(spki).digest('hex')
  const origin = `${name}.example.test`
  const entries: MadeEntry[] = []
  const hashes: Uint8Array[] = []
  let frontier: Frontier = emptyFrontier
  let fault: Fault | undefined

  const isStatic = protocol === 'static-ct-api'
  const forged = leafHash(Buffer.from('forged'))
  const subtree = (begin: number, end: number) => foldHashes(hashes.slice(begin, end))

  function head(): { size: number; root: Uint8Array; timestamp: number } {
    if (fault === 'shrink' && entries.length > 1) {
      const size = entries.length - 1
      return { size, root: subtree(0, size), timestamp: now() + 1000 }
    }
    const timestamp = fault === 'stale-head' ? now() - 3 * 86_400_000 : now()
    return { size: entries.length, root: fault === 'fork' ? forged : rootOf(frontier), timestamp }
  }

  function signed({ size, root, timestamp }: ReturnType<typeof head>): Uint8Array {
    const message = treeHeadMessage({ size, root, timestamp: fault === 'bad-signature' ? timestamp + 1 : timestamp })
    return Buffer.concat([
      Uint8Array.of(4, algorithm === 'rsa' ? 1 : 3),
      uintVector(sign('sha256', message, privateKey as KeyObject), 2),
    ])
  }

  function checkpoint(): Uint8Array {
    const at = head()
    const named = fault === 'other-origin' ? 'other.example.test' : origin
    const signature = Buffer.concat([checkpointKeyId(named, { log_id }), uintBytes(at.timestamp, 8), signed(at)])
    const root = Buffer.from(at.root).toString('base64')
    return Buffer.from(`${named}\n${at.size}\n${root}\n\n— ${named} ${signature.toString('base64')}\n`)
  }

  function tile(path: string): Uint8Array | undefined {
    const at = tileAtPath(path)
    if (at === undefined) return undefined
    if (fault === 'missing-partial-tile' && at.width < tileWidth) return undefined
    const isHash = /^[0-5]$/.test(at.kind)
    const unit = isHash ? tileWidth ** Number(at.kind) : 1
    const held = Math.floor(entries.length / unit)
    const first = at.index * tileWidth
    const whole = held >= first + tileWidth
    if (first + at.width > held && !(at.width === tileWidth && whole)) return undefined
    const numbers = Array.from({ length: at.width }, (_, nth) => first + nth)
    const content = isHash
      ? Buffer.concat(numbers.map(nth => (fault === 'wrong-proof' ? forged : subtree(nth * unit, (nth + 1) * unit))))
      : Buffer.concat(
          numbers.map(nth => tileLeaf(entries[nth] as MadeEntry, nth === numbers.at(-1) ? fault : undefined)),
        )
    const cut = fault === 'truncated-tile' ? content.subarray(0, content.length - 5) : content
    return isHash ? cut : gzipSync(cut)
  }

  function json(value: unknown): Uint8Array {
    return Buffer.from(JSON.stringify(value))
  }

  async function rfc6962(path: string): Promise<Uint8Array | undefined> {
    const url = new URL(path, 'http://127.0.0.1/')
    const number = (key: string) => Number(url.searchParams.get(key))
    if (url.pathname === '/ct/v1/get-sth') {
      const at = head()
      return json({
        tree_size: at.size,
        timestamp: at.timestamp,
        sha256_root_hash: Buffer.from(at.root).toString('base64'),
        tree_head_signature: Buffer.from(signed(at)).toString('base64'),
      })
    }
    if (url.pathname === '/ct/v1/get-entries') {
      const [start, end] = [
        number('start'),
        Math.min(number('end'), number('start') + mostEntries - 1, entries.length - 1),
      ]
      return json({
        entries: entries.slice(start, end + 1).map((entry, nth) => ({
          leaf_input: base64(leafOf(entry, fault === 'wrong-leaf' && nth === 0)),
          extra_data: base64(
            fault === 'truncated-tile'
              ? extraOf(entry).subarray(0, -3)
              : extraOf(swapped(entry, nth === 0 ? fault : undefined)),
          ),
        })),
      })
    }
    if (url.pathname === '/ct/v1/get-sth-consistency') {
      const proof = await consistencyProof(number('first'), number('second'), subtree)
      return json({ consistency: (fault === 'wrong-proof' ? proof.map(() => forged) : proof).map(base64) })
    }
    if (url.pathname === '/ct/v1/get-proof-by-hash') {
      const hash = url.searchParams.get('hash') ?? ''
      const leaf_index = hashes.findIndex(one => base64(one) === hash)
      if (leaf_index === -1) return undefined
      const path = await inclusionProof(leaf_index, number('tree_size'), subtree)
      return json({ leaf_index, audit_path: (fault === 'wrong-proof' ? path.map(() => forged) : path).map(base64) })
    }
    return undefined
  }

  async function answer(path: string): Promise<Uint8Array | undefined> {
    if (!isStatic) return await rfc6962(path)
    if (path === 'checkpoint') return checkpoint()
    if (path.startsWith('tile/')) return tile(path.slice('tile/'.length))
    return [issuer, otherIssuer].find(one => path === `issuer/${createHash('sha256').update(one).digest('hex')}`)
  }

  return {
    about: {
      log_id,
      description: name,
      operator: 'Tests',
      key: spki.toString('base64'),
      mmd_seconds: 86_400,
      monitoring_url: url,
      protocol,
      origin,
      state: 'usable',
      is_test: true,
    },
    entries,
    issuers: [createHash('sha256').update(issuer).digest('hex')],
    grow(count, { names } = {}) {
      for (let nth = 0; nth < count; nth += 1) {
        const index = entries.length
        const named = names === undefined ? {} : { names: names(index) }
        const entry = madeEntry(index, { timestamp: now() - 60_000, ...named, ...(isStatic ? { index } : {}) })
        entries.push(entry)
        const hash = leafHash(leafOf(entry, false))
        hashes.push(hash)
        frontier = grown(frontier, [hash])
      }
    },
    order(ordered) {
      fault = ordered
    },
    promise(number, index = number) {
      const place = isStatic ? { index } : {}
      const { timestamp, timestamped } = madeEntry(number, { timestamp: now() - 60_000, ...place })
      const extensions = uintVector(indexExtension(isStatic ? index : undefined), 2)
      // version v1 and signature_type certificate_timestamp stand where a leaf has its version and type.
      const signature = sign('sha256', Buffer.concat([Uint8Array.of(0, 0), timestamped]), privateKey as KeyObject)
      return Buffer.concat([
        Uint8Array.of(0),
        Buffer.from(log_id, 'hex'),
        uintBytes(timestamp, 8),
        extensions,
        Uint8Array.of(4, algorithm === 'rsa' ? 1 : 3),
        uintVector(signature, 2),
      ])
    },
    answer,
    transport: { read: async path => unpacked(await answer(path)) },
  }
}

async function unpacked(bytes: Uint8Array | undefined): Promise<Uint8Array | undefined> {
  if (bytes === undefined || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  const { gunzipSync } = await import('node:zlib')
  return gunzipSync(bytes)
}

function leafOf({ timestamped }: MadeEntry, wrong: boolean): Uint8Array {
  const leaf = Buffer.concat([Uint8Array.of(0, 0), timestamped])
  // The last byte of the timestamp: a leaf that can be read, and is another.
  if (wrong) leaf[9] = (leaf[9] ?? 0) ^ 1
  return leaf
}

function tileLeaf(whole: MadeEntry, fault: Fault | undefined): Uint8Array {
  const entry = swapped(whole, fault)
  const fingerprints = Buffer.concat(entry.chain.map(one => createHash('sha256').update(one).digest()))
  const submitted = entry.kind === 'precertificate' ? uintVector(entry.der, 3) : new Uint8Array()
  return Buffer.concat([leafOf(entry, fault === 'wrong-leaf').subarray(2), submitted, uintVector(fingerprints, 2)])
}

/** What lies beside the leaf, and is in no tree. */
function swapped(entry: MadeEntry, fault: Fault | undefined): MadeEntry {
  if (entry.kind === 'precertificate' && fault === 'swapped-precertificate')
    return { ...entry, der: madeEntry(2_000_000, { timestamp: 0 }).der }
  return fault === 'swapped-issuer' ? { ...entry, chain: [otherIssuer] } : entry
}

function extraOf({ kind, der, chain }: MadeEntry): Uint8Array {
  const above = uintVector(Buffer.concat(chain.map(one => uintVector(one, 3))), 3)
  return kind === 'precertificate' ? Buffer.concat([uintVector(der, 3), above]) : above
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
