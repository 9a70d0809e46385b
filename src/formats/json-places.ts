/** Where the records of a JSON document stand, as a tree that is gone down while the document is read. */

/** What is asked for at a place: the names below it, the elements of a list, and whether a value here is a record. */
export type Place = { readonly names: Map<string, Place>; elements: Place | undefined; isRecord: boolean }

/** `paths`: names joined by `/`, with `*` for the elements of a list. The top and a list there hold records anyway. */
export function placesOf(paths: readonly string[]): Place {
  const place = (): Place => ({ names: new Map(), elements: undefined, isRecord: false })
  const top = place()
  for (const path of ['', '*', ...paths]) {
    let at = top
    for (const step of path === '' ? [] : path.split('/')) {
      const next: Place = (step === '*' ? at.elements : at.names.get(step)) ?? place()
      if (step === '*') at.elements = next
      else at.names.set(step, next)
      at = next
    }
    at.isRecord = true
  }
  return top
}
