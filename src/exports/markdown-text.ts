/**
 * Text for Markdown (CommonMark 0.31 with GitHub's tables) that cannot become markup.
 *
 * What comes from evidence stands in code spans and never in tables: in a code span nothing means anything, neither links
 * nor HTML, mentions nor bare addresses, and GitHub takes a `|` apart even there. Our own sentences are escaped.
 */

/** Longer text is cut, and says so: a ticket is read by people. */
const longest = 2_000

/** Text from evidence as a code span on one line. */
export function quoted(text: string): string {
  const line = oneLine(text)
  if (line === '') return '(empty)'
  const runs = line.match(/`+/g) ?? []
  const fence = '`'.repeat(runs.reduce((most, { length }) => Math.max(most, length), 0) + 1)
  // CommonMark §6.1: one space at both ends is taken off where both are there and something stands between.
  const needsSpace = line.startsWith('`') || line.endsWith('`') || line.startsWith(' ') || line.endsWith(' ')
  const space = needsSpace && line.trim() !== '' ? ' ' : ''
  return `${fence}${space}${line}${space}${fence}`
}

/** A sentence of ours: definitions have no markup in them. */
export function prose(text: string): string {
  return oneLine(text).replace(/[\\`*_{}[\]<>|#~&]/g, character => `\\${character}`)
}

/** Control characters, line breaks and marks that reorder text are shown as escapes. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being replaced
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g
  const shown = text.slice(0, longest).toWellFormed()
  const cut = text.length > longest ? `… (cut; ${text.length} characters)` : ''
  return `${shown.replace(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}${cut}`
}

/** A table of our own words and numbers. @param rows already escaped */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  return `${line(header)}${line(header.map(() => '---'))}${rows.map(line).join('')}`
}
