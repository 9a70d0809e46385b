/** How much of a hostile file is followed. What is longer is told, not read. */

/** Octets of one signature. The largest catalog of Windows has a few MiB, and is one signature. */
export const longestSignature = 2 ** 25
/** Elements of one signature. A catalog has about twenty for each file it lists. */
export const mostElements = 4_000_000
export const mostProblems = 64

/** Certificates in one signature. Real ones have three to eight. */
export const mostCertificates = 64
/** Signers of one signature. Authenticode has exactly one. */
export const mostSigners = 8
export const mostAttributes = 64
export const mostAttributeValues = 16
/** Signatures in signatures, and how many of them one file may have. */
export const deepestNesting = 4
export const mostNested = 16
export const mostTimestamps = 8
/** Files of a catalog, or certificates of a list. */
export const mostMembers = 250_000
export const mostNameValues = 64
/** Octets of text that is told: a programme's name, a file's name. */
export const longestText = 4096

/** Octets that are read and hashed at once. */
export const pieceSize = 2 ** 20
/** Entries of a certificate table. */
export const mostTableEntries = 16
/** Octets of a PE file in which all its headers stand. The format has no limit; Windows maps one page and more. */
export const longestPeHeaders = 2 ** 20
/** Windows loads no image with more. */
export const mostSections = 2048

/** Storages and streams of a compound file. An installer has about a hundred. */
export const mostDirectoryEntries = 2 ** 16
export const deepestStorage = 32

/** Octets of a script: it is turned into text as a whole. */
export const longestScript = 2 ** 24

/** Signatures of keys that are tried for one file: each costs up to a few milliseconds. */
export const mostSignatureChecks = 256
/** Certificates from the signer to the root. */
export const longestChain = 10
