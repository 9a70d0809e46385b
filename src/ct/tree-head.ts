import { createHash } from 'node:crypto'
import { z } from 'zod'
import { hashLength } from '../merkle/index.ts'
import type { Fault } from './fault-codes.ts'
import { wrong } from './fault-codes.ts'
import type { LogKey } from './log-key.ts'
import { isSignedBy } from './log-key.ts'
import { octetsOf, uintBytes } from './octets.ts'

/** What a log says its tree is, signed by it: RFC 6962 §3.5. Only what `readSth` and `readCheckpoint` give has been verified. */
export type TreeHead = {
  /** Lower-case hex. */
  readonly log_id: string
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
  /** Milliseconds since the epoch by the log's clock. */
  readonly timestamp: number
  /** The `digitally-signed` of TLS 1.2 over the three above. */
  readonly signature: Uint8Array
}

export type HeadReading = { readonly head: TreeHead } | { readonly fault: Fault }

const sthText = z.object({
  tree_size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  timestamp: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  sha256_root_hash: z.base64(),
  tree_head_signature: z.base64(),
})

/** The answer of get-sth (RFC 6962 §4.3), with its signature verified. */
export function readSth(key: LogKey, text: string): HeadReading {
  const parsed = sthText.safeParse(jsonIn(text))
  if (!parsed.success) return wrong('ct/head', 'the answer of get-sth', text)
  const root = Buffer.from(parsed.data.sha256_root_hash, 'base64')
  if (root.length !== hashLength) return wrong('ct/head', 'a root hash of 32 bytes', parsed.data.sha256_root_hash)
  const { tree_size: size, timestamp, tree_head_signature } = parsed.data
  return verified(key, {
    log_id: key.log_id,
    size,
    root,
    timestamp,
    signature: Buffer.from(tree_head_signature, 'base64'),
  })
}

/** Longer is none: a head of a log has a few signatures of witnesses. */
const longestCheckpoint = 65_536

/**
 * A checkpoint of a static-ct log (C2SP static-ct-api, tlog-checkpoint, signed-note), with the log's signature verified.
 *
 *   origin \n size \n base64(root) \n \n (— name base64(keyID[4] || signature) \n)+
 *
 * The log's own signature has type 5 and is timestamp u64 || digitally-signed. It does not cover the origin, which therefore has to be
 * the one that the log list has. Other signatures are of witnesses, and are left alone.
 */
export function readCheckpoint(key: LogKey, origin: string, text: string): HeadReading {
  if (text.length > longestCheckpoint) return wrong('ct/head', 'a checkpoint of at most 64 KiB', text)
  const [body = '', ...rest] = text.split('\n\n')
  const [name, sizeText = '', rootText = '', ...extensions] = body.split('\n')
  if (rest.length !== 1 || extensions.length > 0)
    return wrong('ct/head', 'a checkpoint of three lines and signatures', text)
  if (name !== origin) return wrong('ct/head-origin', origin, name ?? '')
  const root = Buffer.from(rootText, 'base64')
  if (!/^(?:0|[1-9]\d{0,15})$/.test(sizeText) || root.length !== hashLength || root.toString('base64') !== rootText)
    return wrong('ct/head', 'a size and a root hash of 32 bytes', body)
  const keyId = checkpointKeyId(origin, key)
  for (const line of (rest[0] ?? '').split('\n')) {
    const [, signer, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
    const octets = octetsOf(Buffer.from(encoded, 'base64'))
    if (signer !== origin || !Buffer.from(octets.take(4)).equals(keyId)) continue
    const timestamp = octets.uint64()
    const signature = Buffer.from(encoded, 'base64').subarray(octets.at())
    return verified(key, { log_id: key.log_id, size: Number(sizeText), root, timestamp, signature })
  }
  return wrong('ct/head-signature', `a signature of ${origin}`, rest[0] ?? '')
}

/** First four bytes of SHA-256(name || 0x0A || 0x05 || LogID). */
export function checkpointKeyId(origin: string, { log_id }: Pick<LogKey, 'log_id'>): Buffer {
  return createHash('sha256')
    .update(origin)
    .update(Uint8Array.of(0x0a, 0x05))
    .update(Buffer.from(log_id, 'hex'))
    .digest()
    .subarray(0, 4)
}

/** What is signed: version v1, signature_type tree_hash, timestamp, size, root (RFC 6962 §3.5). */
export function treeHeadMessage({ timestamp, size, root }: Pick<TreeHead, 'timestamp' | 'size' | 'root'>): Uint8Array {
  return Buffer.concat([Uint8Array.of(0, 1), uintBytes(timestamp, 8), uintBytes(size, 8), root])
}

function verified(key: LogKey, head: TreeHead): HeadReading {
  return isSignedBy(key, treeHeadMessage(head), head.signature)
    ? { head }
    : wrong('ct/head-signature', `a signature of the log ${key.log_id}`, Buffer.from(head.signature).toString('hex'))
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
