import type { BlindSpot, EventStore } from '../model/index.ts'

/** Locations of the shards whose rows are in no answer now. Only a store opened for partial answers has any. */
export async function absentShards(store: EventStore): Promise<readonly string[]> {
  const { shards } = await store.describe()
  return shards.filter(({ answers }) => !answers).map(({ location }) => location)
}

/** What a finding says of a shard that did not answer. */
export function blindSpotOfShard(location: string): BlindSpot {
  return {
    what: `what the shard ${location} holds`,
    why: 'it did not answer, and partial answers were allowed',
    remedy: 'Bring the shard back and hunt again.',
  }
}
