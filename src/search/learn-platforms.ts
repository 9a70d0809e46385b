import type { EventStore, QueryOptions } from '../model/index.ts'

export async function learnPlatforms(
  _store: EventStore,
  _options: Pick<QueryOptions, 'signal'> & { readonly snapshot: string; readonly now: Date },
): Promise<void> {}
