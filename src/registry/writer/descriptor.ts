/**
 * A security descriptor (MS-DTYP §2.4.6): owner and group are the administrators, everyone may read, and a user, where there is
 * one, may do everything. Every key of a written hive has the same one.
 */
export function descriptorFor(user_sid: string | undefined): Uint8Array {
  const entries = [
    ...(user_sid === undefined ? [] : [entryFor(sidOctets(user_sid), [0x3f, 0, 0x0f, 0])]), // KEY_ALL_ACCESS
    entryFor(sidOctets('S-1-1-0'), [0x19, 0, 2, 0]), // KEY_READ
  ]
  const size = 8 + entries.flat().length
  return Uint8Array.of(
    ...[1, 0, 0x04, 0x80], // revision, unused, control: self-relative, with a list
    ...[0x14, 0, 0, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 0x34, 0, 0, 0], // places of owner, group, audit list, list
    ...sidOctets(administrators),
    ...sidOctets(administrators),
    ...[2, 0, size, 0, entries.length, 0, 0, 0], // list: revision, size, entries
    ...entries.flat(),
  )
}

const administrators = 'S-1-5-32-544'

/** Allow, inherited by subkeys. */
function entryFor(sid: readonly number[], access: readonly number[]): readonly number[] {
  return [0, 2, 8 + sid.length, 0, ...access, ...sid]
}

function sidOctets(sid: string): readonly number[] {
  const [authority = 0, ...parts] = sid.split('-').slice(2).map(Number)
  const below = parts.flatMap(part => [part & 0xff, (part >>> 8) & 0xff, (part >>> 16) & 0xff, part >>> 24])
  return [1, parts.length, 0, 0, 0, 0, 0, authority, ...below]
}
