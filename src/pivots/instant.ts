/** An instant as it is stored: `2026-03-02T10:00:00Z`; a fraction stands only where there is one. */
export function instantText(milliseconds: number): string | undefined {
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return undefined
  const text = new Date(milliseconds).toISOString()
  return milliseconds % 1000 === 0 ? `${text.slice(0, -'.000Z'.length)}Z` : text
}

/** An instant as somebody types it: a day, or ISO 8601; UTC where no zone stands. */
export function normalInstant(text: string): string {
  const trimmed = text.slice(0, 64).trim()
  const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(trimmed) || /^[+-]?\d{4,6}-\d\d-\d\d$/.test(trimmed)
  const milliseconds = Date.parse(zoned ? trimmed : `${trimmed.replace(' ', 'T')}Z`)
  return instantText(milliseconds) ?? trimmed
}
