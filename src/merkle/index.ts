// Hashes
export { emptyRoot, leafHash, nodeHash, sameHash } from './hash.ts'
export { hashLength } from './size.ts'
// Trees that grow
export { emptyFrontier, frontierFrom, frontierText, grown, rootOf } from './frontier.ts'
export type { Frontier } from './frontier.ts'
// Proofs
export { consistencyProof, inclusionProof, isConsistent, isIncluded } from './proof.ts'
export type { SubtreeHash } from './proof.ts'
// Tiles
export { foldHashes, subtreesFromTiles, tileAtPath, tileHashes, tilePath, tilesOf, tileWidth } from './tiles.ts'
export type { TileAt } from './tiles.ts'
