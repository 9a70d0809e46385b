import type { Problem } from '../base/index.ts'

/**
 * PEM (RFC 7468): certificates in base64 between BEGIN and END lines, anything around them.
 *
 *     -----BEGIN CERTIFICATE-----
 *     MIIB…
 *     -----END CERTIFICATE-----
 */
export type PemBlock = {
  /** Where the BEGIN line starts, in bytes from the start of the text. */
  readonly byte_offset: number
  /** From the BEGIN line to the end of the END line, in bytes. */
  readonly bytes: number
  readonly der: Uint8Array
  readonly problem?: Problem
}

const begin = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g
const mostBlocks = 1_000_000

/** True when the bytes hold a certificate's BEGIN line at the start of a line. */
export function looksLikePem(bytes: Uint8Array): boolean {
  return /(?:^|\n)-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/.test(Buffer.from(bytes).toString('latin1'))
}

/** Every certificate block in order. A block that ends badly is given with what could be decoded and its problem. */
export function readPem(bytes: Uint8Array): readonly PemBlock[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const blocks: PemBlock[] = []
  for (const match of text.matchAll(begin)) {
    if (blocks.length === mostBlocks) break
    blocks.push(readBlock(text, match.index, match[0].length))
  }
  return blocks
}

function readBlock(text: string, start: number, beginLength: number): PemBlock {
  const bodyStart = start + beginLength
  const nextBegin = text.indexOf('-----BEGIN ', bodyStart)
  const end = text.indexOf('-----END ', bodyStart)
  const ended = end !== -1 && (nextBegin === -1 || end < nextBegin)
  const bodyEnd = ended ? end : nextBegin === -1 ? text.length : nextBegin
  const lineEnd = ended ? text.indexOf('\n', end) : bodyEnd
  const stop = lineEnd === -1 ? text.length : lineEnd
  const body = text.slice(bodyStart, bodyEnd).replace(/\s+/g, '')
  const block = { byte_offset: start, bytes: stop - start, der: new Uint8Array(Buffer.from(body, 'base64')) }
  if (!ended) return { ...block, problem: { code: 'pem/no-end', expected: 'an END CERTIFICATE line' } }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(body))
    return { ...block, problem: { code: 'pem/not-base64', expected: 'base64 and nothing else' } }
  return block
}
