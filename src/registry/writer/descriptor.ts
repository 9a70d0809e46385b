/**
 * A security descriptor (MS-DTYP §2.4.6): owner and group are the administrators, everyone may read. Every key of a written
 * hive has this one.
 */
export const everyoneReads = Uint8Array.of(
  ...[1, 0, 0x04, 0x80], // revision, unused, control: self-relative, with a list
  ...[0x14, 0, 0, 0, 0x24, 0, 0, 0, 0, 0, 0, 0, 0x34, 0, 0, 0], // places of owner, group, audit list, list
  ...administrators(),
  ...administrators(),
  ...[2, 0, 0x1c, 0, 1, 0, 0, 0], // list: revision, size 28, one entry
  ...[0, 2, 0x14, 0, 0x19, 0, 2, 0], // allow, inherited by subkeys, size 20, KEY_READ
  ...[1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], // S-1-1-0
)

/** S-1-5-32-544 */
function administrators(): readonly number[] {
  return [1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0]
}
