/**
 * Finds what a TypeScript text imports, without a parser: our compiler has no JavaScript API. One pass blanks comments,
 * regular expressions and the insides of strings, keeping every position; a string is an import by what stands before it.
 */

export type Import = {
  /** What stands between the quotes. Absent when the path is computed and so cannot be known here. */
  readonly specifier?: string
  /** 1-based line of the specifier. */
  readonly line: number
}

export type ScannedModule = {
  readonly imports: readonly Import[]
  /** The text with comments, regular expressions and strings blanked; same length, same lines. */
  readonly code: string
}

/** All ways to name another module: `from '…'`, `import '…'`, `import(…)`, `require('…')`; type-only ones included. */
export function scanModule(text: string): ScannedModule {
  const { code, strings } = blank(text)
  const named = ({ start, end }: Span): Import => ({
    specifier: text.slice(start + 1, end - 1),
    line: lineAt(text, start),
  })
  const statements = strings.filter(({ start }) => /(?<![.\w$])(?:from|import)$/.test(code.slice(0, start).trimEnd()))
  const calls = [...code.matchAll(/(?<![.\w$])(import|require)\s*\(\s*/g)].flatMap(call => {
    const position = call.index + call[0].length
    const path = strings.find(({ start, end }) => start === position && /^\s*[),]/.test(code.slice(end)))
    if (path !== undefined) return [named(path)]
    return call[1] === 'import' ? [{ line: lineAt(text, position) }] : []
  })
  return { imports: [...statements.map(named), ...calls], code }
}

/** 1-based. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}

type Span = { readonly start: number; readonly end: number }

/** After one of these a `/` begins a regular expression; after anything else it divides. */
const beforeRegex =
  /(?:^|[([{,;:=!&|?+\-*%^~<>]|\b(?:return|typeof|case|of|in|void|delete|throw|do|else|yield|await))\s*$/

/** Strings and templates without `${}` come back as spans, quotes included; what a template's `${}` holds stays code. */
function blank(text: string): { code: string; strings: readonly Span[] } {
  const strings: Span[] = []
  const code = text.split('')
  const erase = (start: number, end: number): void => {
    for (let at = start; at < end; at++) if (code[at] !== '\n') code[at] = ' '
  }
  /** For each template we are inside of, how many braces are open in its current `${}`. */
  const templates: number[] = []
  let at = 0

  /** Reads template text from after its backtick or after the `}` that ends a `${}`. */
  const templateText = (start: number): void => {
    let end = start
    while (end < text.length && text[end] !== '`' && !text.startsWith('${', end)) end += text[end] === '\\' ? 2 : 1
    erase(start, end)
    if (text[end] === '`') {
      if (text[start - 1] === '`') strings.push({ start: start - 1, end: end + 1 })
      at = end + 1
    } else {
      templates.push(0)
      at = end + 2
    }
  }

  while (at < text.length) {
    const character = text[at] ?? ''
    const open = templates.at(-1)
    if (text.startsWith('//', at) || (at === 0 && text.startsWith('#!'))) {
      const end = endOfLine(text, at)
      erase(at, end)
      at = end
    } else if (text.startsWith('/*', at)) {
      const close = text.indexOf('*/', at + 2)
      const end = close < 0 ? text.length : close + 2
      erase(at, end)
      at = end
    } else if (character === "'" || character === '"') {
      const end = endOfString(text, at)
      strings.push({ start: at, end })
      erase(at + 1, end - 1)
      at = end
    } else if (character === '`') {
      templateText(at + 1)
    } else if (character === '/' && beforeRegex.test(code.slice(Math.max(0, at - 100), at).join(''))) {
      const end = endOfRegex(text, at)
      erase(at, end)
      at = end
    } else if (open !== undefined && (character === '{' || character === '}')) {
      templates.pop()
      if (character === '}' && open === 0) templateText(at + 1)
      else {
        templates.push(character === '{' ? open + 1 : open - 1)
        at++
      }
    } else at++
  }
  return { code: code.join(''), strings }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Strings end at their line's end at the latest, so one misread quote cannot swallow the file. */
function endOfString(text: string, start: number): number {
  const quote = text[start]
  let at = start + 1
  while (at < text.length && text[at] !== quote && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1
  return Math.min(at + 1, text.length)
}

/** `/` inside a class does not end it. Ends at the line's end at the latest. */
function endOfRegex(text: string, start: number): number {
  let inClass = false
  let at = start + 1
  while (at < text.length && text[at] !== '\n' && (inClass || text[at] !== '/')) {
    if (text[at] === '[') inClass = true
    else if (text[at] === ']') inClass = false
    at += text[at] === '\\' ? 2 : 1
  }
  return Math.min(at + 1, text.length)
}
