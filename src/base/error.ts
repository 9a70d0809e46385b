/**
 * Errors about operations: the world or the caller is at fault, and the work in hand cannot go on.
 * What is wrong with *data* is a {@link Problem} and travels with the data; what is wrong with *us* is an assertion.
 */

/** What a process exits with when an error of this kind ends it. */
export const exitCodes = {
  /** Findings at or above `--fail-on`. Not an error; listed here because it shares the number space. */
  findings: 1,
  /** The command was used wrongly, or a setting is wrong. */
  usage: 2,
  /** Nothing of what was asked for could be read, or a store could not be used. */
  unreadable: 3,
  /** A defect of Counterseal. */
  defect: 70,
} as const

export type ExitName = keyof typeof exitCodes

/** One row of the catalogue. Codes are append-only: never renamed, never reused. */
export type CatalogueEntry = {
  readonly exit: ExitName
  /** True when the same call may succeed later without anything being changed. */
  readonly retry: boolean
  /** What the reader can do about it, in the imperative. */
  readonly remedy: string
}

export const errorCatalogue = {
  'usage/bad-argument': { exit: 'usage', retry: false, remedy: 'Run the command with --help.' },
  'usage/not-found': { exit: 'usage', retry: false, remedy: 'Check the identifier; list what exists first.' },
  'input/nothing-readable': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Check the paths and their permissions; `counterseal sources` lists what can be read.',
  },
  'input/unreadable': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Check that the path exists and that this user may read it.',
  },
  'store/unavailable': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Install the optional dependency chdb (Linux and macOS), or name a ClickHouse server.',
  },
  'store/in-use': {
    exit: 'unreadable',
    retry: true,
    remedy: 'Wait for the other process to end, stop it, or use another --data directory.',
  },
  'store/query-failed': { exit: 'unreadable', retry: false, remedy: 'Run `counterseal doctor`, then report this.' },
  'store/full': {
    exit: 'unreadable',
    retry: true,
    remedy:
      'Free space on the disk that holds the data directory, then run the same command again: nothing is read twice.',
  },
  'store/newer-schema': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Use the version of Counterseal that wrote this directory, or a newer one.',
  },
  'store/damaged': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Restore the directory from a backup, or ingest the evidence again into an empty one.',
  },
  'work/aborted': {
    exit: 'unreadable',
    retry: true,
    remedy: 'Run the same command again: what was stored stays stored.',
  },
  'data/bad-definition': {
    exit: 'usage',
    retry: false,
    remedy: 'Correct the file named above; CONTRIBUTING.md shows the shape.',
  },
  'store/refused': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Check user, password or token, and the rights of that user on the server.',
  },
  'store/unreachable': {
    exit: 'unreadable',
    retry: true,
    remedy: 'Check the address, that the server runs, and the network between; then run the same command again.',
  },
  'store/wrong-version': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Use a server of the version named above, or a newer one.',
  },
  'store/read-only': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Name a server and a user that may write: a hunt writes reference data, a reading writes evidence.',
  },
  'store/shard-missing': {
    exit: 'unreadable',
    retry: true,
    remedy: 'Bring the shard back; or ask for partial answers with --allow-partial, which are marked as such.',
  },
  'store/not-empty': {
    exit: 'usage',
    retry: false,
    remedy: 'Name an empty data directory, or an empty database, to restore into.',
  },
  'store/too-large': { exit: 'unreadable', retry: false, remedy: 'Shorten what is to be stored.' },
  'backup/damaged': {
    exit: 'unreadable',
    retry: false,
    remedy: 'Use another backup: this one is not as it was written.',
  },
  'usage/bad-search': { exit: 'usage', retry: false, remedy: 'docs/search.md lists the fields and what they take.' },
  'ct/unreachable': {
    exit: 'unreadable',
    retry: true,
    remedy: 'Check the network and the state of the log; then run the same command again: it goes on where it was.',
  },
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof errorCatalogue

export type ErrorDetails = {
  /** What was attempted, on what, what came back. One or two sentences, for a person on a bridge call. */
  readonly message: string
  /** Replaces the catalogue's remedy where the place knows a better one. */
  readonly remedy?: string
  readonly cause?: unknown
}

/** An operation that failed. Thrown, never logged where it is thrown; the edge (CLI, server) shows it. */
export class CountersealError extends Error {
  override readonly name = 'CountersealError'
  readonly code: ErrorCode
  readonly remedy: string
  readonly retry: boolean
  readonly exitCode: number

  constructor(code: ErrorCode, details: ErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    const entry = errorCatalogue[code]
    this.code = code
    this.remedy = details.remedy ?? entry.remedy
    this.retry = entry.retry
    this.exitCode = exitCodes[entry.exit]
  }
}

/** Stops the work when something we hold to be impossible has happened: a defect of ours, not of the data. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Counterseal has a defect: ${message}`)
}
