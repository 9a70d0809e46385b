import type { Walk } from '../der.ts'
import { expectEnd, hexOf, note, readExpected, tags, view } from '../der.ts'
import { comesAgain, createMemo, keep, recall } from '../memo.ts'
import type { Sct } from './index.ts'
import type { ExtensionReader } from './reader.ts'

/** RFC 6962 §3.3. What logs have promised; nothing is verified here. */
export const signedCertificateTimestamps: ExtensionReader<'signed_certificate_timestamps'> = {
  oid: '1.3.6.1.4.1.11129.2.4.2',
  name: 'signedCertificateTimestampList',
  field: 'signed_certificate_timestamps',
  repeats: false,
  read: readScts,
}

/** Logs have a few hundred names altogether. */
const logIds = createMemo<string>(512, 32)

/** What RFC 6962 logs have for extensions. */
const none = new Uint8Array(0)

/** Lists with more are not read to their end. Browsers want two to five. */
const mostScts = 1000

/**
 * An OCTET STRING in TLS's notation (RFC 8446 §3): SignedCertificateTimestampList is
 *
 *   opaque SerializedSCT<1..2^16-1>;
 *   struct { SerializedSCT sct_list<1..2^16-1>; } SignedCertificateTimestampList;
 */
function readScts(walk: Walk, start: number, end: number): Sct[] | undefined {
  if (!readExpected(walk, start, end, tags.octetString, 'OCTET STRING')) return undefined
  expectEnd(walk, walk.end, end)
  const { contents, contentsEnd } = walk
  const listEnd = contents + 2 + uint16(walk, contents)
  if (contents + 2 > contentsEnd || listEnd > contentsEnd) {
    note(walk, 'extension/unreadable', contents, 'a list of SCTs as long as it says')
    return undefined
  }
  if (listEnd === contents + 2) note(walk, 'extension/empty', contents, 'an SCT')
  expectEnd(walk, listEnd, contentsEnd)
  const scts: Sct[] = []
  for (let at = contents + 2; at < listEnd; ) {
    const sctEnd = at + 2 + uint16(walk, at)
    const sct =
      at + 2 > listEnd || sctEnd > listEnd || scts.length === mostScts ? undefined : readSct(walk, at + 2, sctEnd)
    if (sct === undefined) {
      note(walk, 'extension/unreadable', at, `at most ${mostScts} SCTs, each as long as it says`)
      return scts.length === 0 ? undefined : scts
    }
    scts.push(sct)
    at = sctEnd
  }
  return scts
}

function uint16({ bytes }: Walk, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
}

/**
 *   struct { Version version; LogID id[32]; uint64 timestamp; opaque extensions<0..2^16-1>;
 *            SignatureAndHashAlgorithm (two octets); opaque signature<0..2^16-1>; } SignedCertificateTimestamp;
 */
function readSct(walk: Walk, at: number, end: number): Sct | undefined {
  const { bytes } = walk
  const extensionsAt = at + 43
  const extensionsEnd = extensionsAt + uint16(walk, at + 41)
  const signatureAt = extensionsEnd + 4
  const signatureEnd = signatureAt + uint16(walk, extensionsEnd + 2)
  if (signatureAt > end || signatureEnd > end) return undefined
  expectEnd(walk, signatureEnd, end)
  let timestamp = 0
  for (let i = at + 33; i < at + 41; i += 1) timestamp = timestamp * 256 + (bytes[i] ?? 0)
  if (!Number.isSafeInteger(timestamp))
    note(walk, 'extension/value', at + 33, 'milliseconds since 1970', `${timestamp}`)
  return {
    version: bytes[at] ?? 0,
    log_id: logIdAt(walk, at + 1),
    timestamp,
    extensions: extensionsAt === extensionsEnd ? none : view(walk, extensionsAt, extensionsEnd),
    hash_algorithm: bytes[extensionsEnd] ?? 0,
    signature_algorithm: bytes[extensionsEnd + 1] ?? 0,
    signature: view(walk, signatureAt, signatureEnd),
  }
}

function logIdAt(walk: Walk, at: number): string {
  const kept = recall(logIds, 0, walk.data, at, at + 32)
  if (kept !== undefined) return kept
  const hex = hexOf(walk, at, at + 32)
  if (comesAgain(logIds)) keep(logIds, 0, walk.data, at, at + 32, hex)
  return hex
}
