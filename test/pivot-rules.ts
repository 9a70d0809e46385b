import { join } from 'node:path'
import { loadIntel } from '../src/detect/index.ts'
import type { RuleEntry } from '../src/pivots/index.ts'

/** Catalogues of intel/ that hold rules for pivoting. */
export const ruleCatalogues: readonly string[] = ['certificate-platforms', 'certificate-kits', 'issuers']

/** Every rule that ships, verified or not. */
export function shippedRuleEntries(): readonly RuleEntry[] {
  const { catalogues } = loadIntel([join(import.meta.dirname, '..', 'intel')])
  return catalogues.filter(({ catalogue }) => ruleCatalogues.includes(catalogue)).flatMap(({ entries }) => entries)
}
