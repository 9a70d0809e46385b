/** Something that is to be blocked. Values are checked and canonical: nothing in them has a meaning to any format. */
export type BlockEntry =
  /** A name in lower case and ASCII, without a dot at its end. Everything below it is meant too. */
  | { readonly kind: 'domain'; readonly value: string; readonly because: string }
  /** An address, or a network in CIDR notation. */
  | { readonly kind: 'ipv4' | 'ipv6'; readonly value: string; readonly because: string }

export type BlockList = {
  /** What stands for it in tickets and in comments: letters, digits, `-` and `_`. */
  readonly reference: string
  readonly made_at: Date
  /** After it nothing is blocked any more, where a format can say so; elsewhere the rollback takes it out. */
  readonly expires_at: Date
  /** Each value once, in order. */
  readonly entries: readonly BlockEntry[]
}

/**
 * A format that something else blocks by (door 4). Counterseal writes it and never applies it. Whatever applies to a list can be taken back by
 * its rollback.
 */
export type BlockExport = {
  readonly name: string
  readonly title: string
  /** Of the file, with its ending; the rollback has `rollback-` before it. */
  readonly file: string
  /** Kinds of entries that it can say; the others are told to be left out. */
  readonly takes: readonly BlockEntry['kind'][]
  /** How somebody applies it, and takes it back; on one line each, without what only they know. */
  readonly apply: string
  readonly undo: string
  write(list: BlockList): Iterable<string>
  /** What undoes it. None where leaving the file away is enough. */
  rollback?(list: BlockList): Iterable<string>
}

/** The head of a file whose comments begin with this mark. */
export function* commentHead(mark: string, { reference, made_at, expires_at, entries }: BlockList): Iterable<string> {
  yield `${mark} Counterseal ${reference}: ${entries.length} entries, made ${made_at.toISOString()}.\n`
  yield `${mark} Take it out by ${expires_at.toISOString()}. Nothing here was applied by Counterseal.\n`
}

export function domainsOf({ entries }: BlockList): readonly string[] {
  return entries.filter(({ kind }) => kind === 'domain').map(({ value }) => value)
}

export function networksOf({ entries }: BlockList, kind: 'ipv4' | 'ipv6'): readonly string[] {
  return entries.filter(one => one.kind === kind).map(({ value }) => value)
}

/** Seconds from when it was made; at least one. */
export function lifetimeOf({ made_at, expires_at }: BlockList): number {
  return Math.max(1, Math.round((expires_at.getTime() - made_at.getTime()) / 1000))
}
