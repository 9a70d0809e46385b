import type { CutEvent } from '../formats/index.ts'
import { EventXmlReader } from '../formats/index.ts'
import { lineOfXmlEvent } from './event-line.ts'
import type { EvidenceReader, EvidenceRecord } from './evidence-reader.ts'

/** Reads Event XML as it comes: a record and a line for each event. */
export function eventXmlReader(): EvidenceReader {
  const reader = new EventXmlReader()
  return {
    add: bytes => reader.add(bytes).map(recordOf),
    end: mayGrow => {
      const { events, ...left } = reader.end(mayGrow)
      return { records: events.map(recordOf), ...left }
    },
  }
}

function recordOf({ event, problem, ...place }: CutEvent): EvidenceRecord {
  if (event === undefined) return { ...place, lines: [], problem: problem ?? { code: 'event-xml/malformed' } }
  const line = Buffer.from(lineOfXmlEvent(event))
  return { ...place, lines: [line], ...(event.problems.length === 0 ? {} : { notes: event.problems }) }
}
