import { createHash } from 'node:crypto'
import { CountersealError, excerpt } from '../../base/index.ts'
import type { Search } from './query.ts'
import { printSearch } from './query.ts'

/** `newest`: by not_before, latest first, unknown last, then by id. `id`: by certificate_id alone. */
export const orders = ['newest', 'id'] as const
export type Order = (typeof orders)[number]

/** The last certificate of a page: the next page begins behind it, whatever was added or merged meanwhile. */
export type Place = {
  readonly id: string
  /** Milliseconds; undefined where not known. Not read in the order `id`. */
  readonly not_before: number | undefined
}

/** A place as opaque text: bound to its search and order, so that it cannot be used with another by mistake. */
export function cursorOf(place: Place, search: Search, order: Order): string {
  const text = [fingerprintOf(search, order), place.not_before ?? '', place.id].join('/')
  return Buffer.from(text).toString('base64url')
}

/** Throws `usage/bad-search` for a cursor that is none, or one of another search. */
export function placeOf(cursor: string, search: Search, order: Order): Place {
  const text = Buffer.from(cursor.slice(0, 200), 'base64url').toString('latin1')
  const [, fingerprint, ms = '', id] = /^([0-9a-f]{16})\/(-?\d{1,17})?\/([0-9a-f]{32})$/.exec(text) ?? []
  if (id === undefined)
    throw new CountersealError('usage/bad-search', {
      message: `${JSON.stringify(excerpt(cursor, 80))} is no cursor of a page.`,
      remedy: 'Give --after what the page before printed at its end.',
    })
  if (fingerprint !== fingerprintOf(search, order))
    throw new CountersealError('usage/bad-search', {
      message: 'The cursor belongs to another search or another order.',
      remedy: 'Use the same search and --order as for the page that printed it, or begin anew without --after.',
    })
  return { id, not_before: ms === '' ? undefined : Number(ms) }
}

function fingerprintOf(search: Search, order: Order): string {
  return createHash('sha256')
    .update(`${order}\0${printSearch(search)}`)
    .digest('hex')
    .slice(0, 16)
}
