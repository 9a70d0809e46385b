import type { Problem } from '../base/index.ts'
import type { JsonPlan } from './json-plan.ts'
import type { Markup } from './markup.ts'
import type { Plan } from './plan.ts'

/** A template: an event with places in it for the values of a record. It is read once, and used by many records. */
export type Definition = {
  /** The first four octets of its GUID. A record names them beside the place of the template. */
  readonly id: number
  /** Octets of the definition, its head included. */
  readonly size: number
  readonly content: readonly Markup[]
  readonly problems: readonly Problem[]
  /** Compiled when first needed, by the place in an event where it stands. */
  readonly plans: Map<string, Plan>
  /** Undefined when JSON of it needs a tree. */
  json: JsonPlan | undefined | 'not compiled'
}

/** Why a template cannot be used. */
export type FailedDefinition = 'evtx/template-place' | 'evtx/template-cycle' | 'evtx/too-many-templates'

/** A template as it is recognised in another chunk: the octets, and the names that they refer to. */
export type KnownTemplate = {
  readonly definition: Definition
  readonly octets: Uint8Array
  readonly references: readonly NameReference[]
}

/** Where a template names an element or an attribute. */
export type NameReference = {
  /** Where the offset of the name stands, counted from the beginning of the definition. */
  readonly at: number
  /** The name stands right behind its offset. */
  readonly inline: boolean
  readonly name: string
}

/**
 * The templates of all chunks so far, by GUID and size. A GUID is only what the file says: one is used again only when
 * every octet and every name is the same, so a forged one changes nothing about others.
 */
export type KnownTemplates = {
  readonly byKey: Map<string, KnownTemplate[]>
  octets: number
}

export function noKnownTemplates(): KnownTemplates {
  return { byKey: new Map(), octets: 0 }
}
