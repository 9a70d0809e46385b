import { describe, expect, it } from 'vitest'
import { allValues, below, cellOf, readHive, trustKeys, variousHive, with32 } from '../../test/registry-hives.ts'
import { isHive, openHive, readKey, readSecurity, walkKeys, writeHive } from './index.ts'

describe('a hive', () => {
  it('is known by its first letters', () => {
    expect(isHive(variousHive())).toBe(true)
    expect(isHive(Buffer.from('reg'))).toBe(false)
  })

  it.each([3, 4, 5, 6] as const)('of version 1.%i gives back every value as it was written', minor_version => {
    const hive = openHive(variousHive({ minor_version }))
    expect(hive).toMatchObject({ problems: [], is_dirty: false, header: { version: `1.${minor_version}` } })
    const reading = readKey(hive, 'values')
    expect(reading?.problems).toEqual([])
    expect(reading?.values.map(({ name, type }) => [name, type])).toEqual(
      allValues.map(({ name, type }) => [name, type]),
    )
    for (const [i, { data, type }] of allValues.entries()) {
      const expected = type === 'REG_LINK' ? '\\Registry\\Machine\\SOFTWARE' : data
      expect(reading?.values[i]?.data).toEqual(expected instanceof Uint8Array ? Uint8Array.from(expected) : expected)
    }
  })

  it.each(['li', 'lf', 'lh'] as const)('is walked in the order of names through lists of the kind %s', list => {
    const { keys, codes } = readHive(variousHive({ list }))
    expect(codes).toEqual([])
    expect(keys.map(({ path }) => path).slice(0, 7)).toEqual([
      '',
      'a',
      'a\\b',
      'a\\b\\c',
      'a\\b\\c\\d',
      'many',
      'many\\Key 0',
    ])
    expect(keys).toHaveLength(68)
    expect(keys.filter(({ path }) => path.startsWith('many\\'))).toHaveLength(60)
  })

  it('finds a key by its path in any case, and not by a part of one', () => {
    const hive = openHive(writeHive(trustKeys()))
    const path = 'microsoft\\SYSTEMCERTIFICATES\\Root\\certificates\\1f3d38f280635f275be92b87cf83e40e40458400'
    expect(readKey(hive, path)?.path).toBe(
      'Microsoft\\SystemCertificates\\Root\\Certificates\\1F3D38F280635F275BE92B87CF83E40E40458400',
    )
    expect(readKey(hive, 'Microsoft\\SystemCert')).toBeUndefined()
    expect(readKey(hive, 'Microsoft\\Mıcrosoft')).toBeUndefined()
    expect(readKey(hive, '')?.depth).toBe(0)
  })

  it('tells when a key was last written, and its class', () => {
    const reading = readKey(openHive(variousHive()), 'КЛЮЧ')
    expect(reading?.key).toMatchObject({ name: 'Ключ', class_name: 'a class', last_written: 132_000_000_000_000_001n })
  })

  it('is walked from any key, and as deep as is asked', () => {
    const hive = openHive(variousHive())
    const paths = (path: string, deepest?: number) =>
      [...walkKeys(hive, deepest === undefined ? { path } : { path, deepest })].map(reading => reading.path)
    expect(paths('a\\b')).toEqual(['a\\b', 'a\\b\\c', 'a\\b\\c\\d'])
    expect(paths('a', 1)).toEqual(['a', 'a\\b'])
    expect(paths('nowhere')).toEqual([])
  })

  it('gives a key whose name has a separator by its names', () => {
    const hive = openHive(writeHive({ name: 'root', subkeys: [{ name: 'a\\b' }, below('a\\c')] }))
    expect(readKey(hive, 'a\\b')).toBeUndefined()
    expect(readKey(hive, ['a\\b'])?.key.name).toBe('a\\b')
    expect(readKey(hive, ['a\\b'])?.problems).toMatchObject([{ code: 'registry/name-hidden' }])
  })

  it('gives the security descriptor that keys share', () => {
    const hive = openHive(variousHive())
    const key = readKey(hive, 'a')?.key
    const { security, problems } = readSecurity(hive, key ?? expect.fail('no key'))
    expect(problems).toEqual([])
    expect(security).toMatchObject({ reference_count: 68 })
    expect(Buffer.from(security?.descriptor ?? []).toString('hex')).toMatch(/^01000480/)
  })

  it('without its first page is read all the same', () => {
    const hive = variousHive()
    hive.fill(0, 0, 4096)
    const { keys, codes } = readHive(hive)
    expect(keys).toHaveLength(68)
    expect(codes).toEqual(['registry/hive-magic', 'registry/root'])
  })

  it('of nothing, or of less than its first page, has no keys', () => {
    for (const size of [0, 3, 100, 600, 4096, 4100])
      expect(readHive(variousHive().subarray(0, size))).toMatchObject({
        keys: [],
        codes: expect.arrayContaining(['registry/root']),
      })
  })

  it('that was cut off gives what is there', () => {
    const hive = variousHive()
    const { keys, codes } = readHive(hive.subarray(0, 16_384))
    expect(codes).toContain('registry/hive-truncated')
    expect(keys.length).toBeGreaterThan(3)
  })

  it('keeps a key whose neighbour is destroyed', () => {
    const hive = variousHive()
    const lost = Buffer.from(hive).indexOf('Key 17') - 76
    const { keys, codes } = readHive(with32(hive, { [lost]: 0 }))
    expect(codes).toEqual(['registry/key'])
    expect(keys).toHaveLength(67)
    expect(keys.find(({ path }) => path === 'many')?.problems).toMatchObject([
      { code: 'registry/key', where: `byte ${lost - 4}`, expected: 'nk' },
    ])
    expect(cellOf(hive, 'nk')).toBe(4096 + 32 + 4)
  })
})
