import type { EventStore, Row, TrustChange } from '../model/index.ts'
import { rowsOf } from '../model/index.ts'

/** What the row of trust-changes.sql says, before anything was looked up. */
export type Told = { readonly change: TrustChange; readonly evidence: string; readonly thumbprint: string }

type Options = { readonly signal?: AbortSignal }

/**
 * Adds what other records say: the creation of the process, the session it ran in, the file that was read, the subject of
 * the certificate. Few questions, however many changes.
 */
export async function completed(
  store: EventStore,
  told: readonly Told[],
  options: Options,
): Promise<readonly TrustChange[]> {
  const ask = (name: string, params: Readonly<Record<string, readonly string[]>>) =>
    Object.values(params).every(list => list.length === 0)
      ? Promise.resolve([])
      : rowsOf(store, name, { params, ...options })
  const unique = (values: readonly string[]) => [...new Set(values)].filter(one => one !== '')
  const evidence_ids = unique(told.map(one => one.evidence))
  const paths = byText(await ask('evidence-paths', { evidence_ids }), 'evidence_id')
  const thumbprints = unique(told.map(one => one.thumbprint))
  const described = byText(await ask('trust-described', { thumbprints }), 'thumbprint')
  const processes = unique(told.map(one => one.change.actor_process_entity_id))
  const created = byText(await ask('trust-actors', { processes }), 'process_entity_id')
  const acted = told.map(({ change, evidence, thumbprint }): TrustChange => {
    const process = created.get(change.actor_process_entity_id)
    return {
      ...change,
      described: change.described || text(described.get(thumbprint)?.subject),
      evidence_file: text(paths.get(evidence)?.path),
      actor_command_line: change.actor_command_line || text(process?.command_line),
      actor_parent: change.actor_parent || text(process?.parent),
      actor_user: change.actor_user || text(process?.user_name),
      actor_logon_id: change.actor_logon_id || text(process?.logon_id),
    }
  })
  return await withLogons(acted, ask)
}

/** Which sessions of the local system itself nobody logs on to. */
const ownSessions = new Set(['', '0x0', '0x3e4', '0x3e5', '0x3e7'])

async function withLogons(
  changes: readonly TrustChange[],
  ask: (name: string, params: Readonly<Record<string, readonly string[]>>) => Promise<readonly Row[]>,
): Promise<readonly TrustChange[]> {
  const idOf = (...parts: readonly string[]) => JSON.stringify(parts)
  const asked = new Map<string, TrustChange>()
  for (const one of changes)
    if (!ownSessions.has(one.actor_logon_id)) asked.set(idOf(one.host, one.actor_logon_id, one.changed_from), one)
  const questions = [...asked.values()]
  const logons = new Map<string, Row>()
  const rows = await ask('trust-logons', {
    hosts: questions.map(one => one.host),
    logons: questions.map(one => one.actor_logon_id),
    moments: questions.map(one => one.changed_from),
  })
  for (const row of rows) logons.set(idOf(text(row.host), text(row.logon_id), text(row.at)), row)
  return changes.map(change => {
    const logon = logons.get(idOf(change.host, change.actor_logon_id, change.changed_from))
    if (logon === undefined) return change
    const address = text(logon.source_address)
    return { ...change, actor_logon_type: text(logon.logon_type), actor_source_address: address === '-' ? '' : address }
  })
}

function byText(rows: readonly Row[], column: string): ReadonlyMap<string, Row> {
  return new Map(rows.map(row => [text(row[column]), row]))
}

export function text(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
