import type { Pivot } from './pivot.ts'
import { spkiSha256 } from './spki-sha256.ts'
import { subjectCommonName } from './subject-common-name.ts'

/** Every pivot attribute, strongest first. A test holds it equal to the folder. */
export const pivots: readonly Pivot[] = [spkiSha256, subjectCommonName]
