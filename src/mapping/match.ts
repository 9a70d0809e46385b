import type { MatchRule, Source } from './source.ts'

/**
 * One declaration, two readings of it: as a predicate over a parsed record (to recognise evidence by its first
 * records) and as SQL over a line (to claim every record). A seeded test holds that they agree.
 */

/** A parsed JSON record, or the header of a Zeek log told as one. */
export type SampleRecord = Readonly<Record<string, unknown>>

export function claims(source: Source, record: SampleRecord): boolean {
  return source.match.some(rule => ruleHolds(rule, record))
}

function ruleHolds(rule: MatchRule, record: SampleRecord): boolean {
  return (
    Object.entries(rule.equals).every(([path, texts]) => {
      const text = textAt(record, path)
      return text !== undefined && [texts].flat().includes(text)
    }) &&
    rule.present.every(path => textAt(record, path) !== undefined) &&
    rule.absent.every(path => textAt(record, path) === undefined)
  )
}

/** The value at a path as the engine would give it as text; undefined when absent or null. */
export function textAt(record: SampleRecord, path: string): string | undefined {
  let inner: unknown = record
  for (const name of path.split('/')) inner = isObject(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined
  if (inner === undefined || inner === null) return undefined
  return typeof inner === 'string' ? inner : JSON.stringify(inner)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Every path that the rules of a source look at. */
export function matchPaths(source: Source): readonly string[] {
  return source.match.flatMap(rule => [...Object.keys(rule.equals), ...rule.present, ...rule.absent])
}

/**
 * SQL for "this source claims the line". `column` gives the expression of a path's text; `parameter` registers a list
 * of texts and gives its placeholder.
 */
export function claimExpression(
  source: Source,
  column: (path: string) => string,
  parameter: (texts: readonly string[]) => string,
): string {
  const rules = source.match.map(rule =>
    [
      ...Object.entries(rule.equals).map(
        ([path, texts]) => `ifNull(has(${parameter([texts].flat())}, ${column(path)}), false)`,
      ),
      ...rule.present.map(path => `${column(path)} IS NOT NULL`),
      ...rule.absent.map(path => `${column(path)} IS NULL`),
    ].join(' AND '),
  )
  return rules.map(rule => `(${rule})`).join(' OR ')
}
