/** What 0x80 to 0x9f stand for (the WHATWG's index of windows-1252); the rest is Latin-1. */
const upper = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** Text in the code page of most of the world's Windows. Node 20's own decoder takes these 32 octets for Latin-1. */
export function windows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  if (!bytes.some(octet => octet >= 0x80 && octet < 0xa0)) return text
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at] ?? 0
    if (octet < 0x80 || octet >= 0xa0) continue
    parts.push(text.slice(from, at), upper.charAt(octet - 0x80))
    from = at + 1
  }
  return parts.join('') + text.slice(from)
}
