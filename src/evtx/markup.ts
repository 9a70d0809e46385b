import type { Definition } from './definition.ts'
import type { ValueArray } from './value-array.ts'

/** Binary XML after reading: what an event or a template is made of. */
export type Markup = Text | Substitution | Element | Instance | Instruction

/** Characters as they are meant: references are resolved, and CDATA is text like any other. */
export type Text = { readonly kind: 'text'; readonly text: string }

/**
 * A place for a value of the record. When it is optional and the value is null, the element or attribute that consists of
 * it is not there (MS-EVEN6 §2.2.12).
 */
export type Substitution = { readonly kind: 'substitution'; readonly index: number; readonly optional: boolean }

export type Element = {
  readonly kind: 'element'
  readonly name: string
  readonly attributes: readonly Attribute[]
  readonly content: readonly Markup[]
}

export type Attribute = { readonly name: string; readonly content: readonly Markup[] }

/** A template with the values that fill it. `definition` is absent when it cannot be read. */
export type Instance = {
  readonly kind: 'instance'
  readonly definition: Definition | undefined
  readonly values: ValueArray
}

/** A processing instruction. It is shown, and means nothing. */
export type Instruction = { readonly kind: 'instruction'; readonly target: string; readonly text: string }

/** No values: what binary XML outside of templates has. */
export const noValues: ValueArray = { at: 0, count: 0, starts: [0], end: 0 }
