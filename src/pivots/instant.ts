const day = 86_400_000

/** The days of the certificates that came last, as text up to the hour. */
const days = new Map<number, string>()
const mostDays = 10_000

const twoDigits: readonly string[] = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** An instant as it is stored: `2026-03-02T10:00:00Z`; a fraction stands only where there is one. */
export function instantText(milliseconds: number): string | undefined {
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return undefined
  if (milliseconds % 1000 !== 0) return new Date(milliseconds).toISOString()
  const date = Math.floor(milliseconds / day)
  let text = days.get(date)
  if (text === undefined) {
    text = new Date(date * day).toISOString().slice(0, -'00:00:00.000Z'.length)
    if (days.size === mostDays) days.clear()
    days.set(date, text)
  }
  const second = (milliseconds - date * day) / 1000
  const [hour, minute] = [Math.floor(second / 3600), Math.floor(second / 60) % 60]
  return `${text}${twoDigits[hour]}:${twoDigits[minute]}:${twoDigits[second % 60]}Z`
}

/** An instant as somebody types it: a day, or ISO 8601; UTC where no zone stands. */
export function normalInstant(text: string): string {
  const trimmed = text.slice(0, 64).trim()
  const zoned = /(?:[zZ]|[+-]\d\d:?\d\d)$/.test(trimmed) || /^[+-]?\d{4,6}-\d\d-\d\d$/.test(trimmed)
  const milliseconds = Date.parse(zoned ? trimmed : `${trimmed.replace(' ', 'T')}Z`)
  return instantText(milliseconds) ?? trimmed
}
