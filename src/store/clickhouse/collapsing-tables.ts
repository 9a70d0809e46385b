/**
 * Tables whose rows with equal keys become one whenever the engine merges them. How many rows there are says nothing
 * then; what two copies have in common is the set of keys, and what is known of each however often it was merged.
 */
export type CollapsingTable = {
  /** As in ORDER BY. */
  readonly keys: readonly string[]
  /** Aggregates that merging does not change. */
  readonly facts: readonly string[]
}

export const collapsingTables: Readonly<Record<string, CollapsingTable>> = {
  certificate: {
    keys: ['certificate_id', 'from_der'],
    facts: ['max(sha1)', 'max(subject)', 'max(issuer)', 'max(serial)', 'max(owner)', 'max(der)', 'min(first_sequence)'],
  },
  certificate_name: { keys: ['name_reversed', 'certificate_id'], facts: [] },
  certificate_pivot: { keys: ['attribute', 'value', 'certificate_id'], facts: [] },
  certificate_alias: { keys: ['kind', 'value', 'certificate_id'], facts: [] },
  certificate_host: {
    keys: ['certificate_id', 'ip', 'port', 'sighting'],
    facts: ['max(server_name)', 'min(first_seen)', 'max(last_seen)'],
  },
  activity: {
    keys: ['family', 'revision', 'category', 'hour', 'entity'],
    facts: ['arraySort(groupUniqArrayArray(members))', 'min(first)'],
  },
  activity_presence: { keys: ['family', 'revision', 'day', 'entity'], facts: ['groupBitOr(hours)'] },
}
