/**
 * The form in which Windows compares names: every UTF-16 unit to upper case by itself, so the length stays. Letters whose upper
 * case is longer (`ß`) stay, and so do those outside ASCII whose upper case is inside (`ı`, `ſ`): Windows keeps them apart, and a
 * key `Mıcrosoft` must not be taken for `Microsoft`.
 */
export function upperCase(text: string): string {
  if (isAscii(text)) return text.toUpperCase()
  let upper = ''
  for (let i = 0; i < text.length; i += 1) upper += upperUnit(text.charAt(i))
  return upper
}

function upperUnit(unit: string): string {
  const upper = unit.toUpperCase()
  if (upper.length !== 1) return unit
  return upper.charCodeAt(0) < 0x80 && unit.charCodeAt(0) >= 0x80 ? unit : upper
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) >= 0x80) return false
  return true
}
