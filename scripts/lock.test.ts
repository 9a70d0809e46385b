import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkout } from './prepare.mjs'

type Locked = { readonly optionalDependencies?: Readonly<Record<string, string>>; readonly resolved?: string }

// The shape is npm's own, lockfileVersion 3.
const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}

/** Where npm looks for `name` from the package at `place`: in its own node_modules, then in each one further out. */
function isLocked(place: string, name: string): boolean {
  if (`${place}/node_modules/${name}` in packages || `node_modules/${name}` in packages) return true
  const outer = place.lastIndexOf('/node_modules/')
  return outer > 0 && isLocked(place.slice(0, outer), name)
}

// `npm ci` refuses a lock file that lacks one, on every platform. `npm install` against a registry that does not hold
// all of them leaves them out without a word.
test('the lock file holds every build, for whatever platform, that a locked package names', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(name => !isLocked(place, name)),
  )
  expect(missing).toEqual([])
})

test('the lock file names no registry', () => {
  expect(Object.values(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([])
})
