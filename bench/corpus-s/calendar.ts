export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

/** What the observers of a world watched: milliseconds since the epoch. */
export type Calendar = { readonly start: number; readonly end: number }

/** Longest public lifetime in days at a moment: CA/Browser Forum SC-081v3; 398 before. */
export const longestPublicDays = (made: number) => (made < Date.UTC(2026, 2, 15) ? 398 : 200)
