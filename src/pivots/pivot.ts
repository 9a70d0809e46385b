import type { CertificateFacts } from './facts.ts'

/**
 * A pivot attribute (door 3): something two certificates can share, what it is worth when they do, and where it misleads.
 * One file each in attributes/, and one line in list.ts. The catalogue is that of specification AN1972 §2.1.
 */
export type Pivot = {
  /** The attribute's name in the store, the API and on screen. */
  readonly name: string
  readonly title: string
  /** Row of the catalogue in specification AN1972 §2.1. */
  readonly row: number
  readonly selectivity: Selectivity
  /**
   * 0–1: how reliably two owner groups that share a value have one operator, when few share it and no suppression fires.
   * Settings of the scorer may replace it (calibration); this is the shipped value.
   */
  readonly reliability: number
  readonly group: CorrelationGroup
  /** How it misleads, in one or two sentences: shown beside a match. */
  readonly trap: string
  /** The values of a certificate, each normalised; none when it has none. At most {@link mostValues}. */
  extract(facts: CertificateFacts): readonly string[]
  /** A value as somebody types or pastes it, in the form that is stored. Doing it twice changes nothing more. */
  normalise(text: string): string
  /** For the test over every entry: these facts extract to exactly these values. */
  readonly example: { readonly facts: CertificateFacts; readonly values: readonly string[] }
}

/** S5 unique artefact, S4 key-grade, S3 distinctive, S2 shared, S1 background. */
export type Selectivity = 'S5' | 'S4' | 'S3' | 'S2' | 'S1'

/** Evidence of one group is one piece of evidence: only the strongest counts. */
export const correlationGroups = [
  'artefact',
  'key',
  'name',
  'san',
  'time',
  'shape',
  'host',
  'tls',
  'http',
  'dns',
] as const

export type CorrelationGroup = (typeof correlationGroups)[number]

/** Values of one attribute of one certificate that are kept; a certificate may have ten thousand names. */
export const mostValues = 128

/** A stored value is at most this long; longer text is kept as its beginning and its SHA-256. */
export const longestValue = 256

/** One value of one attribute. */
export type PivotValue = { readonly attribute: string; readonly value: string }

/** A value under one name, for looking it up. */
export function valueKey({ attribute, value }: PivotValue): string {
  return `${attribute}\0${value}`
}
