import type { BlockEntry, BlockExport } from './block-export.ts'

/** An event for MISP: attributes for detection, with the end of their validity in `last_seen`. */
export const blockMisp: BlockExport = {
  name: 'misp',
  title: 'MISP: an event with attributes for detection',
  file: 'counterseal-misp.json',
  takes: ['domain', 'ipv4', 'ipv6'],
  apply: 'POST it to /events/add, or import it as an event',
  undo: 'delete the event, or take the mark for detection from its attributes',
  *write({ reference, made_at, expires_at, entries }) {
    const Attribute = entries.map(entry => ({
      type: typeOf(entry),
      category: 'Network activity',
      to_ids: true,
      value: entry.value,
      comment: entry.because,
      first_seen: made_at.toISOString(),
      last_seen: expires_at.toISOString(),
    }))
    const Event = {
      info: `Counterseal ${reference}`,
      date: made_at.toISOString().slice(0, 10),
      // Low, initial analysis, this organisation only: whoever shares it decides so.
      threat_level_id: '3',
      analysis: '0',
      distribution: '0',
      Attribute,
    }
    yield `${JSON.stringify({ Event }, undefined, 1)}\n`
  },
}

function typeOf({ kind }: BlockEntry): string {
  return kind === 'domain' ? 'domain' : 'ip-dst'
}
