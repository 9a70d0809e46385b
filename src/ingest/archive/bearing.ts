import { stat } from 'node:fs/promises'
import type { Evidence } from '../evidence-file.ts'
import { evidenceUnder } from '../evidence-file.ts'
import { isCut, memberMark } from './label.ts'

/**
 * The pieces of evidence that bear a label: a file, or members of an archive; several members may bear one. Archives
 * that cannot hold them are not opened. What cannot be read is passed over. `spool`: see `EvidenceOptions`.
 */
export async function* evidenceBearing(
  label: string,
  options: { readonly spool?: string | undefined },
): AsyncGenerator<Evidence> {
  const path = await fileOf(label)
  if (path === undefined) return
  yield* evidenceUnder([path], [], { ...options, wants: other => mayBeOrHold(other, label) })
}

/**
 * The file a label begins with: the shortest that there is. Names of files may have a `!`; names of members may be
 * anything, so what would leave the directory of the file is no path.
 */
async function fileOf(label: string): Promise<string | undefined> {
  const first = label.indexOf(memberMark)
  if (first === -1) return label
  for (let end = first; ; end = label.indexOf(memberMark, end + 1)) {
    const path = end === -1 ? label : label.slice(0, end)
    const leavesDirectory = path.slice(first).split(/[\\/]/).includes('..')
    if (!leavesDirectory && (await isFile(path))) return path
    if (end === -1) return undefined
  }
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false // then the label begins with another, or with none
  }
}

/** Labels are cut at a length that counts the path, which may have been relative when the evidence was read. */
function mayBeOrHold(label: string, wanted: string): boolean {
  if (label === wanted || wanted.startsWith(label + memberMark)) return true
  if (!isCut(label) && !isCut(wanted)) return false
  const [a, b] = [label, wanted].map(one => (isCut(one) ? one.slice(0, -1) : one))
  return a !== undefined && b !== undefined && (a.startsWith(b) || b.startsWith(a))
}
