/** Sizes of the formats, and how much of a hostile file is followed. */

/** The base block of a hive; every place in a hive is counted from behind it. */
export const baseBlockSize = 4096
/** The part of the base block that logs repeat, and that the checksum is about. */
export const sectorSize = 512
export const pageSize = 4096
export const binHeaderSize = 32
/** Before the name of a key, and of a value. */
export const keyHeaderSize = 76
export const valueHeaderSize = 20
/** Octets of one segment of big data: hives since version 1.4 cut what is longer. */
export const segmentSize = 16_344

/** Keys in each other. Windows refuses more than 512. */
export const deepestKey = 512
/** Characters of a path. Windows holds the length of a path in octets in 16 bits. */
export const longestPath = 32_767
/** Octets of a value that is read as text. Regedit itself is lost far earlier; what is longer stays octets. */
export const longestText = 2 ** 26
export const mostProblemsOfHive = 64
export const mostProblemsOfKey = 64
/**
 * Octets that one walk, or one look-up, may read. In a sound hive nothing is used twice, so all of it together is not longer
 * than the hive; twice that leaves room for damage. Without it a few lists that lead to each other are read for hours.
 */
export const mostOctetsOfWork = (hiveSize: number) => 2 * hiveSize + 65_536

/** Octets of one line of registry text. Regedit breaks lines of octets at 80 characters, but never a string. */
export const longestLine = 2 ** 23
/** Octets of one value over all of its lines; the text of a value in a hive of 64 MiB would be longer than any export. */
export const longestRegValue = 2 ** 26
export const mostProblemsOfItem = 16

/** Octets of a certificate blob. `longestCertificate` of the room for certificates is 1 MiB; properties are short. */
export const longestBlob = 2 ** 22
/** Properties of one certificate. wincrypt.h knows about 100. */
export const mostProperties = 256
/** Object identifiers in a restriction of purposes. */
export const mostUsages = 256
