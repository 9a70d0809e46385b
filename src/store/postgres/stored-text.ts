/**
 * Text as PostgreSQL can hold it, and back. Neither `text` nor `jsonb` takes U+0000, and `jsonb` refuses half a
 * surrogate pair (PostgreSQL 18, "JSON Types", 8.14.1). Findings carry text that attackers write, so one NUL in a host
 * name would keep a whole hunt out of the store. Such characters are escaped, not dropped:
 *
 *     escaped = U+0010 (data link escape) + four lower-case hexadecimal digits of the UTF-16 unit
 *
 * for U+0000, for a lone surrogate, for U+FEFF, and for U+0010 itself, which makes it reversible. All other text, the
 * usual case, is stored as it is and can be searched in SQL as it is. U+FEFF is among them because PGlite 0.5.16 takes
 * one at the start of a text for a byte order mark and drops it on the way out.
 */

const escapeMark = String.fromCharCode(0x10)
const escaped = new RegExp(`${escapeMark}([0-9a-f]{4})`, 'g')

/** With the `u` flag, `Cs` matches only surrogates that have lost their other half. */
const suspects = /[\p{Cc}\p{Cs}\ufeff]/gu

function escapeOne(character: string): string {
  const unit = character.charCodeAt(0)
  // Above the surrogates there is U+FEFF only.
  const storable = unit !== 0 && unit !== 0x10 && unit < 0xd800
  return storable ? character : escapeMark + unit.toString(16).padStart(4, '0')
}

export function escapeText(text: string): string {
  return text.replace(suspects, escapeOne)
}

/** The inverse of {@link escapeText}. Text that was never escaped and holds no U+0010 comes back unchanged. */
export function unescapeText(text: string): string {
  return text.replace(escaped, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map(one => mapStrings(one, change))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapStrings(one, change)]))
}

/** Escapes every string in a JSON value. Names of members are ours, not the attacker's, and stay as they are. */
export function escapeJson(value: unknown): unknown {
  return mapStrings(value, escapeText)
}

/** The inverse of {@link escapeJson}. */
export function unescapeJson(value: unknown): unknown {
  return mapStrings(value, unescapeText)
}
