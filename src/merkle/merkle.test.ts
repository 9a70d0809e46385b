import { describe, expect, it } from 'vitest'
import type { Frontier } from './index.ts'
import {
  consistencyProof,
  emptyFrontier,
  foldHashes,
  frontierFrom,
  frontierText,
  grown,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  rootOf,
  sameHash,
  subtreesFromTiles,
  tileAtPath,
  tilePath,
  tilesOf,
  tileWidth,
} from './index.ts'

/** RFC 6962's own examples are in certificate-transparency-go (merkletree): eight leaves, of 0 to 16 bytes. */
const known = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  hex => leafHash(Buffer.from(hex, 'hex')),
)
const knownRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const leaves = Array.from({ length: 700 }, (_, nth) => leafHash(Buffer.from(`leaf ${nth}`)))
const treeOf = (size: number): Frontier => grown(emptyFrontier, leaves.slice(0, size))
const subtree = (begin: number, end: number) => foldHashes(leaves.slice(begin, end))

describe('a tree', () => {
  it('has the roots that RFC 6962 gives', () => {
    for (const [nth, root] of knownRoots.entries())
      expect(Buffer.from(rootOf(grown(emptyFrontier, known.slice(0, nth + 1)))).toString('hex')).toBe(root)
    expect(Buffer.from(rootOf(emptyFrontier)).toString('hex')).toMatch(/^e3b0c442/)
  })

  it('has the same root however it grew, and is known again from its text', () => {
    for (const size of [0, 1, 2, 3, 255, 256, 257, 511, 700]) {
      const kept = frontierFrom(size, frontierText(treeOf(size)))
      expect(kept).toBeDefined()
      const whole = grown(kept ?? emptyFrontier, leaves.slice(size))
      expect(sameHash(rootOf(whole), rootOf(treeOf(700)))).toBe(true)
    }
    expect(frontierFrom(3, frontierText(treeOf(4)))).toBeUndefined()
    expect(frontierFrom(1, 'Z'.repeat(64))).toBeUndefined()
  })
})

describe('a proof of consistency', () => {
  it('holds between all sizes, and not for another tree, another size or another proof', async () => {
    for (const second of [1, 2, 3, 7, 8, 9, 64, 255, 256, 300])
      for (const first of [0, 1, 2, 3, 6, 7, 8, 63, 128, 255, 256, 299, 300].filter(one => one <= second)) {
        const [one, two] = [treeOf(first), treeOf(second)]
        const proof = await consistencyProof(first, second, subtree)
        const says = (path: readonly Uint8Array[], firstRoot = rootOf(one), secondRoot = rootOf(two)) =>
          isConsistent({ first, firstRoot }, { second, secondRoot }, path)
        expect(says(proof), `${first} in ${second}`).toBe(true)
        if (first === 0) continue
        const forged = leafHash(Buffer.from('forged'))
        expect(says(proof, forged)).toBe(false)
        if (first !== second) expect(says(proof, rootOf(one), forged)).toBe(false)
        expect(says([...proof, forged])).toBe(false)
        if (proof.length > 0) expect(says(proof.slice(1))).toBe(false)
      }
    expect(
      isConsistent({ first: 3, firstRoot: rootOf(treeOf(3)) }, { second: 2, secondRoot: rootOf(treeOf(2)) }, []),
    ).toBe(false)
  })
})

describe('a proof of inclusion', () => {
  it('holds for the leaf at its place alone', async () => {
    for (const size of [1, 2, 3, 8, 255, 257])
      for (const index of [0, 1, 2, 7, 128, 254, 256].filter(one => one < size)) {
        const proof = await inclusionProof(index, size, subtree)
        const tree = { size, root: rootOf(treeOf(size)) }
        const leaf = leaves[index] ?? new Uint8Array()
        expect(isIncluded({ index, leaf }, tree, proof), `${index} in ${size}`).toBe(true)
        expect(isIncluded({ index, leaf: leafHash(leaf) }, tree, proof)).toBe(false)
        expect(isIncluded({ index: index + 1, leaf }, tree, proof)).toBe(false)
        expect(isIncluded({ index, leaf }, tree, [...proof, leaf])).toBe(false)
      }
  })
})

describe('tiles', () => {
  it('have the paths of C2SP, which are read again and nothing else', () => {
    expect(tilePath('0', 1_234_067, 256)).toBe('0/x001/x234/067')
    expect(tilePath('data', 3, 10)).toBe('data/003.p/10')
    for (const [kind, index, width] of [
      ['0', 0, 256],
      ['5', 999, 1],
      ['data', 1_000, 256],
      ['names', 2_700_000_000, 255],
    ] as const)
      expect(tileAtPath(tilePath(kind, index, width))).toEqual({ kind, index, width })
    for (const path of [
      '0/3',
      '0/0003',
      '0/x001',
      '../0/003',
      '6/003',
      '0/003.p/256',
      '0/003.p/0',
      '0/003.p/010',
      '0/x000/003',
      '',
    ])
      expect(tileAtPath(path), path).toBeUndefined()
  })

  it('give every subtree that a proof needs', async () => {
    const size = 700
    const levels = [leaves, [0, 1].map(nth => foldHashes(leaves.slice(nth * tileWidth, (nth + 1) * tileWidth)))]
    const asked: string[] = []
    const fromTiles = subtreesFromTiles(size, async ({ level, index, width }) => {
      asked.push(`${level}/${index}.${width}`)
      return (levels[level] ?? []).slice(index * tileWidth, index * tileWidth + width)
    })
    for (const first of [1, 255, 256, 300, 512, 699]) {
      const proof = await consistencyProof(first, size, fromTiles)
      const roots = [
        { first, firstRoot: rootOf(treeOf(first)) },
        { second: size, secondRoot: rootOf(treeOf(size)) },
      ] as const
      expect(isConsistent(...roots, proof), String(first)).toBe(true)
    }
    expect(new Set(asked)).toEqual(new Set(['0/0.256', '0/1.256', '0/2.188', '1/0.2']))
    expect(tilesOf(size).map(({ index, width }) => [index, width])).toEqual([
      [0, 256],
      [1, 256],
      [2, 188],
    ])
    expect(tilesOf(size, 0, 600).map(({ index }) => index)).toEqual([2])
  })
})
