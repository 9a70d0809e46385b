/** One file that is made from something else in the repository. */
export type Generator = {
  /** Where it lies, from the root of the repository. */
  readonly path: string
  /** Its whole text. The same sources give the same text: no dates, no machine. */
  readonly generate: () => Promise<string>
}

/** Below a page's title: so that nobody mends the copy. */
export const generatedNote = '<!-- Written by `npm run gen`; a change made here is lost. -->'

/** Text for one cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')
}

/** A name or a value as code. A longer fence where the text has a backtick itself. */
export function code(text: string): string {
  return text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``
}

const shownLines = 5

/** What differs, as the first lines that do, and the command that mends it. */
export function staleness(path: string, found: string | undefined, wanted: string): string {
  if (found === undefined) return `${path} is missing. Run: npm run gen`
  const [old, fresh] = [found.split('\n'), wanted.split('\n')]
  let first = 0
  while (first < old.length && old[first] === fresh[first]) first++
  let same = 0
  while (same < Math.min(old.length, fresh.length) - first && old.at(-1 - same) === fresh.at(-1 - same)) same++
  const lines = (sign: string, text: readonly string[]): string[] => {
    const changed = text.slice(first, text.length - same)
    const more = changed.length > shownLines ? [`${sign} (${changed.length - shownLines} more lines)`] : []
    return [...changed.slice(0, shownLines).map(line => `${sign} ${line}`), ...more]
  }
  return [
    `${path} is not current, from line ${first + 1}:`,
    ...lines('-', old),
    ...lines('+', fresh),
    'Run: npm run gen',
  ].join('\n')
}
