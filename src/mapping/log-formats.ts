import { CountersealError } from '../base/index.ts'
import type { Source } from './source.ts'
import { textShape } from './text-shape.ts'

/** The sources with the formats that a site configured, which go before those that are shipped. Throws `usage/bad-argument`. */
export function withLogFormats(
  sources: readonly Source[],
  given: readonly { readonly source: string; readonly template: string }[],
): readonly Source[] {
  const able = sources.filter(source => languageOf(source) !== undefined)
  const strange = given.find(({ source }) => !able.some(({ id }) => id === source))
  if (strange !== undefined)
    throw new CountersealError('usage/bad-argument', {
      message: `--log-format names ${strange.source}; formats can be given of ${able.map(({ id }) => id).join(', ')}.`,
    })
  return sources.map(source => {
    const language = languageOf(source)
    const templates = given.filter(one => one.source === source.id)
    if (language === undefined || templates.length === 0) return source
    const envelope = source.enveloped === true ? 'syslog' : 'none'
    const shapes = templates.map(({ template }) =>
      textShape({ template: { language, text: template }, contains: [] }, envelope, '--log-format'),
    )
    return { ...source, lines: [...shapes, ...(source.lines ?? [])] }
  })
}

function languageOf({ lines = [] }: Source) {
  return lines.find(({ template }) => template !== undefined)?.template?.language
}
