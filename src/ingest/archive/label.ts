import { excerpt } from '../../base/index.ts'

/** Separates a member from what holds it: `/data/a.zip!logs/conn.log`. */
export const memberMark = '!'

const longestLabel = 1024

/** Controls, and what turns or hides the text around it: bidirectional marks, separators, characters of no width. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * What a member is called where people read it. The name of an entry is what somebody wrote into an archive; it is
 * never opened as a path. A label has at most 1,024 characters, or one more than the container's where that is as long;
 * what is longer is cut and ends in `…`, so several members may bear one label.
 */
export function memberLabel(container: string, name: string): string {
  const shown = name
    .slice(0, longestLabel)
    .replace(unseen, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
  const room = Math.max(longestLabel, container.length + 1)
  return excerpt(`${container}${memberMark}${shown}`, room).toWellFormed()
}

export function isCut(label: string): boolean {
  return label.endsWith('…')
}
