import { randomUUID } from 'node:crypto'
import type { EventStore, QueryOptions, Row } from '../model/index.ts'
import type { FrequencySnapshot, LearnedSuppression, ValueFrequency } from '../pivots/index.ts'
import {
  defaultLearnSettings,
  defaultSettings,
  gatherFeatures,
  learnableAttributes,
  learnSuppressions,
} from '../pivots/index.ts'
import { indexOfSnapshot } from './certificate-index.ts'

/** Values that are looked at together: what is known of their holders is held in memory. */
const valuesAtOnce = 2_000

/**
 * Finds the values that platforms give out to strangers, among those a snapshot has counted, and writes each down with
 * what it was learned from.
 */
export async function learnPlatforms(
  store: EventStore,
  snapshot: FrequencySnapshot,
  options: Pick<QueryOptions, 'signal'> & { readonly now: Date },
): Promise<void> {
  const { now, ...rest } = options
  const index = indexOfSnapshot(store, snapshot, rest)
  const settings = defaultLearnSettings
  const learn = async (values: readonly ValueFrequency[]) => {
    const features = await gatherFeatures(index, values, settings, rest.signal)
    const learned = learnSuppressions(features, { settings, snapshot: snapshot.id, now })
    await store.append('learned_suppression', learned.map(rowOf), `${snapshot.id}/learned/${randomUUID()}`)
  }
  const params = {
    snapshot: snapshot.id,
    attributes: learnableAttributes,
    least: settings.least_owners,
    most: defaultSettings.owners_many,
  }
  let values: ValueFrequency[] = []
  for await (const row of store.query('pivot-common-values', { ...rest, params })) {
    values.push({
      attribute: String(row.attribute),
      value: String(row.value),
      owners: Number(row.owner_count),
      issuances: Number(row.issuances),
      certificates: Number(row.certificates),
    })
    if (values.length < valuesAtOnce) continue
    await learn(values)
    values = []
  }
  await learn(values)
}

function rowOf({
  attribute,
  value,
  snapshot,
  action,
  because,
  features,
  learned_at,
  expires,
}: LearnedSuppression): Row {
  return { snapshot, attribute, value, action, because, features, learned_at, expires }
}
