import type { Problem } from '../base/index.ts'
import { byteAt, cellAt, signature, signatureOf } from './bins.ts'
import { mostProblemsOfKey } from './bounds.ts'
import type { Hive } from './hive.ts'
import { type HiveKey, nowhere } from './key.ts'
import { noNotes, note } from './note.ts'

/*
 * Security, in a cell: "sk", u16, u32 next, u32 previous, u32 keys that use it, u32 octets of the descriptor, the descriptor.
 */
const headerSize = 20

/** Who may do what with a key. */
export type KeySecurity = {
  /** Self-relative (MS-DTYP §2.4.6). */
  readonly descriptor: Uint8Array
  /** How many keys share it. */
  readonly reference_count: number
}

export type SecurityReading = { readonly security: KeySecurity | undefined; readonly problems: readonly Problem[] }

export function readSecurity({ bins }: Hive, key: HiveKey): SecurityReading {
  const notes = noNotes(mostProblemsOfKey)
  const { problems } = notes
  const cell = key.places.security === nowhere ? undefined : cellAt(bins, key.places.security, notes)
  const isOne = cell !== undefined && cell.end - cell.at >= headerSize && signatureOf(bins, cell) === signature('sk')
  const size = isOne ? bins.data.getUint32(cell.at + 16, true) : 0
  if (!isOne || cell.at + headerSize + size > cell.end) {
    note(notes, 'registry/security', byteAt(key.places.own), 'sk, and a descriptor in its cell')
    return { security: undefined, problems }
  }
  const descriptor = bins.bytes.slice(cell.at + headerSize, cell.at + headerSize + size)
  return { security: { descriptor, reference_count: bins.data.getUint32(cell.at + 12, true) }, problems }
}
