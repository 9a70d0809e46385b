/** Sizes of the format, and how much of a hostile file is followed. */

/** The file header has a block of its own; it uses the first 128 octets. */
export const fileHeaderSize = 4096
export const chunkSize = 65536
/** Before the records: 128 octets of header, 64 places of names, 32 places of templates. */
export const chunkHeaderSize = 512
/** Signature, size, identifier and time; behind the record stands its size again. */
export const recordHeaderSize = 24
export const smallestRecord = recordHeaderSize + 4

/** Characters of the longest name that is read. Windows has names of up to about 100. */
export const longestName = 1024
/** Elements in each other. CAPI2 has about 12. */
export const deepestElement = 64
/** Binary XML as a value in binary XML. Windows has 2 levels, and 3 where an event holds an event. */
export const deepestFragment = 8
/** Octets of templates in one chunk. They lie in it, so a sound one has fewer than it is long; recovered ones overlap. */
export const mostTemplateOctets = 4 * chunkSize
/** Octets of templates kept over all chunks. A log of a whole machine has about 200 templates of 1 KiB. */
export const mostKnownOctets = 4 * 2 ** 20
/**
 * What one record of `size` octets may unfold to: a template may name the same value many times, and values may hold
 * templates. A sound record stays far below: it has its own octets, and a template of 64 KiB at most.
 */
export const mostNodesOfRecord = (size: number) => 4096 + size
export const mostCharactersOfRecord = (size: number) => 2 ** 17 + 16 * size
/** What all records of a chunk may unfold to. The fullest of the corpus has 3,500 and 190,000. */
export const mostNodesOfChunk = 200_000
export const mostCharactersOfChunk = 2 ** 22
/** Characters of the path of a field: a longer one keeps its beginning. */
export const longestPath = 1024
export const mostProblemsOfRecord = 16
export const mostProblemsOfChunk = 64
