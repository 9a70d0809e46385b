import type { BlockEntry, BlockExport, BlockList } from './block-export.ts'
import { uuidOf } from './uuid.ts'

/** STIX 2.1 (OASIS): an indicator for each entry, by an identity that is Counterseal's. */
export const blockStix: BlockExport = {
  name: 'stix',
  title: 'STIX 2.1: a bundle of indicators',
  file: 'counterseal-stix.json',
  takes: ['domain', 'ipv4', 'ipv6'],
  apply: 'import it where indicators are taken from',
  undo: 'import rollback-counterseal-stix.json, in which the same indicators are revoked',
  *write(list) {
    yield `${JSON.stringify(bundleOf(list, list.made_at), undefined, 1)}\n`
  },
  *rollback(list) {
    yield `${JSON.stringify(bundleOf(list, new Date(list.made_at.getTime() + 1000), true), undefined, 1)}\n`
  },
}

function bundleOf(list: BlockList, modified: Date, revoked = false): object {
  const created = list.made_at.toISOString()
  const identity = {
    type: 'identity',
    spec_version: '2.1',
    id: idOf('identity', 'counterseal'),
    created: '2026-01-01T00:00:00.000Z',
    modified: '2026-01-01T00:00:00.000Z',
    name: 'Counterseal',
    identity_class: 'system',
  }
  const indicators = list.entries.map(entry => ({
    type: 'indicator',
    spec_version: '2.1',
    id: idOf('indicator', `${list.reference} ${entry.kind} ${entry.value}`),
    created_by_ref: identity.id,
    created,
    modified: modified.toISOString(),
    name: `${entry.value} (${list.reference})`,
    description: entry.because,
    indicator_types: ['malicious-activity'],
    pattern: patternOf(entry),
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: created,
    valid_until: list.expires_at.toISOString(),
    ...(revoked ? { revoked } : {}),
  }))
  const id = idOf('bundle', `${list.reference} ${modified.toISOString()} ${revoked}`)
  return { type: 'bundle', id, objects: [identity, ...indicators] }
}

/** Of a name also what is below it, which equality does not say. */
function patternOf({ kind, value }: BlockEntry): string {
  if (kind !== 'domain') return `[${kind}-addr:value ${value.includes('/') ? 'ISSUBSET' : '='} '${value}']`
  return `[domain-name:value = '${value}' OR domain-name:value LIKE '%.${value}']`
}

function idOf(type: string, name: string): string {
  return `${type}--${uuidOf(`${type} ${name}`)}`
}
