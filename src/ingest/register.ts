import { resolve } from 'node:path'
import { excerpt } from '../base/index.ts'
import type { IngestContext } from './context.ts'
import type { Known } from './ledger.ts'
import { newToken } from './ledger.ts'
import type { OpenedEvidence } from './pile.ts'
import type { Reading } from './reading.ts'

/** What became of evidence that has been read, with the damage that its containers reported. */
export function readingOf({ account, damage }: OpenedEvidence): Reading {
  const reading = account.reading()
  return { ...reading, problems: [...damage, ...reading.problems] }
}

/** Writes a row for every reading that found something new, or the same bytes under a new path. */
export async function register({ store }: IngestContext, known: Known, read: readonly OpenedEvidence[]): Promise<void> {
  const read_at = new Date().toISOString()
  const rows = read.flatMap(one => {
    const { account, damage } = one
    const { evidence_id, content_sha256 } = account
    const path = absolute(account.path)
    if (account.isEmpty || known.hasReading(evidence_id, content_sha256, path)) return []
    const { sources, bytes, records, stored, malformed, ignored, ignored_because, problems } = readingOf(one)
    return [
      {
        evidence_id,
        content_sha256,
        bytes,
        path,
        reader: account.format,
        sources,
        read_at,
        records,
        stored,
        malformed,
        ignored,
        ignored_because,
        complete: damage.length === 0,
        problems: problems.slice(0, mostProblems).map(problem => excerpt(JSON.stringify(problem), 1000)),
      },
    ]
  })
  await store.append('evidence', rows, newToken())
}

/** Of one reading that are kept in the store: more say nothing new. All are shown. */
const mostProblems = 100

/** The names of archive members are no paths: only the file before the first `!` is made absolute. */
function absolute(path: string): string {
  const end = path.indexOf('!')
  return end === -1 ? resolve(path) : resolve(path.slice(0, end)) + path.slice(end)
}
