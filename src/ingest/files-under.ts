import { lstat, opendir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../base/index.ts'

/** A file of evidence, as the user's paths lead to it. */
export type EvidenceFile = { readonly path: string /** Bytes on disk. */; readonly size: number }

/** What stands in a directory and is no evidence: version control, and what the system left. */
const passedOver = new Set(['.git', '.svn', '.DS_Store', 'Thumbs.db'])

/**
 * The files under the paths, depth first, names in order, so that every run takes them in the same order. Symbolic
 * links are followed when named, not when met; what can not be listed becomes a problem.
 */
export async function* filesUnder(paths: readonly string[], problems: Problem[]): AsyncGenerator<EvidenceFile> {
  for (const path of paths) {
    try {
      const entry = await stat(path)
      if (entry.isDirectory()) yield* filesIn(path, problems, new Set([await realpath(path)]))
      else yield { path, size: entry.size }
    } catch (cause) {
      problems.push(unreadable(path, cause))
    }
  }
}

async function* filesIn(
  directory: string,
  problems: Problem[],
  above: ReadonlySet<string>,
): AsyncGenerator<EvidenceFile> {
  const names: string[] = []
  try {
    for await (const entry of await opendir(directory)) if (!passedOver.has(entry.name)) names.push(entry.name)
  } catch (cause) {
    problems.push(unreadable(directory, cause))
    return
  }
  for (const name of names.sort()) {
    const path = join(directory, name)
    try {
      const entry = await lstat(path)
      if (entry.isDirectory()) yield* filesIn(path, problems, above)
      else if (entry.isFile()) yield { path, size: entry.size }
      else problems.push({ code: 'file/not-regular', where: path, expected: 'a regular file', found: kindOf(entry) })
    } catch (cause) {
      problems.push(unreadable(path, cause))
    }
  }
}

function kindOf(entry: { isSymbolicLink(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (entry.isSymbolicLink()) return 'a symbolic link; name it to have it read'
  return entry.isFIFO() ? 'a named pipe' : entry.isSocket() ? 'a socket' : 'a device'
}

export function unreadable(path: string, cause: unknown): Problem {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'no permission to read it',
    EPERM: 'no permission to read it',
    ENOENT: 'it does not exist',
    EISDIR: 'a directory',
    ELOOP: 'too many symbolic links',
    EIO: 'the disk could not read it',
  }
  return { code: 'file/unreadable', where: path, expected: 'a readable file', found: reasons[code] ?? code }
}
