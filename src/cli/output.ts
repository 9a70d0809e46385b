import type { Problem } from '../base/index.ts'
import { describeProblem } from '../base/index.ts'

/**
 * How commands speak: results on stdout (tables for people, one JSON object a line for machines), everything about the
 * work on stderr.
 */
export type Output = {
  readonly json: boolean
  readonly color: boolean
  line(text: string): void
  /** One JSON object on a line of its own. */
  record(value: unknown): void
  note(text: string): void
}

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'

const codes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, yellow: 33, green: 32, cyan: 36 }

/** NO_COLOR (no-color.org) wins over everything; without it, colour is for terminals. */
export function outputFor(options: { readonly json?: boolean }): Output {
  const color = (process.env.NO_COLOR ?? '') === '' && process.stdout.isTTY === true && options.json !== true
  return {
    json: options.json === true,
    color,
    line: text => void process.stdout.write(`${text}\n`),
    record: value => void process.stdout.write(`${JSON.stringify(value)}\n`),
    note: text => void process.stderr.write(`${text}\n`),
  }
}

export function styled(output: Output, style: Style, text: string): string {
  return output.color ? `\u001b[${codes[style]}m${text}\u001b[0m` : text
}

/**
 * Text from evidence, safe on a terminal: control characters, line breaks and the marks that reorder text are shown as
 * escapes, so that no log line can repaint the screen or hide what follows.
 */
export function printable(text: string): string {
  return escapeUnsafe(text.replaceAll('\t', ' '))
}

/** The same for a whole record, whose tabs mean something. */
export function printableRecord(text: string): string {
  return text.split('\t').map(escapeUnsafe).join('\t')
}

function escapeUnsafe(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is being replaced
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
  return text.replace(unsafe, character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Columns side by side, each as wide as its widest cell and at most `widest`. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], widest = 60): readonly string[] {
  const cut = (cell: string) => (cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell)
  const cells = [header, ...rows].map(row => row.map(cell => cut(printable(cell))))
  const widths = header.map((_, column) => Math.max(...cells.map(row => row[column]?.length ?? 0)))
  return cells.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

export function noteProblem(output: Output, problem: Problem): void {
  output.note(styled(output, 'yellow', `problem  ${printable(describeProblem(problem))}`))
}

/** 1234567 as 1,234,567. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}
