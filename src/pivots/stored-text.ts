/**
 * Text of a certificate as it stands in tables, on screens and in indexes: control characters become `\xNN`. They would
 * be taken for the marks between columns, or for commands of a terminal. The DER has them as they were.
 */
export function visible(text: string): string {
  if (!control.test(text)) return text
  return text.replace(controls, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\u0000-\u001f\u007f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const controls = /[\u0000-\u001f\u007f]/g
