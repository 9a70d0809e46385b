import { expect, it } from 'vitest'
import { ownerGroups } from './owner-groups.ts'

it('domains on one certificate belong together, and so do those of the next that shares one', () => {
  const groups = ownerGroups([
    ['b.example', 'c.example'],
    ['x.example', 'y.example'],
    ['a.example', 'c.example'],
  ])
  expect(Object.fromEntries(groups)).toEqual({
    'a.example': 'a.example',
    'b.example': 'a.example',
    'c.example': 'a.example',
    'x.example': 'x.example',
    'y.example': 'x.example',
  })
})

it('the order of certificates and of their domains changes nothing', () => {
  const certificates = [
    ['b', 'c'],
    ['d', 'a'],
    ['c', 'd'],
    ['e', 'f'],
  ]
  const turned = certificates.toReversed().map(domains => domains.toReversed())
  expect(ownerGroups(turned)).toEqual(ownerGroups(certificates))
})

it('a domain that stands on the certificates of everybody joins nobody', () => {
  const customers = Array.from({ length: 40 }, (_, at) => ['cdn.example', `customer${at}.example`])
  expect(ownerGroups(customers).size).toBe(0)
  expect(
    ownerGroups([...customers, ['customer1.example', 'customer2.example', 'cdn.example']]).get('customer2.example'),
  ).toBe('customer1.example')
})

it('an owner that is alone is absent', () => {
  expect(ownerGroups([['a.example'], []]).size).toBe(0)
})

it('a chain of a hundred thousand domains is followed without recursion', () => {
  const chain = Array.from({ length: 100_000 }, (_, at) => [`d${at}`, `d${at + 1}`])
  expect(new Set(ownerGroups(chain).values())).toEqual(new Set(['d0']))
})
