import type { ParamValue } from '../../model/index.ts'

/** Takes a value into the query's parameters and gives what stands for it in the text: `{p3:String}`. */
export type Bind = (type: string, value: ParamValue) => string

/** What one term asks of a certificate, as SQL. */
export type Condition =
  /** An expression over what is known of the certificate, in columns {@link known} names. NULL counts as false. */
  | { readonly on: 'known'; readonly test: string }
  /** `SELECT certificate_id …`, repetitions allowed, from a table with a key for the question. */
  | { readonly on: 'ids'; readonly select: string }
  /**
   * The same from what was seen of a certificate somewhere, which may stand under a provisional id only: who was met in
   * a session by its SHA-1 is found under the name it got when its bytes arrived.
   */
  | { readonly on: 'met'; readonly select: string }
  | { readonly on: 'any' | 'all'; readonly of: readonly Condition[] }
  | { readonly on: 'none'; readonly of: Condition }

/** What a value means to a field; or what the field takes, when it is no such value. */
export type Reading = { readonly condition: (bind: Bind) => Condition } | { readonly expected: string }

/**
 * One field of the search language. Each carries what its values mean, so that parser and composer know none by name.
 */
export type Field = {
  readonly name: string
  /** Whose certificates it finds, to follow "certificates". */
  readonly finds: string
  /** A term that stands in the documentation. */
  readonly example: string
  /** `field:value`. Absent: there is no such term. */
  readonly equals?: (value: string) => Reading
  /** `field~value`. */
  readonly contains?: (value: string) => Reading
}

/**
 * A column of what is known of a certificate, put together from its rows: see known.ts.
 */
export type KnownColumn =
  | 'from_der'
  | 'issuance'
  | 'sha256'
  | 'subject'
  | 'issuer'
  | 'serial'
  | 'not_before'
  | 'not_after'
  | 'apexes'
  | 'owner'
  | 'key_algorithm'
  | 'key_bits'
  | 'signature_algorithm'
  | 'self_issued'
  | 'is_ca'
  | 'is_precertificate'
  | 'problems'

/** How a column of what is known is called in expressions. */
export function known(column: KnownColumn): string {
  return `known_${column}`
}

/** A test over known columns. */
export function testing(test: (bind: Bind) => string): Reading {
  return { condition: bind => ({ on: 'known', test: test(bind) }) }
}
