import type { Walk } from '../der.ts'
import type { Extensions } from './index.ts'

/** How one kind of extension is read. Each stands in a file of its own and in `list.ts`. */
export type ExtensionReader<Field extends keyof Extensions = keyof Extensions> = {
  readonly oid: string
  /** As its RFC calls it; for vendors', a name that tells the vendor. */
  readonly name: string
  readonly field: Field
  /**
   * CAs write the same octets into all certificates they issue: what came of them once may be kept. Values that hold bytes
   * are not kept all the same.
   */
  readonly repeats: boolean
  /**
   * Reads the contents of extnValue, which stand from `start` to `end`. What is wrong is noted in the walk.
   *
   * @returns undefined when it cannot be read; the problem is noted then
   */
  readonly read: (walk: Walk, start: number, end: number) => NonNullable<Extensions[Field]> | undefined
}
