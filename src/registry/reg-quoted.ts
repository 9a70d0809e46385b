import { longestRegValue } from './bounds.ts'
import { type Notes, note } from './note.ts'
import type { RegLine, RegLines } from './reg-lines.ts'

/** A text in quotes, and what follows it in its last line. */
export type Quoted = { readonly text: string; readonly rest: string }

/**
 * Reads a text in quotes, which may go on over several lines: Regedit writes line feeds as they are. When what follows it is not
 * how a line can end, it was torn, and the lines behind its first are put back: they are lines of their own.
 *
 * @param text begins with the quote
 * @param canFollow what may stand behind the closing quote
 */
export function readQuoted(
  lines: RegLines,
  text: string,
  notes: Notes,
  where: string,
  canFollow: (rest: string) => boolean = rest => rest.trimStart().startsWith('='),
): Quoted | undefined {
  const parts: string[] = []
  const taken: RegLine[] = []
  let length = 0
  let line = text
  let from = 1
  for (;;) {
    const { part, end, hasOddEscape } = readPart(line, from)
    if (hasOddEscape) note(notes, 'registry/reg-escape', where, '\\\\ or \\"')
    parts.push(part)
    length += part.length + 1
    if (end !== undefined) {
      const rest = line.slice(end)
      if (taken.length === 0 || canFollow(rest)) return { text: parts.join('\r\n'), rest }
      break
    }
    const next = length > longestRegValue ? undefined : lines.next()
    if (next === undefined) break
    taken.push(next)
    if (next.text === undefined) break
    line = next.text
    from = 0
  }
  lines.putBack(taken)
  return undefined
}

/** @returns where the closing quote ends; undefined when there is none in this line */
function readPart(line: string, from: number): { part: string; end: number | undefined; hasOddEscape: boolean } {
  const parts: string[] = []
  let hasOddEscape = false
  let start = from
  for (let at = from; at < line.length; at += 1) {
    const character = line[at]
    if (character === '"') {
      parts.push(line.slice(start, at))
      return { part: parts.join(''), end: at + 1, hasOddEscape }
    }
    if (character !== '\\') continue
    const next = line[at + 1]
    if (next === '"' || next === '\\') {
      parts.push(line.slice(start, at))
      start = at + 1
    } else hasOddEscape = true
    at += 1
  }
  parts.push(line.slice(start))
  return { part: parts.join(''), end: undefined, hasOddEscape }
}

/** Whether nothing follows but white space or a comment. */
export function isEnd(text: string): boolean {
  const rest = text.trimStart()
  return rest === '' || rest.startsWith(';')
}
