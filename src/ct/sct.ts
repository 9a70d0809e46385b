import type { LogEntry } from './entry.ts'
import { signedEntry } from './entry.ts'
import type { LogKey } from './log-key.ts'
import { isSignedBy } from './log-key.ts'
import { uintBytes } from './octets.ts'

/** A log's promise, as far as its signature needs it. Nothing here has been verified; see `isPromiseOf`. */
export type Promised = {
  /** Milliseconds since the epoch by the log's clock. */
  readonly timestamp: number
  readonly extensions: Uint8Array
  /** `digitally-signed` of TLS 1.2. */
  readonly signature: Uint8Array
}

/** Whether the log signed this promise for this entry: RFC 6962 §3.2. */
export function isPromiseOf(
  key: LogKey,
  { timestamp, extensions, signature }: Promised,
  entry: Pick<LogEntry, 'kind' | 'tbs' | 'issuer_key_hash' | 'der'>,
): boolean {
  return isSignedBy(key, promiseMessage({ timestamp, extensions }, entry), signature)
}

/** version v1, signature_type certificate_timestamp, timestamp, entry, extensions. */
export function promiseMessage(
  { timestamp, extensions }: Omit<Promised, 'signature'>,
  entry: Pick<LogEntry, 'kind' | 'tbs' | 'issuer_key_hash' | 'der'>,
): Uint8Array {
  return Buffer.concat([
    Uint8Array.of(0, 0),
    uintBytes(timestamp, 8),
    signedEntry(entry),
    uintBytes(extensions.length, 2),
    extensions,
  ])
}
