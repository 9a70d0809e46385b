import { describe, expect, it } from 'vitest'
import { loadMigrations, pendingMigrations } from './migrations.ts'

const [first, second] = ['0001_a', '0002_b'].map(name => ({
  name,
  sha256: `hash of ${name}`,
  statements: ['SELECT 1'],
}))
const known = [first, second].flatMap(migration => (migration === undefined ? [] : [migration]))

describe('migrations of the event store', () => {
  it('are numbered without gaps, and each opens with its reason', () => {
    const names = loadMigrations().map(({ name }) => name)
    expect(names.map(name => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1))
  })

  it('those a store has not seen are pending, in order', () => {
    expect(pendingMigrations(known, new Map(), 'here').map(({ name }) => name)).toEqual(['0001_a', '0002_b'])
    expect(pendingMigrations(known, new Map([['0001_a', 'hash of 0001_a']]), 'here').map(({ name }) => name)).toEqual([
      '0002_b',
    ])
  })

  it('a store that a newer build wrote is refused', () => {
    expect(() => pendingMigrations(known, new Map([['0009_z', 'x']]), 'here')).toThrow(
      'newer Counterseal: it has 0009_z',
    )
  })

  it('a migration whose text was changed after it ran is refused', () => {
    expect(() => pendingMigrations(known, new Map([['0001_a', 'another']]), 'here')).toThrow('another text of 0001_a')
  })
})
