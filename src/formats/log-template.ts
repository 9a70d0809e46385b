import { CountersealError } from '../base/index.ts'
import { apacheCodes, nginxCodes, squidCodes, zscalerCodes } from './log-template-codes.ts'

/**
 * A log format as its producer writes it in a configuration (`log_format`, `LogFormat`, `logformat`, an NSS feed),
 * compiled to an RE2 pattern whose groups have the names of sources. A code that has no name here is read and kept
 * under its own name, made of letters.
 */

export const templateLanguages = ['apache', 'nginx', 'squid', 'zscaler'] as const
export type TemplateLanguage = (typeof templateLanguages)[number]

/** What a code of a template is called, by its text without modifiers. `""` is for what is read and not kept. */
export type Codes = Readonly<Record<string, string>>

type Part = { readonly literal: string } | { readonly code: string }

/** A configuration line is hundreds of characters long; more is not one. */
const longestTemplate = 8192
const mostCodes = 200

/** The pattern of a whole line, without anchors. Throws `data/bad-definition` for a template without a code, or too long. */
export function templatePattern(language: TemplateLanguage, template: string): string {
  if (template.length > longestTemplate) throw unfit(template, `is longer than ${longestTemplate} characters`)
  const parts = partsOf(language, template)
  const codes = parts.filter(part => 'code' in part)
  if (codes.length === 0) throw unfit(template, 'names nothing that is logged')
  if (codes.length > mostCodes) throw unfit(template, `names more than ${mostCodes} things`)
  const used = new Map<string, number>()
  return parts
    .map((part, nth) => {
      if ('literal' in part) return escaped(part.literal)
      const before = parts[nth - 1]
      const after = parts[nth + 1]
      const name = nameOf(language, part.code)
      const value = ownPatterns[name] ?? valuePattern(before, after)
      if (name === '') return `(?:${value})`
      const turn = (used.get(name) ?? 0) + 1
      used.set(name, turn)
      return `(?P<${turn === 1 ? name : `${name}__${turn}`}>${value})`
    })
    .join('')
}

/**
 * What a value may be, told by what stands around it: between quotes everything but a quote that is not escaped, in
 * brackets everything but a bracket, otherwise everything up to the separator. The last one takes the rest.
 */
function valuePattern(before: Part | undefined, after: Part | undefined): string {
  if (after === undefined) return '.*'
  if ('code' in after) return '[^ ]*?'
  const next = after.literal[0] ?? ' '
  if (next === '"' && before !== undefined && 'literal' in before && before.literal.endsWith('"'))
    return '(?:[^"\\\\]|\\\\.)*'
  if (next === ' ') return '[^ ]*'
  const own = next === ']' || next === '\\' || next === '^' ? `\\${next}` : next
  // Punctuation joins values of one word; a tab, a comma or a bar may separate values that have spaces in them.
  return /[./:=@-]/.test(next) ? `[^${own} ]*?` : `[^${own}]*?`
}

/** Values that have spaces in them though nothing stands around them, and those whose letters tell one format from another. */
const ownPatterns: Readonly<Record<string, string>> = {
  bracketed_time: '\\[[^\\]]*\\]',
  user: '.*?',
  time_fraction: '[0-9]+',
  method: '[A-Za-z_-]+',
  status: '[0-9]+|-',
  bytes: '[0-9]+|-',
  bytes_sent: '[0-9]+|-',
  bytes_received: '[0-9]+|-',
}

function escaped(literal: string): string {
  return literal.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&').replace(/ +/g, ' +')
}

function nameOf(language: TemplateLanguage, code: string): string {
  const known = tables[language][code]
  if (known !== undefined) return known
  const letters = code
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
  return `code_${letters === '' ? 'unnamed' : letters}`.slice(0, 60)
}

const tables: Readonly<Record<TemplateLanguage, Codes>> = {
  apache: apacheCodes,
  nginx: nginxCodes,
  squid: squidCodes,
  zscaler: zscalerCodes,
}

function partsOf(language: TemplateLanguage, template: string): readonly Part[] {
  const parts: Part[] = []
  let from = 0
  const literal = (to: number) => {
    const text = unescapedLiteral(language, template.slice(from, to))
    const last = parts.at(-1)
    if (text === '') return
    if (last !== undefined && 'literal' in last) parts[parts.length - 1] = { literal: last.literal + text }
    else parts.push({ literal: text })
  }
  for (const found of template.matchAll(codeIn[language])) {
    literal(found.index)
    from = found.index + found[0].length
    if (found[0] === '%%') parts.push({ literal: '%' })
    else parts.push({ code: found[1] ?? found[2] ?? '' })
  }
  literal(template.length)
  return parts
}

/**
 * Where codes stand. Apache (mod_log_config): `%>s`, `%{User-Agent}i`, with statuses before them (`%!200,304{Referer}i`).
 * nginx (ngx_http_log_module): `$name`, `${name}`. Squid (logformat): `%[encoding][-][[0]width]{argument}code{argument}`.
 * Zscaler (NSS feeds): `%s{name}`, with width and type.
 */
const codeIn: Readonly<Record<TemplateLanguage, RegExp>> = {
  apache: /%%|%(?:!?\d{3}(?:,\d{3}){0,20})?([<>]?(?:\{[^{}]{1,100}\})?\^?[A-Za-z]{1,3})/g,
  nginx: /\$(?:\{([a-z0-9_]{1,80})\}|([a-z0-9_]{1,80}))/g,
  squid:
    /%%|%["'#/[]?-?(?:\d{0,4}(?:\.\d{1,4})?)((?:\{[^{}]{1,100}\})?(?:ssl::|http::|icap::|adapt::|transport::|proxy_protocol::)?[<>]{0,2}[A-Za-z_]{1,40}(?:\{[^{}]{1,100}\})?)/g,
  zscaler: /%-?\d{0,4}(?:s|d|u|ld|lu|llu|x|c)\{([A-Za-z0-9_]{1,80})\}/g,
}

function unescapedLiteral(language: TemplateLanguage, text: string): string {
  const plain = text.replaceAll('\\"', '"').replaceAll('\\t', '\t')
  return language === 'zscaler' ? plain.replace(/(?:\\n|\\r|\n|\r)+$/, '') : plain
}

function unfit(template: string, why: string): CountersealError {
  return new CountersealError('data/bad-definition', { message: `The log format ${template.slice(0, 80)} ${why}.` })
}
