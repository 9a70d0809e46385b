/**
 * A serial number as it is stored: upper-case hexadecimal, two digits a byte, without the byte that only keeps it
 * positive; `-` before a negative one. The same number is `8BB00EE` in Zeek, `08:BB:00:EE` in Suricata and
 * `146473198` in decimal. RFC 5280 §4.1.2.2 allows 20 octets; longer ones happen.
 */

/** Digits of the longest serial number that is read. */
const longestSerial = 2048

/**
 * @param base 16 unless the source is known to write decimal. Decimal digits alone do not tell: both are possible. Only
 *   20 and more of them are taken for decimal, since so long a hexadecimal number without a letter is one in 10,000.
 * @returns undefined for what is no number
 */
export function normalSerial(text: string, base?: 10 | 16): string | undefined {
  const bare = text.slice(0, longestSerial).replace(/[\s:]/g, '')
  const [, sign = '', prefix = '', digits = ''] = /^(-?)(0[xX])?([0-9a-fA-F]+)$/.exec(bare) ?? []
  if (digits === '') return undefined
  const decimal = base === 10 || (base === undefined && prefix === '' && /^[1-9][0-9]{19,}$/.test(digits))
  if (decimal && !/^[0-9]+$/.test(digits)) return undefined
  const magnitude = (decimal ? BigInt(digits).toString(16) : digits).replace(/^0+(?=.)/, '').toUpperCase()
  return `${sign}${magnitude.length % 2 === 0 ? magnitude : `0${magnitude}`}`
}

/** What digits that somebody typed can mean: hexadecimal first; decimal too where there are no letters. */
export function serialReadings(text: string): readonly string[] {
  const readings = [normalSerial(text, 16), normalSerial(text, 10)]
  return [...new Set(readings.filter(reading => reading !== undefined))]
}
