import type { Value, ValueType } from '../value.ts'

/** What a template, or an element without one, is written from: all that binary XML has. */
export type WrittenMarkup =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cdata'; readonly text: string }
  | { readonly kind: 'character'; readonly code: number }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'instruction'; readonly target: string; readonly text: string }
  | WrittenSubstitution
  | WrittenElement

export type WrittenSubstitution = {
  readonly kind: 'substitution'
  readonly index: number
  readonly optional: boolean
  readonly type: ValueType
}

export type WrittenElement = {
  readonly kind: 'element'
  readonly name: string
  readonly attributes: readonly { readonly name: string; readonly content: readonly WrittenMarkup[] }[]
  readonly content: readonly WrittenMarkup[]
}

/** The same object in several records is written once into a chunk, as Windows does it. */
export type WrittenTemplate = {
  /** 16 octets. */
  readonly guid: Uint8Array
  readonly content: readonly WrittenMarkup[]
}

/** Binary XML: a template with its values, or elements as CAPI2 writes them. */
export type WrittenFragment =
  | { readonly template: WrittenTemplate; readonly values: readonly WrittenValue[] }
  | { readonly elements: readonly WrittenMarkup[] }

export type WrittenValue =
  | { readonly type: Exclude<ValueType, 'xml'>; readonly value: Value }
  | { readonly type: Exclude<ValueType, 'xml'>; readonly items: readonly Value[] }
  | { readonly type: 'xml'; readonly fragment: WrittenFragment }

export type WrittenRecord = {
  /** Default: one more than that of the record before. */
  readonly record_id?: bigint
  /** 100 ns since 1601-01-01 UTC. */
  readonly written: bigint
  readonly fragment: WrittenFragment
}

export function element(
  name: string,
  attributes: Readonly<Record<string, string | WrittenSubstitution>> = {},
  ...content: readonly (string | WrittenMarkup)[]
): WrittenElement {
  return {
    kind: 'element',
    name,
    attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, content: [asMarkup(value)] })),
    content: content.map(asMarkup),
  }
}

/** A place for the value `index`. */
export function place(index: number, type: ValueType = 'string', optional = false): WrittenSubstitution {
  return { kind: 'substitution', index, type, optional }
}

function asMarkup(value: string | WrittenMarkup): WrittenMarkup {
  return typeof value === 'string' ? { kind: 'text', text: value } : value
}
