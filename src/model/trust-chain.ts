import { createHash } from 'node:crypto'
import type { TrustEntry } from './trust-ledger.ts'

/**
 * The chain of the trust ledger. docs/trust-ledger.md tells others how to verify it; the bytes must never change.
 *
 *     hash = SHA-256(previous hash, 32 bytes || canonical text in UTF-8)
 *     canonical text = "counterseal-trust-ledger-1\n" field*
 *     field = name ":" length ":" value "\n"     value known; length: bytes of the value in UTF-8, decimal
 *           | name ":-\n"                        value not known
 */
const chained = [
  'sequence',
  'host',
  'object_kind',
  'object',
  'described',
  'operation',
  'before',
  'after',
  'changed_from',
  'changed_until',
  'provenance',
  'actor_process',
  'actor_process_entity_id',
  'actor_command_line',
  'actor_parent',
  'actor_user',
  'actor_user_id',
  'actor_logon_id',
  'actor_logon_type',
  'actor_source_address',
  'event_uid',
  'evidence_file',
  'record_number',
  'evidence_key',
  'recorded_at',
] as const satisfies readonly (keyof TrustEntry)[]

export const firstPreviousHash = '0'.repeat(64)

type Hashed = Pick<TrustEntry, (typeof chained)[number]>

export function canonicalText(entry: Hashed): string {
  const fields = chained.map(name => {
    const value = entry[name]
    return value === null ? `${name}:-\n` : `${name}:${Buffer.byteLength(String(value))}:${value}\n`
  })
  return `counterseal-trust-ledger-1\n${fields.join('')}`
}

/** 64 lower-case hexadecimal digits. */
export function hashOfEntry(entry: Hashed & Pick<TrustEntry, 'previous_hash'>): string {
  return createHash('sha256')
    .update(Buffer.from(entry.previous_hash, 'hex'))
    .update(canonicalText(entry), 'utf8')
    .digest('hex')
}

/** What is wrong with an entry, given the one before it; undefined when nothing is. */
export function faultInChain(
  entry: TrustEntry,
  before: Pick<TrustEntry, 'sequence' | 'hash'> | undefined,
): string | undefined {
  const { sequence = 0, hash = firstPreviousHash } = before ?? {}
  if (entry.sequence !== sequence + 1)
    return `entry ${sequence + 1} is missing: after ${sequence} comes ${entry.sequence}`
  if (entry.previous_hash !== hash) return `entry ${entry.sequence} does not continue the entry before it`
  if (entry.hash !== hashOfEntry(entry)) return `entry ${entry.sequence} is not as it was recorded`
  return undefined
}
